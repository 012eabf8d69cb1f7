"""Which numbers of a table by area are not shown to somebody who may only see statistics.

A number of 1 to `least` - 1 is hidden, and so are as many others that nobody works it out from what is shown: from a
total and its other parts, from the tiers above and below, or from another figure of the same place. A hidden number
can always be as much as `least`, and what can be said of it is at least `least` - 1 wide. Nought is shown: it is
about nobody. Below a hidden number nothing of that figure is shown. Each family (a place and those right below it) is
decided from its own numbers and from what is hidden above, so a place reads the same on every page.

`tests/loop/test_hiding.py` attacks the tables as a reader would: every bound that linear programming can find.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = Mapping[str, int]  # name → number of persons
Grid = NDArray[np.int64]  # one row a place, one column a name
UNBOUNDED = 10**9
PASSES = 12
# What is propagated is a little wider than what can be reckoned, where figures bound each other over several places.
SLACK = 1


@dataclass(frozen=True)
class Shape:
    """What everybody knows of a table. `groups`: names hidden together; `within`: (small, large ones): the persons of
    `small` are among those of the large ones, so it is never more than their sum; `everybody`: the name that bounds
    every other, or none; `free`: those that it does not bound. `same`: names that count the same persons, of which the
    sums are equal wherever they are as of one moment; `fixed`: groups of another table, told or not before this one."""

    groups: Mapping[str, tuple[str, ...]]
    within: tuple[tuple[str, tuple[str, ...]], ...] = ()
    everybody: str = ""
    free: frozenset[str] = frozenset()
    same: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = ()
    fixed: frozenset[str] = frozenset()


def hide(
    shape: Shape,
    parents: Mapping[str, str | None],
    numbers: Mapping[str, Numbers],
    least: int,
    before: Mapping[str, Iterable[str]] | None = None,
    near: Mapping[str, Iterable[str]] | None = None,
) -> dict[str, frozenset[str]]:
    """Every place of a tree: place → groups hidden there. `parents`: place → the one above it. `before`: what is
    hidden already, for another reason than its size; of `fixed` groups it is all that is hidden. `near`: names that
    were told before, by so little less or more that neither may be worked out now."""
    below: dict[str | None, list[str]] = {}
    for code, parent in parents.items():
        below.setdefault(parent if parent in parents else None, []).append(code)
    found: dict[str, frozenset[str]] = {}
    pending: list[str | None] = [None]
    while pending:
        parent = pending.pop()
        rows = {code: numbers.get(code, {}) for code in below.get(parent, ())}
        if not rows:
            continue
        kept = {code: _followed(shape, rows[code], frozenset((before or {}).get(code, ()))) for code in rows}
        if parent is None:  # nothing stands beside a place on top
            found.update({code: _alone(shape, rows[code], least) | kept[code] for code in rows})
        else:
            close = {code: frozenset((near or {}).get(code, ())) for code in rows}
            found.update(_Family(shape, found[parent], rows, least, kept, close).decided())
        pending += rows
    return found


def _alone(shape: Shape, numbers: Numbers, least: int) -> frozenset[str]:
    small = {
        group
        for group, names in shape.groups.items()
        if any(0 < numbers.get(name, 0) < least for name in names)
    }
    everybody = any(shape.everybody in shape.groups[group] for group in small)
    return frozenset(shape.groups if everybody else small) - shape.fixed


def _followed(shape: Shape, numbers: Numbers, kept: frozenset[str]) -> frozenset[str]:
    """With the groups that would tell a number of another table that is not told there."""
    found = set(kept)
    for sides in shape.same:
        for one, other in (sides, sides[::-1]):
            untold = len(other) == 1 and any(shape.groups[group] == other for group in kept & shape.fixed)
            if untold and _sum(numbers, one) == _sum(numbers, other):
                found |= {group for group, names in shape.groups.items() if set(one) & set(names)}
    return frozenset(found - shape.fixed | kept)


def _sum(numbers: Numbers, names: tuple[str, ...]) -> int:
    return sum(numbers.get(name, 0) for name in names)


class _Family:
    """The places below one while it is decided what to hide: only ever more, until nothing gives a number away."""

    def __init__(
        self,
        shape: Shape,
        above: frozenset[str],
        rows: Mapping[str, Numbers],
        least: int,
        before: Mapping[str, frozenset[str]],
        near: Mapping[str, frozenset[str]],
    ) -> None:
        self.shape, self.least = shape, least
        self.codes = sorted(rows)
        self.names = [name for names in shape.groups.values() for name in names]
        self.at = {name: column for column, name in enumerate(self.names)}
        self.values: Grid = np.array(
            [[rows[code].get(name, 0) for name in self.names] for code in self.codes], np.int64
        )
        self.groups = [
            np.array([self.at[name] for name in names], np.intp) for names in shape.groups.values()
        ]
        self.group_of = [group for group, names in enumerate(shape.groups.values()) for _name in names]
        self.titles = list(shape.groups)
        self.within = [(self.at[small], [self.at[one] for one in large]) for small, large in shape.within]
        self.same = [tuple([self.at[name] for name in side] for side in sides) for sides in shape.same]
        self.fixed = np.array([one in shape.fixed for one in self.titles], bool)
        self.every = self.at.get(shape.everybody)
        self.bounded = np.array([self._bounded(column) for column in range(len(self.names))], bool)
        self.small = (self.values > 0) & (self.values < least)
        self.near = np.array([[name in near[code] for name in self.names] for code in self.codes], bool)
        # What is hidden at the parent, and what would tell of it from below.
        self.above = {self.titles.index(group) for group in above}
        under = {n for group in self.above for n in self.groups[group].tolist()}
        telling = {self._group(small) for small, large in self.within if under.intersection(large)}
        self.whole = self.above | telling
        self.kept = np.array(
            [[one in before.get(code, ()) for one in self.titles] for code in self.codes], bool
        )
        self.hidden = self.kept.copy()
        for group, columns in enumerate(self.groups):
            if not self.fixed[group]:
                self.hidden[:, group] |= self.small[:, columns].any(axis=1) | (group in self.whole)
        self.bounds_of = self._relations()
        self.loose = self._loose(above)

    def _loose(self, above: frozenset[str]) -> NDArray[np.bool_]:
        """Rows where everybody is hidden only because their number moved too little, here or above: what else is told
        of such a row says nothing of that, as long as it stays far below.

        For as many as 2·`least` people may be thought away from such a row and put into another hidden one beside it:
        no other figure of the first comes to more than is left, one more in the second breaks no bound, the sum of both
        is the same, and below either nothing is told of everybody. So its number may be that much less, further than
        `least` from what it was told to be, and every total stands."""
        found = np.zeros(len(self.codes), bool)
        if self.every is None:
            return found
        group = self._group(self.every)
        moved_above = group in self.above and len(above) < len(self.titles)
        bounded = [
            column for column in range(len(self.names)) if column != self.every and self._bounded(column)
        ]
        most = self.values[:, bounded].max(axis=1, initial=0)
        many = self.values[:, self.every]
        found[
            (self.kept[:, group] | moved_above) & (many >= self.least) & (many - most >= 2 * self.least)
        ] = True
        return found

    def _bounded(self, column: int) -> bool:
        return self.names[column] not in self.shape.free

    def decided(self) -> dict[str, frozenset[str]]:
        while self._more():
            pass
        return {
            code: frozenset(self.titles[group] for group in np.flatnonzero(self.hidden[row]))
            for row, code in enumerate(self.codes)
        }

    def _more(self) -> bool:
        """Hide beside everything that can still be worked out; False where nothing can be, or all is hidden."""
        if self.every is not None:  # where not even the number of people is shown, no figure of them is
            nobody = self.hidden[:, self._group(self.every)] & ~self.loose
            self.hidden |= nobody[:, None] & ~self.fixed
        if not (self.small.any() or self.near.any()):  # most places of a large tree
            return False
        low, high = self._bounds()
        told = self.small & ((high < self.least) | (high - low < self.least + SLACK))
        told |= self.near & (high - low < 2 * self.least)  # so one end is far enough from what was told
        grown, seen = False, set[int]()
        for row, column in np.argwhere(told):
            group = self._group(int(column))
            if group not in seen and self.hidden[row, group]:
                seen.add(group)
                grown |= self._beside(int(row), int(column), group)
        return grown

    def _bounds(self) -> tuple[Grid, Grid]:
        """What a reader can say of each number: the propagation of every sum and every "no more than"."""
        shut = np.zeros(self.values.shape, bool)
        for group, columns in enumerate(self.groups):
            shut[:, columns] = self.hidden[:, [group]]
        floor = np.zeros(self.values.shape, np.int64)
        for group, columns in enumerate(self.groups):
            if len(columns) == 1 and group not in self.whole:
                # Noughts are shown, so what is hidden by itself is at least one.
                floor[:, columns] = ~self.kept[:, [group]]
        if self.every is not None:
            floor[self.hidden[:, self._group(self.every)]] = 0
        low = np.where(shut, floor, self.values)
        high = np.where(shut, UNBOUNDED, self.values)
        totals = self.values.sum(axis=0)
        summed = np.array([self._group(column) not in self.above for column in range(len(self.names))])
        for _pass in range(PASSES):
            before = (low.copy(), high.copy())
            for small, large, rows in self.bounds_of:
                room, need = high[np.ix_(rows, large)].sum(axis=1), low[np.ix_(rows, small)].sum(axis=1)
                for one in small:
                    high[rows, one] = np.minimum(high[rows, one], room - (need - low[rows, one]))
                for one in large:
                    low[rows, one] = np.maximum(low[rows, one], need - (room - high[rows, one]))
            if self.every is not None:
                np.minimum(high, np.where(self.bounded, high[:, [self.every]], UNBOUNDED), out=high)
                low[:, self.every] = np.where(self.bounded, low, 0).max(axis=1)
            least_of = totals - (high.sum(axis=0) - high)
            most_of = totals - (low.sum(axis=0) - low)
            low = np.where(summed, np.maximum(low, least_of), low)
            high = np.where(summed, np.minimum(high, most_of), high)
            if (low == before[0]).all() and (high == before[1]).all():
                break
        return low, high

    def _relations(self) -> list[tuple[list[int], list[int], NDArray[np.intp]]]:
        """(small, large, rows): there the sum of the small columns is no more than that of the large ones."""
        every = np.arange(len(self.codes))
        found = [([small], large, every) for small, large in self.within]
        for one, other in self.same:
            rows = np.flatnonzero(self.values[:, one].sum(axis=1) == self.values[:, other].sum(axis=1))
            found += [(one, other, rows), (other, one, rows)]
        return found

    def _beside(self, row: int, column: int, group: int) -> bool:
        """Hide the smallest other number of the figure; where none is left, the noughts too, then what else tells."""
        if self.fixed[group]:
            return self._part(column)
        if group not in self.whole:
            sums = self.values[:, self.groups[group]].sum(axis=1)
            open_ones = np.flatnonzero(~self.hidden[:, group] & (sums > 0))
            if len(open_ones):
                self.hidden[open_ones[np.argmin(sums[open_ones])], group] = True
                return True
            self.whole.add(group)
            self.hidden[:, group] = True
            return True
        for small, large in self.within:
            if column == small or column in large:
                for other in (small, *large):
                    of = self._group(other)
                    if not self.hidden[row, of]:
                        self.hidden[row, of] = True
                        return True
                for other in (small, *large):
                    of = self._group(other)
                    if not self.hidden[:, of].all():
                        self.hidden[:, of] = True
                        self.whole.add(of)
                        return True
        if self.every is not None and not self.hidden[:, self._group(self.every)].all():
            self.hidden[:, self._group(self.every)] = True
            self.whole.add(self._group(self.every))
            return True
        if self.loose.any():
            self.loose[:] = False
            return True
        return self._part(column)

    def _part(self, column: int) -> bool:
        """Hide what counts the same persons, those of the number first, in every place of the family."""
        for sides in sorted(self.same, key=lambda sides: column not in sides[0] + sides[1]):
            for other in sides[0] + sides[1]:
                group = self._group(other)
                if not self.fixed[group] and not self.hidden[:, group].all():
                    self.hidden[:, group] = True
                    self.whole.add(group)
                    return True
        return False

    def _group(self, column: int) -> int:
        return self.group_of[column]
