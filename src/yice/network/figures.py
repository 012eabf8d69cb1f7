"""What is known of places: what each told of itself, and what complete registers count there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from yice.identifiers.division import is_within
from yice.network.models import Entry, Of
from yice.network.selectors import standing, whole
from yice.rules.model import Fact

Ranges = Mapping[str, list[tuple[str, str]]]


@dataclass(frozen=True)
class Figures:
    """Of one place, by fact. A figure that no complete register counts is None, never nought."""

    told: dict[str, Any] = field(default_factory=dict)
    since: dt.date | None = None  # the day of what it told
    counted: dict[str, int | bool | None] = field(default_factory=dict)


def figures(area: str, codes: Iterable[str], facts: Mapping[str, Fact], day: dt.date) -> dict[str, Figures]:
    """Of each of `codes`, all of them within `area`: `facts` of places as they stood on a day."""
    told = {one.area: one for one in standing(area, Of.AREA, day)}
    kinds = {fact.counts for fact in facts.values()} - {""}
    there: list[Entry] = []
    complete: Ranges = {}
    if kinds:
        both = (Of.ORGANISATION, Of.POST)
        there = [one for of in both for one in standing(area, of, day) if one.kind in kinds]
        complete = {**whole(area, both[0], day), **whole(area, both[1], day)}
    found = {}
    for code in codes:
        entry = told.get(code)
        found[code] = Figures(
            {name: value for name, value in entry.facts.items() if name in facts} if entry else {},
            entry.valid_from if entry else None,
            {name: _counted(fact, code, there, complete) for name, fact in facts.items() if fact.counts},
        )
    return found


def _counted(fact: Fact, code: str, there: Iterable[Entry], complete: Ranges) -> int | bool | None:
    """How many of a kind stand in a place. None at all is only known, and no number is final, of a complete one."""
    found = sum(one.kind == fact.counts and is_within(one.area, code) for one in there)
    known = any(low <= code < high for low, high in complete.get(fact.counts, ()))
    if fact.type == "bool":
        return True if found else False if known else None
    return found if known else None
