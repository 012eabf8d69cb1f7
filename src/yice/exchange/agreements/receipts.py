"""What came under an agreement: which months, how damaged, what is past the time it may be kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from yice.exchange.agreements.periods import Period, after_months, late
from yice.exchange.models import Agreement
from yice.identifiers.division import ancestors
from yice.loop.identify.models import ListReceipt
from yice.terms import clock

DAMAGED = ("bad_check", "bad_date", "bad_area", "damaged", "test")  # of `identifiers.citizen_id.Kind`


@dataclass(frozen=True)
class Damage:
    """Rows of a delivery by what is wrong with them; None: was not counted when it came."""

    rows: int
    damaged: int | None  # a number that fails its check or was cut
    nameless: int | None
    unmatched: int  # nobody on the register
    unsure: int  # may be somebody, not settled
    refused: int  # not taken at all

    @staticmethod
    def share(count: int | None, rows: int) -> float | None:
        """Of a thousand rows."""
        return None if count is None else 1000 * count / rows if rows else 0.0


def receipts_of(agreements: Iterable[Agreement], *, told: bool = True) -> dict[int, list[ListReceipt]]:
    """Agreement → its deliveries, newest month first: of its area or of a larger one around it. One query for all.

    `told`: with what was counted when they came and who decided; else when they came alone, which is what a
    deadline asks.
    """
    wanted = list(agreements)
    around = {one.pk: {one.area, *ancestors(one.area)} for one in wanted}
    rows = ListReceipt.objects.filter(
        kind__in={one.kind for one in wanted if one.kind},
        area__in=set().union(*around.values()) if around else set(),
    ).order_by("-month", "-id")
    if told:
        rows = rows.select_related("batch__recorded_by", "batch__decided_by")
    else:
        rows = rows.only("kind", "area", "month", "current", "emptied_on")
    found: dict[int, list[ListReceipt]] = {one.pk: [] for one in wanted}
    for row in rows:
        for one in wanted:
            if row.kind == one.kind and row.area in around[one.pk]:
                found[one.pk].append(row)
    return found


def received_months(agreements: Sequence[Agreement]) -> dict[int, set[dt.date]]:
    return {key: {one.month for one in rows} for key, rows in receipts_of(agreements, told=False).items()}


def late_periods(agreement: Agreement, months: set[dt.date], today: dt.date | None = None) -> list[Period]:
    """Periods of which no list came by their day, the oldest first."""
    return late(
        agreement.every, agreement.since, agreement.until, agreement.due_days, months, today or clock.today()
    )


def kept_until(agreement: Agreement, receipt: ListReceipt) -> dt.date:
    return after_months(receipt.month, agreement.keep_months)


def expired(
    agreements: Sequence[Agreement], found: Mapping[int, list[ListReceipt]] | None = None
) -> dict[int, list[ListReceipt]]:
    """Agreement → deliveries whose rows should be gone. The newest that counts stays while it may decide something."""
    today, due = clock.today(), {}
    for one in agreements:
        rows = (found or receipts_of(agreements))[one.pk]
        newest = next((row.pk for row in rows if row.current), None)
        due[one.pk] = [
            row
            for row in rows
            if row.area == one.area  # a larger area's list is that area's to delete
            and row.emptied_on is None
            and row.pk != newest
            and kept_until(one, row) < today
        ]
    return due


def damage(receipt: ListReceipt) -> Damage:
    """The figures of one delivery, from what was counted when it was read and from its links as they are now."""
    counts = receipt.batch.counts
    health = counts.get("health")
    return Damage(
        rows=receipt.rows,
        damaged=sum(health.get(name, 0) for name in DAMAGED) if health is not None else None,
        nameless=health.get("nameless", 0) if health is not None else None,
        unmatched=receipt.unmatched,
        unsure=max(0, receipt.rows - receipt.matched - receipt.unmatched),
        refused=counts.get("refused", 0),
    )
