"""Names of both lists under one numbering, how they sound, how common they are, and how alike two of them are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from yice.identifiers.names import code_points, sounds
from yice.matching.keys import Bools, Ints

EXACT, PINYIN, SLIP, PART, SURNAME, OTHER = range(1, 7)  # positions in model.LEVELS["name"], from 1
COMPOUND = ("欧阳", "司马", "诸葛", "上官", "司徒", "皇甫", "令狐", "尉迟", "公孙", "慕容", "夏侯", "端木", "东方", "独孤", "南宫", "钟离", "宇文", "长孙", "轩辕", "闻人", "申屠", "呼延", "澹台", "公冶", "太叔", "仲孙", "赫连", "拓跋", "濮阳", "淳于", "单于", "公羊")  # fmt: skip
_CHUNK = 100_000
_UNSEEN = 10_000  # rows that a small registry is filled up with, lest its only bearer of a name seem common


@dataclass(frozen=True)
class Shares:
    """How common names are in a register of which only some rows are compared."""

    names: pa.StringArray  # folded
    met: npt.NDArray[np.float64]  # rows that bear each
    named: int  # rows with any name

    def of(self, names: pa.StringArray) -> npt.NDArray[np.float64]:
        at = pc.fill_null(pc.index_in(names, value_set=self.names), len(self.names))
        return _shares(np.r_[self.met, 0.0][at.to_numpy(zero_copy_only=False)], self.named)


@dataclass(frozen=True)
class Names:
    """`ours` and `theirs` number each row's name from 1, 0 for none; `sound` numbers each name's sound."""

    texts: pa.StringArray  # by number; "" at 0
    ours: Ints
    theirs: Ints
    sound: Ints  # by number of the name; 0 for none
    frequency: npt.NDArray[np.float64]  # by number: how common among ours, from 0 to 1

    @classmethod
    def of(cls, ours: pa.StringArray, theirs: pa.StringArray, shares: Shares | None = None) -> Names:
        lists = [ours] if ours is theirs else [ours, theirs]
        coded = pc.dictionary_encode(pa.chunked_array([pa.array([""], pa.string()), *lists]))
        coded = coded.combine_chunks()
        numbers = coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
        count = len(coded.dictionary)
        mine = numbers[1 : 1 + len(ours)]
        met = np.bincount(mine, minlength=count).astype(np.float64)
        names = coded.dictionary
        frequency = _shares(met, int(met[1:].sum())) if shares is None else shares.of(names)
        yours = mine if ours is theirs else numbers[1 + len(ours) :]
        return cls(names, mine, yours, _sounds(names), frequency)

    def levels(self, left: Ints, right: Ints) -> npt.NDArray[np.int8]:
        """The level of each pair of rows, 0 where either has no name."""
        one, other = self.ours[left], self.theirs[right]
        found = np.where(one == other, EXACT, OTHER).astype(np.int8)
        found[(one == 0) | (other == 0)] = 0
        unlike = np.flatnonzero(found == OTHER)
        alike = self.sound[one[unlike]] == self.sound[other[unlike]]
        found[unlike[alike]] = PINYIN
        rest = unlike[~alike]
        # Relatives and homonyms repeat: every pair of names is compared once.
        pairs = np.unique(one[rest] * np.int64(len(self.texts)) + other[rest], return_inverse=True)
        keys, back = pairs
        level = np.empty(len(keys), dtype=np.int8)
        for start in range(0, len(keys), _CHUNK):
            part = keys[start : start + _CHUNK]
            level[start : start + _CHUNK] = self._unlike(part // len(self.texts), part % len(self.texts))
        found[rest] = level[back]
        return found

    def _unlike(self, one: Ints, other: Ints) -> npt.NDArray[np.int8]:
        left = self.texts.take(pa.array(one)).to_pylist()
        right = self.texts.take(pa.array(other)).to_pylist()
        return likeness(left, right)


def _shares(met: npt.NDArray[np.float64], named: int) -> npt.NDArray[np.float64]:
    """How common names are that were met so often among so many named rows."""
    return np.asarray((met + 1) / (named + _UNSEEN))


def likeness(left: list[str], right: list[str]) -> npt.NDArray[np.int8]:
    """How alike folded names are that neither look nor sound the same: SLIP, PART, SURNAME or OTHER.

    SLIP: one character wrong, missing, too many or two swapped, of three or more; two in a name of eight, three in
    one of twelve. PART: the shorter, of two characters or more, stands within the longer, and not as a family's
    name and half the given one.
    """
    a, b = code_points(left), code_points(right)
    width = max(a.shape[1], b.shape[1])
    a, b = (np.pad(one, ((0, 0), (0, width - one.shape[1]))) for one in (a, b))
    short = np.minimum((a > 0).sum(axis=1), (b > 0).sum(axis=1))
    long = np.maximum((a > 0).sum(axis=1), (b > 0).sum(axis=1))
    allowed = np.where(long >= 3, np.maximum(1, long // 4), 0)
    slip = (long - short <= allowed) & (allowed > 0)
    at = np.flatnonzero(slip)
    slip[at] = distance(a[at], b[at]) <= allowed[at]
    within = np.flatnonzero(~slip & (short >= 2) & (long >= 4))
    part = np.zeros(len(left), dtype=np.bool_)
    part[within] = [left[i] in right[i] or right[i] in left[i] for i in within.tolist()]
    family = (a[:, 0] == b[:, 0]) & (a[:, 0] > 0)
    for name in COMPOUND:
        first, second = ord(name[0]), ord(name[1])
        one, other = ((m[:, 0] == first) & (m[:, min(1, width - 1)] == second) for m in (a, b))
        family &= one == other
    return np.select([slip, part, family], [SLIP, PART, SURNAME], OTHER).astype(np.int8)


def distance(a: npt.NDArray[np.uint32], b: npt.NDArray[np.uint32]) -> npt.NDArray[np.int8]:
    """Optimal string alignment of the rows of two matrices of one width, zeros after the end of each.

    One edit: a character put in, left out, replaced, or two neighbours swapped.
    """
    count, width = a.shape
    size_a, size_b = (a > 0).sum(axis=1), (b > 0).sum(axis=1)
    rows = np.zeros((width + 1, width + 1, count), dtype=np.int8)
    rows[:, 0] = np.arange(width + 1, dtype=np.int8)[:, None]
    rows[0, :] = np.arange(width + 1, dtype=np.int8)[:, None]
    for i in range(1, width + 1):
        for j in range(1, width + 1):
            same = a[:, i - 1] == b[:, j - 1]
            best = np.minimum(rows[i - 1, j], rows[i, j - 1]) + np.int8(1)
            best = np.minimum(best, rows[i - 1, j - 1] + (~same))
            if i > 1 and j > 1:
                swapped = (a[:, i - 1] == b[:, j - 2]) & (a[:, i - 2] == b[:, j - 1])
                best = np.where(swapped, np.minimum(best, rows[i - 2, j - 2] + np.int8(1)), best)
            rows[i, j] = best
    return np.asarray(rows[size_a, size_b, np.arange(count)])


def heard(texts: pa.StringArray) -> pa.ChunkedArray:
    """Names as they sound."""
    names = texts.to_pylist()
    found = []
    for start in range(0, len(names), _CHUNK):
        part = sounds(code_points(names[start : start + _CHUNK]))
        width = part.shape[1]
        found.append(pa.array(np.ascontiguousarray(part).view(f"<U{width}").ravel(), type=pa.string()))
    return pa.chunked_array(found, type=pa.string())


def _sounds(texts: pa.StringArray) -> Ints:
    """Numbers from 1 of what is heard; names that sound alike share one. 0 for none."""
    coded = pc.dictionary_encode(heard(texts)).combine_chunks()
    numbers: Ints = coded.indices.to_numpy(zero_copy_only=False).astype(np.int64) + 1
    numbers[pc.equal(texts, "").to_numpy(zero_copy_only=False)] = 0
    return numbers


def agrees(levels: npt.NDArray[np.int8]) -> Bools:
    """Whether the names are one in writing or in sound."""
    return np.asarray((levels == EXACT) | (levels == PINYIN))
