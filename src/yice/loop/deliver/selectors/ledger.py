"""The ledger in four views from one source: the household's card, the village's register, the street's file, the
county's platform.

Every view is the same rows grouped otherwise, by where the person is registered (户籍地), which each row knows itself
(`Case.moved_to`, and `services.following`): `tallied` is the only place that counts. A household whose people are
registered in several villages has a card in each, so that nobody is counted twice. Restricted cases stand in none of
the views.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat

from yice.accounts.rows import beyond
from yice.identifiers.division import upper_bound
from yice.loop.deliver import models as deliver
from yice.loop.deliver.enums import CaseState
from yice.loop.deliver.models import LedgerTally
from yice.loop.deliver.models.cases import SOMEBODYS
from yice.loop.identify.enums import NeedState
from yice.loop.identify.models import Need, Person
from yice.loop.plan.enums import MeasureState, PlanState
from yice.loop.plan.models import HelpPlan
from yice.loop.plan.selectors import measures_in_hand


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
    """A table: its counts by name of Sums, its rows in parts, each with the column of the place they are counted in,
    and where the person (and a household of its own) is."""

    name: str
    counts: Mapping[str, Any]
    parts: Sequence[tuple[QuerySet[Any], str]]
    person: str
    own: str | None = None

    def grouped(self, area: str, cards: bool) -> Iterator[QuerySet[Any]]:
        """Its counts in `area` by place, which an index gives in order, or by card; as many columns whatever it counts."""
        counts = [*self.counts.values(), *[Value(0, BigIntegerField())] * (WIDTH - len(self.counts))]
        told = {f"tally_{n}": one for n, one in enumerate(counts)}
        for rows, place in self.parts:
            here = rows.filter(**_range(place, area))
            here, key = self._cards(here, place) if cards else (here, F(place))
            here = here.annotate(tally_of=Value(self.name, CharField()), tally_key=key)
            found = here.values("tally_of", "tally_key").annotate(**told).order_by()
            yield found.values_list("tally_of", "tally_key", *told)

    def _cards(self, rows: QuerySet[Any], place: str) -> tuple[QuerySet[Any], Concat]:
        home = F(f"{self.person}household_id")
        card = Case(
            When(tally_home=None, then=Concat(Value("p"), Cast(f"{self.person}id", CharField()))),
            default=Concat(Value("h"), Cast("tally_home", CharField())),
        )
        own = home if self.own is None else Coalesce(F(f"{self.own}household_id"), home)
        return rows.annotate(tally_home=own), Concat(F(place), card)


WIDTH = 4  # the most that one source counts


def _range(path: str, area: str) -> dict[str, str]:
    return {f"{path}__gte": area, f"{path}__lt": upper_bound(area)}


def _sources() -> Iterator[_Source]:
    people = Person.objects.filter(removed_on=None)
    yield _Source("persons", {"persons": Count("*")}, [(people, "hukou")], "")
    opened = Count("state", filter=~Q(state=NeedState.CLOSED))
    yield _Source(
        "needs", {"needs": Count("*"), "needs_open": opened}, _followed(Need.objects.all()), "person__"
    )
    live = HelpPlan.objects.filter(state=PlanState.IN_FORCE)
    kept = {one: Sum(one) for one in ("measures", "measures_done", "planned_fen")}
    yield _Source("plans", {"plans": Count("*"), **kept}, [(live, "hukou")], "person__", "")
    counts = {
        "measures": Count("*"),
        "measures_done": Count("pk", filter=Q(said=MeasureState.DONE)),
        "planned_fen": Sum("fen"),
    }
    unsummed = measures_in_hand().filter(
        version__plan__state=PlanState.IN_FORCE, version__plan__measures=None
    )
    plan = "version__plan__"
    yield _Source("measures", counts, [(unsummed, f"{plan}hukou")], f"{plan}person__", plan)
    cases = deliver.Case.objects.filter(SOMEBODYS, restricted=False)
    counts = {
        "cases_open": Count("state", filter=Q(state=CaseState.OPEN)),
        "cases_met": Count("state", filter=Q(end_kind="met")),
    }
    yield _Source("cases", counts, _followed(cases), "person__", "")
    paid = _given(deliver.Payment.objects.all())
    yield _Source("payments", {"paid_fen": Sum("amount_fen")}, paid, "person__", "case__")
    counts = {"times": Sum("person_times"), "spent_fen": Sum("fen")}
    yield _Source("deliveries", counts, _given(deliver.Delivery.objects.all()), "person__", "case__")


def _followed(rows: QuerySet[Any]) -> list[tuple[QuerySet[Any], str]]:
    """Those that lie where their people are, and those whose people have moved since."""
    return [(rows.filter(moved_to=None), "hukou"), (rows.filter(moved_to__isnull=False), "moved_to")]


def _given(rows: QuerySet[Any]) -> list[tuple[QuerySet[Any], str]]:
    """By their own place, or, where that is not known, by that of their case."""
    rows = rows.filter(~Exists(deliver.Case.objects.filter(pk=OuterRef("case"), restricted=True)))
    somebodys = Q(case__person__isnull=False) | Q(case__household__isnull=False)
    asked = rows.filter(somebodys, hukou=None).annotate(of_case=Coalesce("case__moved_to", "case__hukou"))
    return [(rows, "hukou"), (asked, "of_case")]


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
    parts = [part for one in sources.values() for part in one.grouped(area, cards=by is None)]
    found: dict[str, dict[str, int]] = {}
    for name, key, *counts in parts[0].union(*parts[1:], all=True):
        sums = found.setdefault(key[:by], {})
        for target, value in zip(sources[name].counts, counts, strict=False):
            sums[target] = sums.get(target, 0) + int(value or 0)
    return {key: Sums(**sums) for key, sums in found.items()}


@beyond()  # numbers only, of an area that was asked for
def reached(area: str, since: dt.datetime | None) -> dict[str, dict[str, int]]:
    """By village, to how many persons (households, where nobody is named) the money went and help was given since.

    Where it is not known whether two rows are of one person, they are taken to be.
    """
    found: dict[str, dict[str, int]] = {}
    for name, given in (
        ("payees", deliver.Payment.objects.all()),
        ("served", deliver.Delivery.objects.all()),
    ):
        recent = given.filter(record__at__gt=since) if since else given
        for rows, place in _given(recent):
            whose = Coalesce("person_id", -F("case_id"))
            counted = (
                rows.filter(**_range(place, area))
                .order_by()
                .values(place)
                .annotate(n=Count(whose, distinct=True))
            )
            for code, n in counted.values_list(place, "n"):
                told = found.setdefault(code, {})
                told[name] = max(n, told.get(name, 0))
    return found
