"""The figures of a comparison of two plans: changes and sums, in all and by place, category and age.

A sum adds up only what is known, beside the number of persons it says nothing of: those due an amount that cannot
be told, and those of whom it cannot be told whether anything is due. A household's benefit counts once, at the
first of its members that comes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from yice.rules.bits import unpack
from yice.rules.column import Column
from yice.rules.columns import Columns
from yice.rules.dates import ages
from yice.rules.expression.literals import days
from yice.rules.whatif.compare import CHANGES, ELIGIBLE, SIDES, Compared, Item

UNTOLD = ""  # the place, category or age of those of whom it is not known
AGES = (0, 7, 16, 18, 35, 50, 60, 80)  # the first year of each band
DIMENSIONS = ("county", "township", "category", "age")
Codes = NDArray[np.intp]
Key = tuple[str, str]  # kind and id of an item


@dataclass
class Sum:
    """What is due under one plan, in fen for each of the benefit's periods."""

    fen: int = 0
    amount_unknown: int = 0  # persons due an amount that cannot be told; or whose household is not known

    def add(self, fen: int, unknown: int) -> None:
        self.fen, self.amount_unknown = self.fen + fen, self.amount_unknown + unknown


@dataclass
class Figures:
    """One item: persons by how they stood and stand, by what changed, and what it costs."""

    stood: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SIDES, 0))
    stands: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SIDES, 0))
    changes: dict[str, int] = field(default_factory=lambda: dict.fromkeys(CHANGES[1:], 0))
    before: Sum = field(default_factory=Sum)
    after: Sum = field(default_factory=Sum)

    @property
    def changed(self) -> bool:
        return any(self.changes.values())

    def as_dict(self, item: Item) -> dict[str, object]:
        """As JSON gives it. Sums only where a sum is written."""
        told: dict[str, object] = {"kind": item.kind, "id": item.id, "title": str(item.title)}
        told |= {"before": self.stood, "after": self.stands, "changes": self.changes}
        if item.summed:
            sides = zip((self.before, self.after), item.benefits, (self.stood, self.stands), strict=True)
            costs = [
                {
                    "fen": one.fen,
                    "per": benefit.per if benefit else None,
                    "amount_unknown": one.amount_unknown,
                    "status_unknown": stood["unknown"],
                }
                for one, benefit, stood in sides
            ]
            told["cost"] = {
                "before": costs[0],
                "after": costs[1],
                "difference_fen": self.after.fen - self.before.fen,
            }
        return told


