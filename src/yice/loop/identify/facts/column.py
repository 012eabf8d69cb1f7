"""One fact of many persons while it is being settled: every source may offer a value, the best one stands.

A source that is the fact's own (the register, the household, the person), another department's list, the yearly
round, and a correction by an officer who checked it outrank all others; between equals the newer one stands. Two
different values are a conflict, kept so that it can be shown.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from yice.rules.model import Fact

OWN, OTHER = 2, 1
# States of a value in the sources file; "" is an ordinary one.
CONFLICT, STALE, SILENCE, POSSIBLE, AT_LEAST = "conflict", "stale", "silence", "possible", "at_least"


@dataclass(frozen=True)
class Origin:
    """Where a value came from: "registry", "household", "list:<kind>", "person", "round", "correction"."""

    source: str
    date: dt.date
    by: str = ""
    batch: int | None = None
    silence: bool = False  # nobody said so: a whole list did not name the person


@dataclass
class Offer:
    value: Any
    origin: Origin


@dataclass
class FactColumn:
    """Values of `fact`, one a row; `origins` only where it is not the row's own register batch."""

    fact: Fact
    values: list[Any]
    origins: dict[int, Origin] = field(default_factory=dict)
    states: dict[int, str] = field(default_factory=dict)
    others: dict[int, list[Offer]] | None = None  # kept only for a person page

    def rank(self, origin: Origin) -> tuple[int, dt.date, int]:
        """Higher stands. A value somebody stated beats a list's silence of the same rank and day."""
        source = origin.source
        own = source in ("correction", "round", source_of(self.fact)) or source.startswith("list:")
        return (OWN if own else OTHER, origin.date, 0 if origin.silence else 1)

    def offer(self, row: int, value: Any, origin: Origin, held: Origin) -> None:
        """Offer a value; `held` is the origin of the value that stands now, if there is one."""
        standing = self.values[row]
        if standing is None:
            self.values[row], self.origins[row] = value, origin
            if origin.silence:
                self.states[row] = SILENCE
            return
        wins = self.rank(origin) > self.rank(held)
        if self.others is not None:
            self.others.setdefault(row, []).append(Offer(standing, held) if wins else Offer(value, origin))
        if wins:
            self.values[row], self.origins[row] = value, origin
        if standing != value:
            self.states[row] = CONFLICT
        elif wins:
            self.states.pop(row, None)
            if origin.silence:
                self.states[row] = SILENCE

    def clear(self, row: int, state: str, held: Origin) -> None:
        """Make the row unknown and say why."""
        if self.others is not None and self.values[row] is not None:
            self.others.setdefault(row, []).append(Offer(self.values[row], held))
        self.values[row] = None
        self.states[row] = state
        self.origins.setdefault(row, held)


def source_of(fact: Fact) -> str:
    """The origin's word for who knows the fact."""
    return {"register": "registry", "": "registry"}.get(fact.source, fact.source)


def stale(fact: Fact, date: dt.date, as_of: dt.date) -> bool:
    """Whether a value of `date` is older than the pack lets it count."""
    return fact.fresh_for_days is not None and (as_of - date).days > fact.fresh_for_days
