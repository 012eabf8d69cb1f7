"""Which lists speak for whom: the latest current delivery of each kind for an area, and what it says by silence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q

from yice.identifiers.division import ancestors, prefix
from yice.loop.identify.enums import LinkState
from yice.loop.identify.models import ListLink, ListReceipt
from yice.rules.model import ListKind


@dataclass(frozen=True)
class Receipt:
    """A delivery that counts on the day asked for."""

    batch: int
    kind: str
    area: str
    prefix: str  # codes that begin so are covered
    month: dt.date
    as_of: dt.date
    whole: bool
    by: str
    key: int = 0

    def rank(self) -> tuple[dt.date, int, int]:
        """Of two that cover a place in one month the higher speaks: the later day, the smaller area, the later one."""
        return self.as_of, len(self.prefix), self.batch


class Receipts:
    """The deliveries that may speak on `as_of`, by kind, newest month first.

    `about`: only those that cover one of these places or name one of these persons; of a province's the few that
    matter to the page of one person.
    """

    def __init__(
        self,
        kinds: Mapping[str, ListKind],
        as_of: dt.date,
        about: tuple[Iterable[int], Iterable[str]] | None = None,
    ) -> None:
        self.as_of, self.month = as_of, as_of.replace(day=1)
        self.by_kind: dict[str, list[Receipt]] = {}
        self._held: dict[int, list[Receipt]] = {}  # a delivery → those in which its rows may stand
        rows = ListReceipt.objects.filter(kind__in=list(kinds))
        if about is not None:
            persons, places = about
            above = {code for place in set(places) for code in (place, *ancestors(place))}
            naming = ListLink.objects.exclude(state=LinkState.REFUSED).filter(person_id__in=list(persons))
            theirs = ListReceipt.objects.filter(batch_id__in=naming.values("entry__batch_id"))
            rows = rows.filter(Q(area__in=above) | Q(area__in=theirs.values("area")))
        before: dict[tuple[str, str], list[tuple[int, int]]] = {}
        for key, current, begins, batch, kind, area, month, day, whole, by in rows.order_by("pk").values_list(
            "pk", "current", "begins",
            "batch_id", "kind", "area", "month", "batch__as_of", "whole", "batch__recorded_by__name",
        ):  # fmt: skip
            came = before.setdefault((kind, area), [])
            came.append((key, batch))
            if not current or month > self.month:
                continue
            receipt = Receipt(batch, kind, area, prefix(area), month, day, whole, by or "", key)
            self.by_kind.setdefault(kind, []).append(receipt)
            for first, its in came:
                if first >= (begins or key):
                    self._held.setdefault(its, []).append(receipt)
        for made in self.by_kind.values():
            made.sort(key=lambda one: (one.month, one.rank()), reverse=True)

    def speaking(self, kind: str, hukou: str, fresh_for: int | None) -> Receipt | None:
        """The newest whole delivery for the place of `hukou` that still speaks: this month's, or fresh enough."""
        for receipt in self.by_kind.get(kind, ()):
            if receipt.whole and hukou.startswith(receipt.prefix) and self.fresh(receipt, fresh_for):
                return receipt
        return None

    def fresh(self, receipt: Receipt, fresh_for: int | None) -> bool:
        """This month's delivery, or an earlier one within `fresh_for` days of its month's end, as the kernel counts."""
        if receipt.month == self.month:
            return True
        end = (receipt.month.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
        return fresh_for is not None and (self.as_of - end).days <= fresh_for

    def coverage(self, kind: str, villages: Iterable[str], fresh_for: int | None) -> dict[str, Receipt]:
        """Village → the delivery that speaks for it, for those that have one."""
        found = {}
        for village in villages:
            receipt = self.speaking(kind, village, fresh_for)
            if receipt is not None:
                found[village] = receipt
        return found

    def batches(self) -> dict[int, list[Receipt]]:
        """By a delivery that brought rows, those that may speak and in which its rows stand, where a row's `until` is
        above their `key`."""
        return self._held
