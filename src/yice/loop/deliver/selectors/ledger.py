"""The ledger in four views from one source: the household's card, the village's register, the street's file, the
county's platform.

Every view is the same rows grouped otherwise, by where the person is registered (户籍地): `tallied` is the only place
that counts. A household whose people are registered in several villages has a card in each, so that nobody is counted
twice. Restricted cases stand in none of the views.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat, Substr

from yice.accounts.rows import beyond
from yice.identifiers.division import upper_bound
from yice.loop.deliver import models as deliver
from yice.loop.deliver.enums import CaseState
from yice.loop.deliver.models import LedgerTally
from yice.loop.identify.enums import NeedState
from yice.loop.identify.models import Need, Person
from yice.loop.plan.enums import MeasureState, PlanState
from yice.loop.plan.models import HelpPlan, Measure, Progress


@dataclass(frozen=True)
class Sums:
    """What one line of any view says."""

    persons: int = 0  # on the register
    needs: int = 0
    needs_open: int = 0
    plans: int = 0  # in force
    measures: int = 0  # of plans in force
    measures_done: int = 0
    planned_fen: int = 0
    cases_open: int = 0
    cases_met: int = 0
    paid_fen: int = 0
    times: int = 0  # person-times of service
    spent_fen: int = 0  # on services

    def __add__(self, other: Sums) -> Sums:
        return Sums(*(getattr(self, one) + getattr(other, one) for one in NAMES))


NAMES = tuple(one.name for one in fields(Sums))


def total(rows: Iterable[Sums]) -> Sums:
    return sum(rows, Sums())


@dataclass(frozen=True)
class _Source:
    """A table: its rows, its counts by name of Sums, and where the person (and a place and household of its own) is."""

    name: str
    rows: QuerySet[Any]
    counts: Mapping[str, Any]
    person: str
    own: str | None = None

    def grouped(self, area: str, by: int | None) -> Iterator[QuerySet[Any]]:
        """Its counts in `area`, by so many digits of the place, or by card; three columns whatever it counts.

        Rows of a person and those of a household as a whole are two queries, because each finds its own by an index;
        one condition over both would read the whole table.
        """
        hukou, home, own = F(f"{self.person}hukou"), F(f"{self.person}household_id"), self.own
        here = self.rows.filter(**_range(f"{self.person}hukou", area))
        if own is None:
            yield self._counted(here, hukou, home, by)
            return
        yield self._counted(here, hukou, Coalesce(F(f"{own}household_id"), home), by)
        whole = {f"{own}person": None, f"{own}household__isnull": False, **_range(f"{own}hukou", area)}
        yield self._counted(self.rows.filter(**whole), F(f"{own}hukou"), F(f"{own}household_id"), by)

    def _counted(self, rows: QuerySet[Any], hukou: F, home: F | Coalesce, by: int | None) -> QuerySet[Any]:
        key: Concat | Substr
        if by is None:
            card = Case(
                When(tally_home=None, then=Concat(Value("p"), Cast(f"{self.person}id", CharField()))),
                default=Concat(Value("h"), Cast("tally_home", CharField())),
            )
            rows, key = rows.annotate(tally_home=home), Concat(hukou, card)
        else:
            key = Substr(hukou, 1, by)
        counts = [*self.counts.values(), *(Value(0, BigIntegerField()) for _ in range(3 - len(self.counts)))]
        grouped = (
            rows.annotate(tally_of=Value(self.name, CharField()), tally_key=key)
            .values("tally_of", "tally_key")
            .annotate(tally_a=counts[0], tally_b=counts[1], tally_c=counts[2])
        )
        return grouped.order_by().values_list("tally_of", "tally_key", "tally_a", "tally_b", "tally_c")


def _range(path: str, area: str) -> dict[str, str]:
    return {f"{path}__gte": area, f"{path}__lt": upper_bound(area)}


def _sources() -> Iterator[_Source]:
    said = Progress.objects.filter(plan=OuterRef("version__plan"), measure=OuterRef("uuid")).order_by("-id")
    in_force = Q(version__plan__state=PlanState.IN_FORCE, version__number=F("version__plan__version"))
    open_case = Q(restricted=False)
    # What was given is found by its own person: many times fewer rows are read than by way of all cases.
    given = ~Exists(deliver.Case.objects.filter(pk=OuterRef("case"), restricted=True))
    yield _Source("persons", Person.objects.filter(removed_on=None), {"persons": Count("*")}, "")
    yield _Source(
        "needs",
        Need.objects.all(),
        {"needs": Count("*"), "needs_open": Count("state", filter=~Q(state=NeedState.CLOSED))},
        "person__",
    )
    live = HelpPlan.objects.filter(state=PlanState.IN_FORCE)
    yield _Source("plans", live, {"plans": Count("*")}, "person__", "")
    yield _Source(
        "measures",
        Measure.objects.filter(in_force).annotate(said=Subquery(said.values("state")[:1])),
        {
            "measures": Count("*"),
            "measures_done": Count("pk", filter=Q(said=MeasureState.DONE)),
            "planned_fen": Sum("fen"),
        },
        "version__plan__person__",
        "version__plan__",
    )
    yield _Source(
        "cases",
        deliver.Case.objects.filter(open_case),
        {
            "cases_open": Count("state", filter=Q(state=CaseState.OPEN)),
            "cases_met": Count("state", filter=Q(end_kind="met")),
        },
        "person__",
        "",
    )
    paid = deliver.Payment.objects.filter(given)
    yield _Source("payments", paid, {"paid_fen": Sum("amount_fen")}, "person__", "case__")
    served = deliver.Delivery.objects.filter(given)
    counts = {"times": Sum("person_times"), "spent_fen": Sum("fen")}
    yield _Source("deliveries", served, counts, "person__", "case__")


COUNTY_DIGITS = 6
# Persons; the ledger of a larger place above the county is added up from counts of its counties.
LIVE = 50_000


@beyond()  # whether, of an area that was asked for
def is_large(area: str) -> bool:
    """Whether a place has more people on record than a page may count. Reads no more than that many of an index."""
    return Person.objects.filter(**_range("hukou", area)).order_by()[: LIVE + 1].count() > LIVE


@beyond()  # numbers only, of an area that was asked for
def counted(area: str, by: int) -> tuple[dict[str, Sums], dt.datetime | None]:
    """`tallied` for a place of any size, `by` at most a county's digits, and when it was counted (None: now)."""
    rows = list(LedgerTally.objects.filter(**_range("area", area))) if is_large(area) else []
    if not rows:
        return tallied(area, by), None
    found: dict[str, Sums] = {}
    for row in rows:
        key = row.area[:by]
        found[key] = found.get(key, Sums()) + Sums(**row.sums)
    return found, min(row.counted_at for row in rows)


@beyond()  # numbers only, of an area that was asked for
def tallied(area: str, by: int | None) -> dict[str, Sums]:
    """Everything of `area` in one query: by the first `by` digits of the place, or by card where `by` is None.

    A card's key is its village and then the household (`h12`), or the person who has none (`p34`).
    """
    sources = {one.name: one for one in _sources()}
    parts = [part for one in sources.values() for part in one.grouped(area, by)]
    found: dict[str, dict[str, int]] = {}
    for name, key, *counts in parts[0].union(*parts[1:], all=True):
        sums = found.setdefault(key, {})
        for target, value in zip(sources[name].counts, counts, strict=False):
            sums[target] = sums.get(target, 0) + int(value or 0)
    return {key: Sums(**sums) for key, sums in found.items()}
