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
    if len(left) > len(right):
        there, here = join(right, left, limit)
        return here, there
    known = np.flatnonzero(left)
    if not len(known):
        return _none()
    order = known[np.argsort(left[known])]
    ordered = left[order]
    start = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    keys, size = ordered[start], np.diff(np.r_[start, len(ordered)])

    rows = _likely(keys, right)
    rows = rows[np.argsort(right[rows])]  # sorted questions walk through memory once
    at = np.searchsorted(keys, right[rows])
    at[at == len(keys)] = 0
    hit = keys[at] == right[rows]
    rows, at = rows[hit], at[hit]
    if limit is not None and len(rows):
        few = size[at] * np.bincount(at)[at] <= limit
        rows, at = rows[few], at[few]
    return order[_runs(start[at], size[at])], np.repeat(rows, size[at])


def _likely(keys: Keys, asked: Keys) -> Ints:
    """Positions of known keys that may be among `keys`: a small table says no to most, where most are others."""
    if len(keys) * 8 > len(asked):
        return np.flatnonzero(asked)
    bits = max(10, int(len(keys) * 16).bit_length())
    table = np.zeros(1 << bits, dtype=np.bool_)

    def place(some: Keys) -> npt.NDArray[np.uint64]:
        return (some.view(np.uint64) * _MIX) >> np.uint64(64 - bits)

    table[place(keys)] = True
    return np.flatnonzero(table[place(asked)] & (asked != 0))


def _runs(first: npt.NDArray[np.intp], count: npt.NDArray[np.intp]) -> Ints:
    """first, first + 1, … `count` of them, for each."""
    ends = np.cumsum(count)
    at = np.arange(ends[-1] if len(ends) else 0)
    return np.asarray(at + np.repeat(first - (ends - count), count))


def repeated(keys: Keys) -> Keys:
    """The keys that are met more than once; the others become unknown."""
    order = np.argsort(keys)
    ordered = keys[order]
    alike = ordered[1:] == ordered[:-1]
    found = np.zeros(len(keys), dtype=np.int64)
    again = order[np.r_[False, alike] | np.r_[alike, False]] if len(keys) else order
    found[again] = keys[again]
    return found


def distinct(left: Ints, right: Ints) -> tuple[Ints, Ints]:
    """Each pair once, by right position, then left."""
    if not len(left):
        return left, right
    width = np.int64(left.max()) + 1
    both = np.unique(right.astype(np.int64) * width + left)
    return both % width, both // width


def _none() -> tuple[Ints, Ints]:
    return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
