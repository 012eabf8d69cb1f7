"""Another department's list goes in: its rows are kept, joined to persons where they agree, counted where they do not."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from tests.cast import COUNTY, VILLAGE, Cast
from tests.exchange import import_cast as people

from yice.accounts.services import install
from yice.exchange.imports import statistics
from yice.loop.identify.models import Batch, ListEntry, ListLink, ListReceipt
from yice.loop.identify.models.lists import counts_now

JUNE = dt.date(2020, 6, 1)


@pytest.fixture(autouse=True)
def _registered(cast: Cast, tmp_path: Path) -> None:
    install(demo=True)
    people.bring_in(cast.he, tmp_path, people.everybody())


def paid(name: str, number: str = "", **more: Any) -> dict[str, Any]:
    return {"姓名": name, "身份证号": number, "补贴金额": "150.00", "银行账号": "6200000000000001", **more}


def payroll(cast: Cast, folder: Path, *rows: dict[str, Any], **options: Any) -> Batch:
    """A payroll of the nursing subsidy from civil affairs, for June."""
    options = {"month": JUNE, "whole": True, **options}
    return people.bring_in(cast.luo, folder, rows, "nursing_subsidy", **options)


def links() -> dict[str, tuple[str, str, str]]:
    return {
        link.entry.name: (link.person.name, link.state, link.how)
        for link in ListLink.objects.filter(counts_now("entry__")).select_related("entry", "person")
    }


def test_number_and_name_together_are_the_same_person(cast: Cast, tmp_path: Path) -> None:
    payroll(cast, tmp_path, paid("林小禾", people.LIN), paid("欧阳明", people.OUYANG))
    assert links() == {
        "林小禾": ("林小禾", "same", "id_and_name"),
        "欧阳明": ("欧阳·明", "same", "id_and_name"),
    }


def test_a_certificate_number_names_a_person_too(cast: Cast, tmp_path: Path) -> None:
    payroll(cast, tmp_path, {"姓名": "周大山", "残疾人证号": f"{people.ZHOU}11", "补贴金额": "150"})
    assert links()["周大山"][1] == "same"


def test_the_same_number_under_another_name_is_only_possible(cast: Cast, tmp_path: Path) -> None:
    payroll(cast, tmp_path, paid("周建国", people.LIN))
    assert links() == {"周建国": ("林小禾", "possible", "id_other_name")}


def test_the_same_number_under_a_name_that_sounds_the_same_is_the_same_person(
    cast: Cast, tmp_path: Path
) -> None:
    payroll(cast, tmp_path, paid("林晓禾", people.LIN))
    assert links() == {"林晓禾": ("林小禾", "same", "id_and_sound")}


def test_a_name_without_a_number_is_only_possible(cast: Cast, tmp_path: Path) -> None:
    payroll(cast, tmp_path, paid("林小禾"))
    assert links()["林小禾"] == ("林小禾", "possible", "name_only")


def test_a_number_with_one_wrong_figure_beside_the_name_is_the_same_person(
    cast: Cast, tmp_path: Path
) -> None:
    payroll(cast, tmp_path, paid("吴静", people.WU[:17] + "0"))
    assert links()["吴静"] == ("吴静", "same", "slip_and_name")
    assert people.WU[:17] not in str(ListEntry.objects.get().values)


def test_a_stranger_with_a_number_of_their_own_stays_in_the_pile(cast: Cast, tmp_path: Path) -> None:
    payroll(cast, tmp_path, paid("林小禾", people.id_number("19700101", 8)), paid("无名氏"))
    receipt = ListReceipt.objects.get(current=True)
    assert (receipt.rows, receipt.matched, receipt.unmatched) == (2, 0, 2)


def test_a_namesake_of_another_county_is_not_asked(cast: Cast, tmp_path: Path) -> None:
    payroll(cast, tmp_path, paid("欧阳明"), area="440704001000")
    assert links() == {}


def test_what_a_row_says_is_kept_with_identifiers_sealed(cast: Cast, tmp_path: Path) -> None:
    payroll(cast, tmp_path, paid("林小禾", people.LIN, 发放类型="补发", 收款人="林父", 户籍区划=VILLAGE))
    entry = ListEntry.objects.get()
    assert (entry.kind, entry.month, entry.row, entry.area) == ("nursing_subsidy", JUNE, 2, VILLAGE)
    assert (entry.amount_fen, entry.pay_kind) == (15000, "arrears")
    assert entry.values == {"payee_name": "林父"}
    assert entry.account_index and people.LIN.encode() not in bytes(entry.id_sealed or b"")


def test_the_receipt_says_whether_silence_speaks(cast: Cast, tmp_path: Path) -> None:
    payroll(cast, tmp_path, paid("林小禾", people.LIN), whole=False)
    assert ListReceipt.objects.get().whole is False


def test_a_later_delivery_for_the_same_month_replaces_the_earlier(cast: Cast, tmp_path: Path) -> None:
    payroll(cast, tmp_path, paid("林小禾", people.LIN), paid("周大山", people.ZHOU))
    batch = payroll(cast, tmp_path, paid("周大山", people.ZHOU))
    assert set(links()) == {"周大山"}
    assert ListReceipt.objects.filter(current=True).count() == 1
    assert ListReceipt.objects.count() == 2
    assert {entry["code"] for entry in batch.pauses} == {"left", "fewer"}


def test_the_same_list_twice_changes_nothing(cast: Cast, tmp_path: Path) -> None:
    rows = (paid("林小禾", people.LIN), paid("无名氏"))
    payroll(cast, tmp_path, *rows)
    before = [list(m.objects.order_by("pk").values()) for m in (ListReceipt, ListEntry, ListLink)]
    payroll(cast, tmp_path, *rows)
    assert [list(m.objects.order_by("pk").values()) for m in (ListReceipt, ListEntry, ListLink)] == before


def test_a_list_finds_the_person_who_is_registered_after_it(cast: Cast, tmp_path: Path) -> None:
    late = people.lin(name="晚来的", id_number=people.id_number("19600101", 6), certificate_number="")
    late |= {"certificate_number": f"{late['id_number']}43"}
    payroll(cast, tmp_path, paid("晚来的", late["id_number"]))
    assert links() == {}
    people.bring_in(cast.he, tmp_path, [*people.everybody(), late])
    assert links()["晚来的"][1] == "same"
    assert ListReceipt.objects.get(current=True).matched == 1


def test_the_preview_tells_who_came_and_who_left(cast: Cast, tmp_path: Path) -> None:
    payroll(cast, tmp_path, paid("林小禾", people.LIN), paid("周大山", people.ZHOU))
    rows = [paid("林小禾", people.LIN, 补贴金额="200"), paid("吴静", people.WU)]
    batch = people.stage(cast.luo, tmp_path, rows, "nursing_subsidy", month=dt.date(2020, 7, 1), whole=True)
    told = {name: batch.counts[name] for name in ("added", "changed", "unchanged", "left", "before")}
    assert told == {"added": 1, "changed": 1, "unchanged": 0, "left": 1, "before": 2}


def test_the_month_comes_from_the_file_where_nobody_gives_it(cast: Cast, tmp_path: Path) -> None:
    payroll(cast, tmp_path, paid("林小禾", people.LIN, 发放月份="2020年5月"), month=None)
    assert ListReceipt.objects.get().month == dt.date(2020, 5, 1)


def test_a_list_of_nobody_here_waits_for_a_yes(cast: Cast, tmp_path: Path) -> None:
    batch = people.stage(cast.luo, tmp_path, [paid("无名氏")], "nursing_subsidy", month=JUNE, area=COUNTY)
    assert [entry["code"] for entry in batch.pauses] == ["nobody"]


# Every way a row can stand to the register; the last ones are not taken.
ROWS = (
    paid("林小禾", people.LIN), paid("欧阳明", people.OUYANG), paid("林晓禾", people.LIN), paid("周建国", people.LIN),
    {"姓名": "周大山", "残疾人证号": f"{people.ZHOU}11", "补贴金额": "150"}, paid("吴静", people.WU[:17] + "0"),
    paid("林小禾"), paid("无名氏"), paid("林小禾", people.id_number("19700101", 8)), paid("", people.ZHOU),
    paid("周大山", people.ZHOU, 补贴金额="一百"), paid("", ""), paid("吴静", people.WU, 发放月份="2035-01"),
)  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_the_preview_counts_as_the_commit_does_and_every_row_once(
    cast: Cast, tmp_path: Path, seed: int
) -> None:
    """Staged, committed, kept with the receipt and committed a second time: the same figures, which add up."""
    rows = random.Random(seed).choices(ROWS, k=20)  # noqa: S311
    seen = people.stage(cast.luo, tmp_path, rows, "nursing_subsidy", month=JUNE, whole=True).counts
    taken = payroll(cast, tmp_path, *rows).counts
    assert taken == seen
    assert seen["matched"] + seen["possible"] + seen["unmatched"] + seen["refused"] == seen["read"] == 20
    receipt = ListReceipt.objects.get(current=True)
    assert (receipt.rows, receipt.matched) == (seen["entries"], seen["matched"])
    assert receipt.unmatched == seen["unmatched"]
    again = payroll(cast, tmp_path, *rows).counts
    figures = ("read", "entries", "matched", "possible", "unmatched", "refused")
    assert [again[name] for name in figures] == [seen[name] for name in figures]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite plans without counting")
def test_the_database_is_told_what_a_large_import_brought(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or the next list would be compared as if nobody were registered, row by row."""

    def counted() -> tuple[float, ...]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT reltuples FROM pg_class WHERE relname IN"
                " ('identify_person', 'identify_listentry', 'identify_listlink') ORDER BY relname"
            )
            return tuple(row[0] for row in cursor.fetchall())

    payroll(cast, tmp_path, paid("林小禾", people.LIN))
    before = counted()
    monkeypatch.setattr(statistics, "LARGE", 1)
    people.bring_in(cast.he, tmp_path, people.strangers(7))
    payroll(cast, tmp_path, paid("林小禾", people.LIN), paid("欧阳明", people.OUYANG))
    assert all(now > then for now, then in zip(counted(), before, strict=True))
