"""Numbers that stand for values, and joins on them. A key of 0 is unknown and joins nothing."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Keys = npt.NDArray[np.int64]
LIMIT = 2_000  # pairs of one key: what more rows share tells nobody from anybody

_MIX = np.uint64(0x9E3779B97F4A7C15)
_MORE = np.uint64(0xBF58476D1CE4E5B9)


def mix(*columns: npt.NDArray[np.integer]) -> Keys:
    """One key from several, unknown (0) where one of them is. Two values meet in one key about never; the pairs
    found are compared value by value afterwards."""
    known = np.ones(len(columns[0]), dtype=np.bool_)
    key = np.zeros(len(columns[0]), dtype=np.uint64)
    for column in columns:
        known &= column != 0
        key = (key ^ column.astype(np.uint64)) * _MIX
        key = (key ^ (key >> np.uint64(29))) * _MORE
        key ^= key >> np.uint64(32)
    key[key == 0] = 1
    key[~known] = 0
    return key.view(np.int64)


def join(left: Keys, right: Keys, limit: int | None = None) -> tuple[Ints, Ints]:
    """Positions (left, right) of equal known keys. Keys with more than `limit` pairs are left out."""
    if not len(left) or not len(right):
        return _none()
    if len(left) > len(right):
        there, here = join(right, left, limit)
        return here, there
    known = np.flatnonzero(left)
    order = known[np.argsort(left[known])]
    ordered = left[order]
    if not len(ordered):
        return _none()
    first = np.searchsorted(ordered, right)
    hit = ordered[np.minimum(first, len(ordered) - 1)] == right
    hit &= right != 0
    rows = np.flatnonzero(hit)
    first = first[rows]
    count = np.searchsorted(ordered, right[rows], "right") - first
    if limit is not None and len(rows):
        _, group, size = np.unique(right[rows], return_inverse=True, return_counts=True)
        few = size[group] * count <= limit
        rows, first, count = rows[few], first[few], count[few]
    return order[_runs(first, count)], np.repeat(rows, count)


def _runs(first: npt.NDArray[np.intp], count: npt.NDArray[np.intp]) -> Ints:
    """first, first + 1, … `count` of them, for each."""
    ends = np.cumsum(count)
    at = np.arange(ends[-1] if len(ends) else 0)
    return at + np.repeat(first - (ends - count), count)


def distinct(left: Ints, right: Ints) -> tuple[Ints, Ints]:
    """Each pair once, by right position, then left."""
    if not len(left):
        return left, right
    width = np.int64(left.max()) + 1
    both = np.unique(right.astype(np.int64) * width + left)
    return both % width, both // width


def _none() -> tuple[Ints, Ints]:
    return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