class Tally:
    """Adds up runs of rows as they are compared."""

    def __init__(self, items: Iterable[Item]) -> None:
        self.items: dict[Key, Item] = {(item.kind, item.id): item for item in items}
        self.people = 0
        self.all: dict[Key, Figures] = {key: Figures() for key in self.items}
        self.by: dict[str, dict[str, dict[Key, Figures]]] = {name: {} for name in DIMENSIONS}
        self._households: dict[tuple[Key, int], set[int]] = {}

    def add(
        self, compared: Iterable[Compared], where: Mapping[str, tuple[Codes, list[str]]], homes: Codes
    ) -> None:
        """`where`: for each dimension a number a row, and what each number says. `homes`: households, -1 unknown."""
        for at, one in enumerate(compared):
            key = (one.item.kind, one.item.id)
            sums = [self._sums(key, side, one, homes) for side in (0, 1)]
            rows = len(one.change)
            if at == 0:
                self.people += rows
            _count(one, sums, np.zeros(rows, np.intp), [self.all[key]])
            for name, (codes, labels) in where.items():
                places = self.by[name]
                kept = [places.setdefault(label, {}).setdefault(key, Figures()) for label in labels]
                _count(one, sums, codes, kept)

    def monthly(self) -> tuple[Sum, Sum]:
        """What all benefits paid by the month cost under either plan."""
        totals = Sum(), Sum()
        for key, item in self.items.items():
            for side, total in enumerate(totals):
                benefit, figures = item.benefits[side], self.all[key]
                if benefit is not None and benefit.per == "month" and item.summed:
                    one = (figures.before, figures.after)[side]
                    total.add(one.fen, one.amount_unknown)
        return totals

    def _sums(
        self, key: Key, side: int, one: Compared, homes: Codes
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """What each row adds to the sum, and which rows are due an amount that cannot be told."""
        fen, known = (one.due_before, one.due_after)[side]
        due = (one.before, one.after)[side] == ELIGIBLE
        if not one.item.summed:
            return fen, np.zeros(len(fen), np.bool_)
        told = due & known
        if one.item.household:
            homeless = due & (homes < 0)
            told = _first(told & ~homeless, homes, self._households.setdefault((key, side), set()))
            return np.where(told, fen, 0), homeless | due & ~known
        return np.where(told, fen, 0), due & ~known


def places_of(
    columns: Columns, as_of: dt.date, area: NDArray[np.int64]
) -> dict[str, tuple[Codes, list[str]]]:
    """Where, in which category and in which age band each row is. `area`: 12-digit codes, -1 unknown."""
    found = {}
    for name, digits in (("county", 6), ("township", 9)):
        numbers, codes = np.unique(np.where(area < 0, -1, area // 10 ** (12 - digits)), return_inverse=True)
        labels = [UNTOLD if number < 0 else str(number).zfill(digits) for number in numbers.tolist()]
        found[name] = codes, labels
    found["category"] = _categories(columns)
    found["age"] = _bands(columns, as_of)
    return found


def households_of(columns: Columns) -> Codes:
    """A number for each household that is the same wherever its rows stand in the file; -1 unknown."""
    column = columns.column("household_id") if "household_id" in columns.facts else None
    if column is None or column.values is None:
        return np.full(columns.rows, -1, np.intp)
    numbers = np.array([hash(word) & (1 << 62) - 1 for word in column.words] or [0], np.intp)
    return np.where(_known(column, columns.rows), numbers[_places(column)], -1)


def band(first: int) -> str:
    """What an age band is called: "7-15", "80+"."""
    at = AGES.index(first)
    return f"{first}+" if at == len(AGES) - 1 else f"{first}-{AGES[at + 1] - 1}"


def _categories(columns: Columns) -> tuple[Codes, list[str]]:
    fact = columns.facts.get("category")
    column = columns.column("category") if fact is not None else None
    if fact is None or column is None or column.values is None:
        return np.zeros(columns.rows, np.intp), [UNTOLD]
    codes = np.where(_known(column, columns.rows), column.values.astype(np.intp) + 1, 0)
    return codes, [UNTOLD, *fact.codes]


def _bands(columns: Columns, as_of: dt.date) -> tuple[Codes, list[str]]:
    column = columns.column("birth_date") if "birth_date" in columns.facts else None
    labels = [UNTOLD, *(band(first) for first in AGES)]
    if column is None or column.values is None:
        return np.zeros(columns.rows, np.intp), labels
    known = _known(column, columns.rows)
    birth = np.where(known, column.values, 0).astype(np.int32)
    years = ages(birth, np.full(len(birth), days(as_of), np.int32), "02-28")
    return np.where(known, np.searchsorted(AGES, years, "right"), 0), labels


def _known(column: Column, rows: int) -> NDArray[np.bool_]:
    return unpack(column.known, rows).view(np.bool_)


def _places(column: Column) -> Codes:
    """Positions in the vocabulary; what stands where nothing is known is brought inside it."""
    assert column.values is not None  # noqa: S101 - asked before
    return np.clip(column.values.astype(np.intp), 0, max(len(column.words) - 1, 0))


def _first(rows: NDArray[np.bool_], homes: Codes, seen: set[int]) -> NDArray[np.bool_]:
    """Of these rows, the first of each household that was not seen before; remembers them."""
    at = np.flatnonzero(rows)
    numbers, first = np.unique(homes[at], return_index=True)
    fresh = [i for number, i in zip(numbers.tolist(), first.tolist(), strict=True) if number not in seen]
    seen.update(numbers.tolist())
    chosen = np.zeros(len(rows), np.bool_)
    chosen[at[fresh]] = True
    return chosen


def _count(
    one: Compared,
    sums: list[tuple[NDArray[np.int64], NDArray[np.bool_]]],
    codes: Codes,
    kept: list[Figures],
) -> None:
    """Add a run of rows to the figures of each place: `codes` says which."""
    sides, changes = len(SIDES), len(CHANGES)
    stood = np.bincount(codes * sides + one.before, minlength=len(kept) * sides).reshape(-1, sides).tolist()
    stands = np.bincount(codes * sides + one.after, minlength=len(kept) * sides).reshape(-1, sides).tolist()
    changed = np.bincount(codes * changes + one.change, minlength=len(kept) * changes)
    changed_by = changed.reshape(-1, changes).tolist()
    fens, unknowns = [], []
    for fen, unknown in sums:
        total = np.zeros(len(kept), np.int64)
        if fen.any():
            np.add.at(total, codes, fen)
        fens.append(total.tolist())
        unknowns.append(np.bincount(codes[unknown], minlength=len(kept)).tolist())
    for place, figures in enumerate(kept):
        for number, word in enumerate(SIDES):
            figures.stood[word] += stood[place][number]
            figures.stands[word] += stands[place][number]
        for number, word in enumerate(CHANGES[1:], 1):
            figures.changes[word] += changed_by[place][number]
        figures.before.add(fens[0][place], unknowns[0][place])
        figures.after.add(fens[1][place], unknowns[1][place])
