"""Which rows of a list its owner should look at, and why: found by what they sent and by what hangs on it here.

Every reason is asked of whole columns; only numbers that cannot be used are opened, to say what is wrong with them.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping

import numpy as np
from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, When

from yice.accounts.services import is_demo
from yice.exchange.agreements.receipts import receipts_of
from yice.exchange.models import Agreement, Doubt, DoubtState, Why
from yice.identifiers import bulk, sealing
from yice.identifiers.citizen_id import Kind
from yice.loop.identify import indexing
from yice.loop.identify.enums import LinkState
from yice.loop.identify.facts.links import SURE
from yice.loop.identify.models import ListEntry, ListLink, ListReceipt, Person
from yice.loop.identify.models.lists import counts_now
from yice.loop.identify.pairing.standing import Standing, standing_of
from yice.terms import clock

MOST = 20_000  # rows put in doubt of one delivery: with more the file itself is wrong
OPEN = (DoubtState.OPEN, DoubtState.ASKED)
ANSWERED = (DoubtState.CONFIRMED, DoubtState.NOT_OURS)  # said once of these very values, not asked again


def newest(agreement: Agreement) -> ListReceipt | None:
    """The delivery that counts now."""
    return next((one for one in receipts_of([agreement])[agreement.pk] if one.current), None)


def find(agreement: Agreement) -> tuple[int, int]:
    """Bring the doubts of the newest delivery up to date: how many are new, and of how many the reason is gone."""
    receipt = newest(agreement)
    reasons = reasons_of(agreement, receipt) if receipt is not None else {}
    waiting = {one.entry_id: one for one in agreement.doubts.filter(state__in=OPEN).order_by("id")}
    gone = [one for key, one in waiting.items() if key not in reasons and one.state == DoubtState.OPEN]
    Doubt.objects.filter(pk__in=[one.pk for one in gone]).update(state=DoubtState.GONE)
    fresh = sorted(set(reasons) - set(waiting))[:MOST]
    rows = ListEntry.objects.in_bulk(fresh)
    found = [
        Doubt(
            agreement=agreement,
            entry=rows[key],
            why=reasons[key],
            evidence=evidence_of(rows[key], reasons[key]),
            found_at=clock.now(),
        )
        for key in fresh
    ]
    said = set(
        Doubt.objects.filter(agreement=agreement, state__in=ANSWERED)
        .order_by()
        .values_list("evidence", flat=True)
    )
    known = {bytes(one) for one in said}
    made = Doubt.objects.bulk_create([one for one in found if one.evidence not in known], batch_size=500)
    return len(made), len(gone)


def evidence_of(entry: ListEntry, why: list[str]) -> bytes:
    """A keyed digest of what is asked about: the same values next month are not asked after again."""
    number = sealing.open_sealed("id_number", entry.id_sealed)
    if entry.id_index:  # by the first key: a later one must not make it another doubt
        first = sealing.version_of_mark(entry.id_index) == 1
        number = (bytes(entry.id_index) if first else sealing.first_mark("id_number", number)).hex()
    found = sealing.index("doubt", "|".join((",".join(why), entry.name_folded, number)))
    assert found is not None  # noqa: S101 - the text is never blank
    return found


def reasons_of(agreement: Agreement, receipt: ListReceipt) -> dict[int, list[str]]:
    """Key of a row → why it is in doubt, in the order of `Why`."""
    indexing.settle()
    standing = standing_of(agreement.kind, agreement.area)
    rows = receipt.entries
    found: dict[int, set[str]] = defaultdict(set)
    for key, why in (*_numbers(rows).items(), *_dead(receipt, rows, standing).items()):
        found[key].add(why)
    for why, some in (
        (Why.OTHER_NAME, _other_name(rows)),
        (Why.TWO_PERSONS, _two_persons(rows)),
        (Why.NOBODY, _nobody(rows, standing)),
    ):
        for key in some.order_by().values_list("pk", flat=True):
            found[key].add(why.value)
    order = [one.value for one in Why]
    return {key: sorted(why, key=order.index) for key, why in found.items()}


def _numbers(rows: QuerySet[ListEntry]) -> dict[int, str]:
    """Numbers that name nobody: cut by a spreadsheet, or failing their check."""
    broken = rows.filter(id_index=None).exclude(id_sealed=None).order_by("pk").values_list("pk", "id_sealed")
    keys, numbers = [], []
    for key, sealed in broken:
        keys.append(key)
        numbers.append(sealing.open_sealed("id_number", sealed))
    if not keys:
        return {}
    kinds = bulk.citizen_ids(numbers, allow_test_range=is_demo()).kind
    cut = np.equal(kinds, Kind.DAMAGED)
    return {
        key: Why.ID_CUT.value if one else Why.ID_CHECK.value
        for key, one in zip(keys, cut.tolist(), strict=True)
    }


def _other_name(rows: QuerySet[ListEntry]) -> QuerySet[ListEntry]:
    """The number is somebody's of another name, and nobody has settled that they are one."""
    holder = Person.objects.filter(id_index=OuterRef("id_index")).exclude(name_folded=OuterRef("name_folded"))
    settled = ListLink.objects.filter(entry=OuterRef("pk"), state=LinkState.SAME)
    return rows.exclude(id_index=None).filter(Exists(holder), ~Exists(settled))


