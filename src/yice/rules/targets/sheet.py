"""Rows that targets count, each with the place it counts in, and the tree of places that sums go up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yice.rules.columns import Columns
from yice.rules.model import Basis

Ints = NDArray[np.int64]
Range = tuple[int, int]  # half-open, of twelve-digit codes
TIERS = ("province", "prefecture", "county", "township", "village")
KINDS: Mapping[str, str] = {
    "organisation": "facility_kind",
    "post": "post_kind",
}  # the fact `kinds` speaks of


@dataclass(frozen=True)
class Sheet:
    """Rows of one kind. `places`: the code each counts in, 0 where none is known.

    `living`: where each person lives, for what follows residence; without it that is counted in `places` too.
    `homes`: each person's household, -1 where none is known, who is then a household alone. `whole`: for which kinds
    the register is complete, and where; elsewhere a thing that is not on it may still exist.
    """

    columns: Columns
    places: Ints
    homes: Ints | None = None
    whole: Mapping[str, Sequence[Range]] = field(default_factory=dict)
    living: Ints | None = None

    def by(self, basis: Basis) -> Sheet:
        """The rows in the places of that basis."""
        if basis == "hukou" or self.living is None:
            return self
        return replace(self, places=self.living, living=None)

    @cached_property
    def spots(self) -> tuple[Ints, NDArray[np.intp]]:
        """The distinct places, ascending, and which of them each row counts in."""
        return np.unique(self.places, return_inverse=True)

    def is_whole(self, kinds: Iterable[str], codes: Ints, ends: Ints) -> NDArray[np.bool_]:
        """Whether every one of `kinds` is completely registered in each of the areas."""
        whole = np.ones(len(codes), np.bool_)
        for kind in kinds:
            covered = np.zeros(len(codes), np.bool_)
            for low, high in self.whole.get(kind, ()):
                covered |= (low <= codes) & (ends <= high)
            whole &= covered
        return whole


class Tree:
    """Areas by code. All of an area is the range from its code to its end, so a sum is a difference of two."""

    def __init__(self, areas: Iterable[tuple[str, str, int, int]]) -> None:
        """areas: code, end, highest and lowest tier (1 province … 5 village)."""
        found = sorted(areas)
        self.codes: Ints = np.array([int(code) for code, *_ in found], np.int64)
        self.ends: Ints = np.array([bound(end) for _, end, *_ in found], np.int64)
        self.tiers: NDArray[np.int8] = np.array([tier for *_, tier, _ in found], np.int8).reshape(-1)
        self.lowest: NDArray[np.int8] = np.array([low for *_, low in found], np.int8).reshape(-1)
        self._at = {int(code): at for at, (code, *_) in enumerate(found)}

    def __len__(self) -> int:
        return len(self.codes)

    def at(self, code: str | int) -> int | None:
        """The number of an area."""
        return self._at.get(int(code))

    def of_tiers(self, tiers: Iterable[str]) -> NDArray[np.bool_]:
        """Which areas fill one of these tiers; a place may fill several."""
        chosen = np.zeros(len(self), np.bool_)
        for tier in tiers:
            depth = TIERS.index(tier) + 1
            chosen |= (self.tiers <= depth) & (depth <= self.lowest)
        return chosen

    def tiers_of(self, at: int) -> tuple[str, ...]:
        """The tiers that an area fills."""
        return TIERS[int(self.tiers[at]) - 1 : int(self.lowest[at])]

    @cached_property
    def above(self) -> NDArray[np.intp]:
        """The area right above each, -1 where there is none."""
        above, open_ = np.full(len(self), -1, np.intp), list[int]()
        for at in range(len(self)):
            while open_ and self.ends[open_[-1]] <= self.codes[at]:
                open_.pop()
            above[at] = open_[-1] if open_ else -1
            open_.append(at)
        return above

    def told(self, places: Ints, sums: Ints) -> Ints:
        """What areas tell of themselves (known sum, rows that do not know) for every area: its own word counts, or
        what all the areas right below it come to. The third number is 1 where some area told nothing.
        """
        own = np.zeros((len(self), 3), np.int64)  # known, unknown, rows
        below = np.zeros((len(self), 3), np.int64)  # known, unknown, of how many nothing is told
        leaf = np.ones(len(self), np.bool_)
        leaf[self.above[self.above >= 0]] = False
        at = np.searchsorted(self.codes, places, "right") - 1
        for spot, place, row in zip(at.tolist(), places.tolist(), sums.tolist(), strict=True):
            if spot >= 0 and self.codes[spot] == place:
                own[spot] += [*row, 1]
                continue
            while spot >= 0 and self.ends[spot] <= place:  # no area of the tree: part of the one around it
                spot = int(self.above[spot])
            if spot >= 0:
                below[spot] += [*row, 0]
        found = np.zeros((len(self), 3), np.int64)
        for one in range(len(self) - 1, -1, -1):  # those below come after
            said = own[one, 2] and not own[one, 1]
            found[one] = [own[one, 0], 0, 0] if said else below[one]
            if not said:
                found[one, 1] += own[one, 1]
                found[one, 2] = bool(found[one, 2] or (leaf[one] and not own[one, 2]))
            if self.above[one] >= 0:
                below[self.above[one]] += found[one]
        return found

    def roll_up(self, places: Ints, sums: Ints) -> Ints:
        """Sums (one row a place, places ascending) for every area: cumulated once, then two look-ups an area."""
        running = np.zeros((len(places) + 1, sums.shape[1]), np.int64)
        np.cumsum(sums, axis=0, out=running[1:])
        first, last = np.searchsorted(places, self.codes), np.searchsorted(places, self.ends)
        return running[last] - running[first]


def bound(end: str) -> int:
    """The first code after an area as a number; the last province has none (":…")."""
    return int(end) if end[0].isdigit() else 10**12


def by_spot(sheet: Sheet, cells: NDArray[Any], width: int) -> Ints:
    """How many rows of each place are in each of `width` cells; -1 is in none."""
    spots, which = sheet.spots
    counted = cells >= 0
    flat = which[counted] * width + cells[counted]
    return np.bincount(flat, minlength=len(spots) * width).reshape(len(spots), width).astype(np.int64)
