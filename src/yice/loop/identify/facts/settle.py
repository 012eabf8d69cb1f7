"""Every fact of a stretch of persons, settled from all its sources: the register's row, the household, the lists,
and what was answered or corrected since."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from yice.loop.identify.facts.column import AT_LEAST, CONFLICT, STALE, FactColumn, Offer, Origin, stale
from yice.loop.identify.facts.households import DISABLED, SIZE, HouseholdFacts, households
from yice.loop.identify.facts.links import Link, Payments, apply_links, deaths, links_of
from yice.loop.identify.facts.overlap import in_force
from yice.loop.identify.facts.receipts import Receipts
from yice.loop.identify.facts.rows import TYPED, Stretch, day, stretches
from yice.loop.identify.models import Batch
from yice.policy.provided import Request
from yice.rules.expression.scope import facts_of_persons

OF_PERSON = ("sex", "birth_date", "hukou", "residence")
FEW = 100  # persons: for so many the deliveries that concern them are looked up; for more, all
NOBODY = Origin("registry", dt.date.min)
UPDATED_ON = "updated_on"  # in the register's row: the day somebody last looked at it


@dataclass
class Settled:
    """A stretch with its facts. `base` is each row's own register batch."""

    stretch: Stretch
    columns: dict[str, FactColumn]
    base: list[Origin]
    payments: dict[str, Payments]
    links: list[Link]
    receipts: Receipts
    died: dict[int, dt.date]  # row → day, where a list of deaths tells it
    households: dict[int, HouseholdFacts]

    def origin(self, name: str, row: int) -> Origin | None:
        """Where the value that stands came from; None where nothing is known."""
        column = self.columns[name]
        found = column.origins.get(row)
        return found or (self.base[row] if column.values[row] is not None else None)


def settled(request: Request, *, keep_all: bool = False) -> Iterator[Settled]:
    """Stretch by stretch. `keep_all` keeps the values that did not stand, for the page of one person."""
    facts = {name: fact for name, fact in facts_of_persons(request.plan).items() if fact.derive is None}
    receipts = Receipts(request.plan.lists, request.as_of) if request.persons is None else None
    homes = households(request)
    batches: dict[int, Origin] = {}
    for stretch in stretches(request):
        _know(batches, stretch, homes)
        base = [
            _of_day(batches.get(batch, NOBODY), rest.get(UPDATED_ON))
            for batch, rest in zip(stretch.column("batch"), stretch.rest, strict=True)
        ]
        columns = {}
        held = {*OF_PERSON, *TYPED, "household_id"}.union(*stretch.rest)
        for name, fact in facts.items():
            stored = _stored(stretch, name) if name in held else [None] * len(stretch.rows)
            column = FactColumn(fact, stored, others={} if keep_all else None)
            if fact.fresh_for_days is not None:
                _drop_stale(column, base, request.as_of)
            columns[name] = column
        _of_households(columns, stretch, homes, batches, base)
        villages = stretch.column("hukou")
        if request.persons is not None:
            about = (stretch.keys, villages) if len(stretch.rows) <= FEW else None
            receipts = Receipts(request.plan.lists, request.as_of, about)
        assert receipts is not None  # noqa: S101 - of everybody, or made for these
        links = links_of(stretch, receipts, request.persons is not None)
        links = in_force(links, villages, receipts, request.plan.lists)
        payments = apply_links(request.plan, columns, villages, links, receipts, base)
        _overrides(columns, stretch, base, request.as_of)
        died = deaths(request.plan, links, request.as_of)
        yield Settled(stretch, columns, base, payments, links, receipts, died, homes)


@lru_cache(maxsize=4096)
def _of_day(batch: Origin, looked_at: str | None) -> Origin:
    """A row that says when it was last looked at speaks of that day, not of the day the file was made."""
    date = day(looked_at)
    return replace(batch, date=date) if date is not None and date < batch.date else batch


def _stored(stretch: Stretch, name: str) -> list[Any]:
    """What the register's row holds; blanks are unknown."""
    if name in OF_PERSON:
        return [value or None for value in stretch.column(name)]
    if name in TYPED:
        return stretch.column(name)
    if name == "household_id":
        return [None if key is None else str(key) for key in stretch.column("household_id")]
    return [row.get(name) for row in stretch.rest]


def _know(batches: dict[int, Origin], stretch: Stretch, homes: dict[int, HouseholdFacts]) -> None:
    """Look up the batches met for the first time."""
    met = set(stretch.column("batch"))
    if not batches:
        met |= {home.batch for home in homes.values()}
    new = [batch for batch in met if batch is not None and batch not in batches]
    for start in range(0, len(new), 900):
        for key, source, as_of, by in Batch.objects.filter(id__in=new[start : start + 900]).values_list(
            "id", "source", "as_of", "recorded_by__name"
        ):
            batches[key] = Origin(source, as_of, by or "", key)


def _drop_stale(column: FactColumn, base: list[Origin], as_of: dt.date) -> None:
    for row, value in enumerate(column.values):
        if value is not None and stale(column.fact, base[row].date, as_of):
            column.clear(row, STALE, base[row])


def _of_households(
    columns: dict[str, FactColumn],
    stretch: Stretch,
    homes: dict[int, HouseholdFacts],
    batches: dict[int, Origin],
    base: list[Origin],
) -> None:
    """What was given for the household wins; a count stands only when everybody is here, else it says at least."""
    given = {name for home in homes.values() for name in home.facts} & columns.keys()
    size, disabled = columns.get(SIZE), columns.get(DISABLED)
    for row, key in enumerate(stretch.column("household_id")):
        home = homes.get(key) if key is not None else None
        if home is None:
            continue
        origin = batches.get(home.batch, NOBODY) if home.batch is not None else base[row]
        for name in given:
            value = home.facts.get(name)
            if value is not None:
                column = columns[name]
                column.offer(row, value, origin, column.origins.get(row, base[row]))
        people = size.values[row] if size is not None else home.facts.get(SIZE)
        complete = home.complete(people)
        if size is not None:
            _count(size, row, home.counted, complete, origin)
        if disabled is not None:
            _count(disabled, row, home.disabled, complete, origin)


def _count(column: FactColumn, row: int, counted: int, complete: bool, origin: Origin) -> None:
    given = column.values[row]
    if given is None:
        if complete:
            column.values[row], column.origins[row] = counted, origin
        elif column.fact.name == DISABLED and counted > 1:
            # Two certificates are enough for 一户多残, whoever else there may be.
            column.values[row], column.origins[row] = counted, origin
            column.states[row] = AT_LEAST
        else:
            column.states[row] = AT_LEAST
    elif given < counted or (complete and given != counted):
        column.states[row] = CONFLICT
        if column.others is not None:
            column.others.setdefault(row, []).append(Offer(counted, Origin("count", origin.date)))


def _overrides(columns: dict[str, FactColumn], stretch: Stretch, base: list[Origin], as_of: dt.date) -> None:
    for row, facts in stretch.overrides.items():
        for name, values in facts.items():
            column = columns.get(name)
            if column is None:
                continue
            for given in values:
                date = day(given.get("date")) or as_of
                if given.get("value") is None or date > as_of or stale(column.fact, date, as_of):
                    continue
                origin = Origin(given["source"], date, given.get("by", ""), given.get("batch"))
                column.offer(row, given["value"], origin, column.origins.get(row, base[row]))


__all__ = ["Settled", "settled"]