def _two_persons(rows: QuerySet[ListEntry]) -> QuerySet[ListEntry]:
    """A number that stands beside two names in one month. Grouped first: comparing every row with every other is slow
    where the database does not know yet how long the list is.
    """
    numbered = rows.exclude(id_index=None).order_by()
    numbered = numbered.annotate(of=Case(When(dated=True, then=F("month"))))  # else all are of the list's
    shared = numbered.values("id_index", "of").annotate(names=Count("name_folded", distinct=True))
    months: dict[dt.date | None, list[bytes]] = defaultdict(list)
    for number, month in shared.filter(names__gt=1).values_list("id_index", "of"):
        months[month].append(bytes(number))  # type: ignore[arg-type]
    twice = Q(pk__in=[])
    for month, numbers in months.items():
        same = Q(of=month) if month else Q(of=None)
        twice |= same & Q(id_index__in=numbers)
    return numbered.filter(twice)


def _nobody(rows: QuerySet[ListEntry], standing: Standing) -> QuerySet[ListEntry]:
    """Rows that must be of people on the register: on a payroll of theirs, or with a certificate's number.

    Most rows of a list about everybody (the insured, the dead) are rightly of others.
    """
    tied = ListLink.objects.filter(entry=OuterRef("pk"), state__in=(LinkState.SAME, LinkState.POSSIBLE))
    holder = Person.objects.filter(id_index=OuterRef("id_index"))
    found = rows.filter(~Exists(tied), ~Exists(holder))
    return found if standing.payroll else found.exclude(certificate_index=None)


def _dead(receipt: ListReceipt, rows: QuerySet[ListEntry], standing: Standing) -> dict[int, str]:
    """People whom another list says to have died before the month that this row is for."""
    if standing.event:
        return {}
    told = ListLink.objects.filter(
        counts_now("entry__"),
        state=LinkState.SAME,
        how__in=SURE,
        entry__values__has_key="died_on",
        person__list_links__entry__in=rows,
        person__list_links__state=LinkState.SAME,
    )
    found: dict[int, str] = {}
    for values, key, dated, month in told.order_by().values_list(
        "entry__values",
        "person__list_links__entry_id",
        "person__list_links__entry__dated",
        "person__list_links__entry__month",
    ):
        died = _day(values)
        if died is not None and died < (month if dated else receipt.month):  # type: ignore[operator]
            found[key] = Why.DEAD.value
    return found


def _day(values: Mapping[str, object]) -> dt.date | None:
    text = str(values.get("died_on") or "")[:10]
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def note(receipt: ListReceipt) -> None:
    """After a delivery went in: what its owner should look at is found at once, where there is an agreement."""
    row = Agreement.objects.filter(kind=receipt.kind, area=receipt.area).first()
    if row is not None:
        find(row)
