"""A pass as its joins and its judgement: one definition for memory, for DuckDB (`matching.duck`) and for a cluster (`matching.spark`).

A pass gives keys for the rows of either side, join by join. Rows that share a key of one join are compared, each pair
once, and judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from yice.matching.both import Both
from yice.matching.keys import Bools, Ints, Keys, distinct, join, repeated
from yice.matching.normalise import Records
from yice.matching.pairs import Decision, Pairs

# Rows (None: all of them, in order) and their keys, worked out when asked for.
Join = tuple[Ints | None, Callable[[], Keys]]


@dataclass(frozen=True)
class Side:
    """One list as a pass sees it. `open`: the rows no earlier pass has settled; `sound` numbers names by ear."""

    records: Records
    sound: Ints
    open: Bools
    ours: bool


@dataclass(frozen=True)
class Pass:
    """`keys` gives the same joins in the same order for either side. A key shared by more pairs than `limit` tells
    nobody apart and is left out."""

    keys: Callable[[Side], Iterator[Join]]
    judge: Callable[[Both, Ints, Ints], Pairs]
    limit: int | None = None


def run(this: Pass, both: Both, open_ours: Bools, open_theirs: Bools) -> Pairs:
    """What a pass says of every pair that shares a key: of a list against itself the earlier row first."""
    ours = Side(both.ours, both.names.sound[both.names.ours], open_ours, True)
    theirs = Side(both.theirs, both.names.sound[both.names.theirs], open_theirs, False)
    joins = zip(this.keys(ours), this.keys(theirs), strict=True)
    alone = both.ours is both.theirs
    if both.meet is None:
        return this.judge(both, *candidates(joins, this.limit, alone))
    parts = (this.judge(both, left, right) for left, right in both.meet(joins, this.limit, alone))
    return Pairs.joined([Pairs.none(), *(found.at(found.decision != Decision.NONE) for found in parts)])


def candidates(joins: Iterable[tuple[Join, Join]], limit: int | None, alone: bool) -> tuple[Ints, Ints]:
    """Pairs of positions, each once."""
    found = []
    for one, other in joins:
        left, right = _meet(one, other, limit)
        if alone:
            later = left < right
            left, right = left[later], right[later]
        found.append((left, right))
    if len(found) == 1:
        return found[0]
    return distinct(*(np.concatenate([pair[side] for pair in found]) for side in (0, 1)))


def _meet(one: Join, other: Join, limit: int | None) -> tuple[Ints, Ints]:
    if any(rows is not None and not len(rows) for rows, _keys in (one, other)):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    mine, yours = one[1](), other[1]()
    if mine is yours:  # a list against itself
        mine = yours = repeated(mine)
    left, right = join(mine, yours, limit)
    return (left if one[0] is None else one[0][left]), (right if other[0] is None else other[0][right])
