"""To which groups of a plan the entries of a register belong: employers, institutions, places and posts by rule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import cast

from yice.network.models import Entry, Of
from yice.rules.columns import Columns
from yice.rules.kernel.screening import Decision, screen
from yice.rules.model import Plan, Row
from yice.rules.targets.sheet import KINDS

SEAT = {Of.AREA.value: "site_code"}  # the fact that says which place a row is, where a plan asks


def belonging(plan: Plan, of: Of, entries: Sequence[Entry], day: dt.date) -> list[tuple[Decision, ...]]:
    """For each entry what every group of the plan on this kind of row says of it."""
    groups = [name for name, group in plan.groups.items() if group.unit == of.value]
    if not groups or not entries:
        return [()] * len(entries)
    screening = screen(
        plan, Columns.from_records(plan, [_facts(plan, of, one) for one in entries]), day, groups=groups
    )
    return [screening.decide(row) for row in range(len(entries))]


def _facts(plan: Plan, of: Of, entry: Entry) -> dict[str, object]:
    """The entry's facts as the plan knows them, with its kind and its place."""
    facts = {name: value for name, value in entry.facts.items() if name in plan.facts}
    kind, seat = KINDS.get(cast(Row, of.value)), SEAT.get(of.value)
    if kind in plan.facts and entry.kind:
        facts[str(kind)] = entry.kind
    if seat in plan.facts:
        facts.setdefault(str(seat), entry.area)
    return facts
