"""How alike two addresses are: the runs of two characters they share, and whether house and door are the same."""

from __future__ import annotations

import unicodedata

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from yice.matching.keys import Ints

EXACT, CLOSE, PART, OTHER = range(1, 5)
_LONGEST = 48
_CHUNK = 50_000
_DROPPED = "[\\s　号室第,，.。·、()（）#-]"


def levels(one: pa.StringArray, other: pa.StringArray) -> npt.NDArray[np.int8]:
    """CLOSE: half of the runs or more and all figures agree. PART: half of the runs. 0 where either is blank."""
    count = len(one)
    found = np.full(count, OTHER, dtype=np.int8)
    same = pc.equal(one, other).to_numpy(zero_copy_only=False)
    blank = pc.or_(pc.equal(one, ""), pc.equal(other, "")).to_numpy(zero_copy_only=False)
    found[same] = EXACT
    found[blank] = 0
    rest = np.flatnonzero(~same & ~blank)
    for start in range(0, len(rest), _CHUNK):
        at = rest[start : start + _CHUNK]
        found[at] = _compare(one.take(pa.array(at)), other.take(pa.array(at)))
    return found


def _compare(one: pa.StringArray, other: pa.StringArray) -> npt.NDArray[np.int8]:
    text, other_text = _folded(one), _folded(other)
    found = np.full(len(text), EXACT, dtype=np.int8)
    at = np.flatnonzero(pc.not_equal(text, other_text).to_numpy(zero_copy_only=False))
    if not len(at):
        return found
    (runs, figures), (others, other_figures) = (
        _read(column.take(pa.array(at))) for column in (text, other_text)
    )
    shared = np.bitwise_count(runs & others).sum(axis=1).astype(np.float64)
    least = np.minimum(np.bitwise_count(runs).sum(axis=1), np.bitwise_count(others).sum(axis=1))
    half = shared / np.maximum(1, least) >= 0.5
    found[at] = np.select([half & (figures == other_figures), half], [CLOSE, PART], OTHER)
    return found


def _read(folded: pa.StringArray) -> tuple[npt.NDArray[np.uint64], Ints]:
    """A set of runs as 256 bits, and the figures in their order as one number."""
    texts = np.array(folded.to_pylist() or [""], dtype=f"<U{_LONGEST}")[: len(folded)]
    points = texts.view(np.uint32).reshape(len(texts), -1)
    bits = np.zeros((len(points), 4), dtype=np.uint64)
    figures = np.zeros(len(points), dtype=np.int64)
    row = np.arange(len(points))
    for at in range(points.shape[1]):
        here = points[:, at]
        if not here.any():
            break
        digit = (here >= 48) & (here <= 57)
        figures = np.where(digit, figures * 11 + here - 47, figures)
        if at:
            before = points[:, at - 1]
            run = (before.astype(np.uint64) * np.uint64(31) + here) * np.uint64(
                0x9E3779B97F4A7C15
            ) >> np.uint64(56)
            run = np.where(here > 0, run, 0)
            bit = np.where(here > 0, np.uint64(1) << (run & np.uint64(63)), np.uint64(0))
            bits[row, (run >> np.uint64(6)).astype(np.intp)] |= bit
    return bits, figures


def _folded(column: pa.StringArray) -> pa.StringArray:
    """Half-width, without blanks, brackets and the words that some leave out."""
    odd = pc.match_substring_regex(column, "[^\u4e00-\u9fff0-9A-Z]")
    at = np.flatnonzero(odd.to_numpy(zero_copy_only=False))
    if len(at):
        half = [unicodedata.normalize("NFKC", text).upper() for text in column.take(pa.array(at)).to_pylist()]
        column = pc.replace_with_mask(column, odd, pa.array(half, type=pa.string()))
    return pc.replace_substring_regex(column, _DROPPED, "")
