"""A second month of a list costs what changed: only such rows are compared, and what is found is what all would give."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from tests.cast import NEXT_VILLAGE, VILLAGE, Cast
from tests.exchange import import_cast as people

from yice.accounts.services import install
from yice.exchange.agreements.services import _empty
from yice.exchange.models import Agreement
from yice.loop.identify.enums import PairState
from yice.loop.identify.facts.receipts import Receipts
from yice.loop.identify.known import number_as_now
from yice.loop.identify.models import ListEntry, ListLink, ListReceipt, Pair, Person
from yice.loop.identify.models.lists import standing_in
from yice.loop.identify.pairing import propose
from yice.loop.identify.pairing.sampling import PLAIN
from yice.loop.identify.services import pairs as services

pytestmark = pytest.mark.django_db
MAY, JUNE, JULY = (dt.date(2020, month, 1) for month in (5, 6, 7))
Found = list[tuple[Any, ...]]


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Counts of rows, one for each time some were compared."""
    counts: list[int] = []
    really = propose._compared

    def spy(asked: Any, keys: Sequence[int], standing: Any) -> Any:
        counts.append(len(keys))
        return really(asked, list(keys), standing)

    monkeypatch.setattr(propose, "_compared", spy)
    return counts


def registered(at: int) -> dict[str, Any]:
    name = "王李张刘陈"[at % 5] + "秀桂玉建国"[at // 5 % 5] + "英兰芳明山"[at // 7 % 5]
    number = people.id_number(f"19{50 + at % 40}0{1 + at % 9}1{at % 9}", 2 * at + 3)
    village = (VILLAGE, NEXT_VILLAGE)[at % 2]
    return people.lin(name=name, id_number=number, certificate_number=f"{number}43", phone=f"111{at:08d}", hukou=village, household_number="", address=f"东村{at}号")  # fmt: skip


def listed(at: int) -> dict[str, Any]:
    """What the list makes of them: most have nobody on the register, the others no number or one with a slip."""
    row, number = registered(at), registered(at)["id_number"]
    slip = f"{number[:9]}{(int(number[9]) + 1) % 10}{number[10:]}"
    birth = f"{number[6:10]}-{number[10:12]}-{number[12:14]}"
    said = {"姓名": row["name"], "身份证号": number, "出生日期": birth, "性别": "男", "户籍区划": row["hukou"], "联系电话": row["phone"]}  # fmt: skip
    return said | [
        {}, {"身份证号": ""}, {"身份证号": slip}, {"姓名": "周另人", "出生日期": "", "性别": ""},
        {"身份证号": "", "联系电话": "", "出生日期": ""},
    ][at % 5]  # fmt: skip


def outsider(at: int) -> dict[str, Any]:
    return {"姓名": f"外人{at}", "身份证号": people.id_number("19610405", 2 * at + 1), "户籍区划": VILLAGE}


def found(month: dt.date) -> tuple[Found, Found]:
    """Links and pairs by the row of the file, whichever delivery brought the row first."""
    receipt = ListReceipt.objects.get(month=month)
    entries = list(receipt.entries)
    number_as_now(entries)
    row = {one.pk: one.row for one in entries}
    links = ListLink.objects.filter(entry__in=row)
    pairs = Pair.objects.filter(entry__in=row).exclude(reason__in=PLAIN)
    said = ("state", "reason", "pass_number", "weight", "levels", "evidence", "takes_away", "automatic", "line", "rules", "runner_up")  # fmt: skip
    rows = [
        tuple(round(value, 6) if isinstance(value, float) else value for value in (row[entry], *pair))
        for entry, *pair in pairs.values_list("entry", "person", *said)
    ]
    told = [(row[entry], *link) for entry, *link in links.values_list("entry", "person", "state", "how")]
    return sorted(told), sorted(rows, key=str)


def bring(cast: Cast, folder: Path, rows: list[dict[str, Any]], month: dt.date) -> tuple[Found, Found]:
    people.bring_in(cast.luo, folder, rows, "subsistence", month=month, whole=True)
    return found(month)


def test_only_what_changed_is_compared_and_nothing_else_is_lost(
    cast: Cast, tmp_path: Path, compared: list[int]
) -> None:
    install(demo=True)
    register = [registered(at) for at in range(40)]
    people.bring_in(cast.he, tmp_path, register)
    may = [*map(listed, range(30)), *map(outsider, range(20))]
    bring(cast, tmp_path, may, MAY)
    waiting = Pair.objects.filter(entry__month=MAY, state=PairState.PROPOSED)
    # Both times, before the commit and in it, whatever number and name leave open.
    assert compared[0] == compared[1] == 44 and waiting.count() >= 6
    compared.clear()

    # A row leaves, one comes, one is written otherwise, a pair of May was refused.
    refused = waiting.filter(reason="id_other_name").order_by("id")[0]
    services.decide(actor=cast.he, pair=refused, verdict=PairState.DIFFERENT, version=refused.version)
    june = [*may[1:5], {**may[5], "姓名": "王秀秀"}, *may[6:], listed(31)]
    with transaction.atomic():
        ListReceipt.objects.update(compared_by="")
        whole = bring(cast, tmp_path, june, JUNE)
        transaction.set_rollback(True)
    assert compared.pop() > 40
    compared.clear()
    part = bring(cast, tmp_path, june, JUNE)
    assert part == whole and max(compared) <= 4
    compared.clear()

    # The same rows in July: nothing is compared but what a person decided.
    bring(cast, tmp_path, june, JULY)
    assert max(compared) <= 1
    compared.clear()
    # They are not kept again either: they stand where they stood, in July as in June, whatever is deleted of May.
    came = [ListEntry.objects.filter(batch__receipt__month=month).count() for month in (MAY, JUNE, JULY)]
    assert came[0] == len(may) and came[1] <= 4 and came[2] <= 1
    mays, july = (ListReceipt.objects.get(month=month) for month in (MAY, JULY))
    assert july.entries.count() == july.rows == len(june) and mays.entries.count() == len(may)
    assert july.batch.counts["lines"] == len(june) and july.matched + july.unmatched <= july.rows
    assert [
        july.pk in standing_in(mays.entries.filter(name=name)).values_list("pk", flat=True)
        for name in ("王秀英", "外人3")
    ] == [False, True]
    spoke = Receipts({"subsistence": None}, JULY).batches()  # type: ignore[dict-item]
    assert {one.month for one in spoke[mays.batch_id]} == {MAY, JUNE, JULY}
    with transaction.atomic():
        assert _empty(Agreement(kind="subsistence", area=july.area), mays) == 3
        assert july.entries.count() == len(june)
        transaction.set_rollback(True)

    # Somebody on the register gets another name and number, somebody else comes, whom rows may mean.
    register[6] = {**register[6], "phone": "11199999999", "address": ""}
    people.bring_in(cast.he, tmp_path, [*register, registered(41)])
    assert Person.objects.count() == 41 and compared and max(compared) <= 3
    part = found(JULY)
    ListReceipt.objects.update(compared_by="")
    propose.propose(ListReceipt.objects.get(month=JULY))
    assert [row[:4] for row in part[1]] == [row[:4] for row in found(JULY)[1]]
