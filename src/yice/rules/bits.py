"""Sets of rows as bits: row i is bit i % 64 of word i // 64, little-endian, as Arrow's bitmaps are."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]
Truth = NDArray[np.bool_]
Rows = NDArray[np.intp]


def words_for(rows: int) -> int:
    """How many 64-bit words hold `rows` bits."""
    return (rows + 63) // 64


_ALONE = np.array([[0], [1]], np.uint64)  # the two sets that one row can be
_ALONE.flags.writeable = False


def pack(truth: Truth) -> Words:
    """One bool a row to bits; the bits past the last row are 0."""
    if len(truth) == 1:  # one person on a page: no need for the machinery of a million
        alone: Words = _ALONE[int(truth[0])]
        return alone
    packed = np.packbits(truth, bitorder="little")
    if len(truth) % 64 == 0:
        return packed.view(np.uint64)
    padded = np.zeros(words_for(len(truth)) * 8, np.uint8)
    padded[: len(packed)] = packed
    return padded.view(np.uint64)


def unpack(words: Words, rows: int) -> NDArray[np.uint8]:
    """Bits to one 0 or 1 a row."""
    return np.unpackbits(words.view(np.uint8), count=rows, bitorder="little")


def rows_of(words: Words, rows: int) -> Rows:
    """The numbers of the rows in the set, ascending."""
    octets = words.view(np.uint8)
    at = np.flatnonzero(octets != 0)
    if len(at) * 2 > len(octets):
        return np.flatnonzero(unpack(words, rows).view(np.bool_))
    bits = np.flatnonzero(np.unpackbits(octets[at], bitorder="little").view(np.bool_))
    found: Rows = (at[bits >> 3] << 3) + (bits & 7)
    return found


def pick(words: Words, at: Rows) -> NDArray[np.uint8]:
    """0 or 1 for each of the rows `at`."""
    octets: NDArray[np.uint8] = words.view(np.uint8)[at >> 3]
    return octets >> (at & 7).astype(np.uint8) & np.uint8(1)


@lru_cache(maxsize=16)
def full(rows: int) -> Words:
    """The set of all rows; shared, so never written to."""
    words = np.full(words_for(rows), np.uint64(0xFFFF_FFFF_FFFF_FFFF))
    if rows % 64:
        words[-1] = np.uint64((1 << (rows % 64)) - 1)
    words.flags.writeable = False
    return words


def some(words: Words) -> bool:
    """Whether the set has any row."""
    return bool(np.count_nonzero(words)) if isinstance(words, np.ndarray) else bool(words)


def holds(words: Words, row: int) -> bool:
    """Whether the row is in the set."""
    return bool(int(words[row >> 6]) >> (row & 63) & 1)


def count(words: Words) -> int:
    """How many rows are in the set."""
    return int(np.bitwise_count(words).sum())
