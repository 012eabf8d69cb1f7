"""Drawing and writing by the column: seeded choices, and strings without Python loops."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Ints = npt.NDArray[Any]
Bools = npt.NDArray[np.bool_]


def stream(seed: int, name: str) -> np.random.Generator:
    """Its own random stream for each thing drawn, so that a new column changes no other."""
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def choose(rng: np.random.Generator, shares: Sequence[float] | Ints, count: int) -> Ints:
    """Positions in `shares`, drawn in proportion."""
    edges = np.cumsum(np.asarray(shares, dtype=float))
    return np.searchsorted(edges / edges[-1], rng.random(count), side="right").astype(np.int32)


def choose_rows(rng: np.random.Generator, table: Ints, rows: Ints) -> Ints:
    """As `choose`, each with its own row of shares."""
    edges = np.cumsum(table, axis=1)
    edges = edges / edges[:, -1:]
    above = rng.random(len(rows))[:, None] > edges[rows]
    return np.asarray(above.sum(axis=1), dtype=np.int32)


def exactly(rng: np.random.Generator, pool: Bools | Ints, count: int) -> Ints:
    """`count` members of a pool (a mask or positions), or all of it if it is smaller; in order."""
    members = np.flatnonzero(pool) if pool.dtype == np.bool_ else pool
    return np.sort(rng.permutation(members)[: max(0, count)])


def texts(values: Sequence[str]) -> pa.StringArray:
    return pa.array(values, type=pa.string())


def label(labels: Sequence[str], codes: Ints) -> pa.StringArray:
    """The label of each code; a code of -1 is blank."""
    coded = pa.array(codes, mask=codes < 0)
    return pc.fill_null(texts(labels).take(coded), "")


def where(mask: Bools, one: Any, other: Any) -> pa.StringArray:
    """`one` where the mask is true, else `other`; either may be a single text."""
    return pc.if_else(pa.array(mask), one, other)


def join(*parts: Any) -> pa.StringArray:
    """Cell by cell, one after another; single texts are repeated."""
    return pc.binary_join_element_wise(*parts, "")


def digits(numbers: Ints, width: int) -> pa.StringArray:
    """Numbers with leading zeros."""
    return strings(digit_bytes(numbers, width))


def digit_bytes(numbers: Ints, width: int) -> npt.NDArray[np.uint8]:
    powers = 10 ** np.arange(width - 1, -1, -1, dtype=np.int64)
    return (np.asarray(numbers, dtype=np.int64)[:, None] // powers % 10 + 48).astype(np.uint8)


def strings(matrix: npt.NDArray[np.uint8]) -> pa.StringArray:
    """Rows of a byte matrix as texts."""
    count, width = matrix.shape
    offsets = np.arange(count + 1, dtype=np.int64) * width
    array = pa.LargeStringArray.from_buffers(
        count, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(matrix))
    )
    return array.cast(pa.string())


def plain(numbers: Ints) -> pa.StringArray:
    return pc.cast(pa.array(numbers), pa.string())


def yuan(fen: Ints) -> pa.StringArray:
    """Sums in yuan as a spreadsheet shows them: no decimals where there are none; blank where negative one."""
    whole = pc.cast(pa.array(fen // 100), pa.string())
    cents = join(plain(fen // 100), ".", digits(np.abs(fen) % 100, 2))
    return where(fen % 100 == 0, whole, cents)


def date_texts(days: npt.NDArray[np.datetime64], style: str = "-") -> pa.StringArray:
    """Dates as texts; "-" 2020-06-30, "." 2020.6.30, "年" 2020年6月30日, "" 20200630, "#" Excel's number. NaT is blank."""
    blank = np.isnat(days)
    safe = np.where(blank, np.datetime64("1970-01-01"), days).astype("datetime64[D]")
    months = safe.astype("datetime64[M]")
    year = months.astype(int) // 12 + 1970
    month = months.astype(int) % 12 + 1
    day = (safe - months).astype(int) + 1
    if style == "#":
        written = plain(safe.astype(int) + 25569)
    elif style in ("-", ""):
        written = join(digits(year, 4), style, digits(month, 2), style, digits(day, 2))
    elif style == "年":
        written = join(plain(year), "年", plain(month), "月", plain(day), "日")
    else:
        written = join(plain(year), style, plain(month), style, plain(day))
    return where(blank, "", written)


def scatter(column: pa.StringArray, at: Ints, values: Sequence[str]) -> pa.StringArray:
    """The column with some cells replaced; `at` ascending."""
    mask = np.zeros(len(column), dtype=np.bool_)
    mask[at] = True
    return pc.replace_with_mask(column, pa.array(mask), texts(list(values)))
