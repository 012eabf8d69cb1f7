"""What a value of a facts file must be before a fact can hold it; reasons never repeat the value itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from yice.identifiers import citizen_id
from yice.rules.model import Fact
from yice.rules.values import encode
from yice.terms.errors import Problem
from yice.terms.messages import Message

EARLIEST_BIRTH = dt.date(1880, 1, 1)
PROVINCES = citizen_id.PROVINCES - {"83"}  # 83 stands on residence permits only; the division code has 71


def area_numbers(columns: Mapping[str, pa.Array], name: str, rows: int) -> NDArray[np.int64]:
    """An area column as 12-digit numbers, -1 where unknown."""
    column = columns.get(name)
    if column is None:
        return np.full(rows, -1, np.int64)
    if pa.types.is_dictionary(column.type):
        book: NDArray[np.int64] = np.array([int((v or "").strip().ljust(12, "0")) if v and is_area(v) else -1
                         for v in column.dictionary.to_pylist()] + [-1], np.int64)  # fmt: skip
        found: NDArray[np.int64] = book[
            pc.fill_null(column.indices, len(book) - 1).to_numpy(zero_copy_only=False)
        ]
        return found
    numbers: NDArray[np.int64] = pc.fill_null(column.cast(pa.int64()), -1).to_numpy(zero_copy_only=False)
    return numbers


def why_not(fact: Fact, value: str | None, as_of: dt.date) -> Message | None:
    """Why no fact of this kind can have this value; never the value itself."""
    try:
        if fact.type == "int" and value is not None and (why := _out_of_bounds(fact, int(value), as_of)):
            return why
        number = encode(fact, value)
    except (Problem, ValueError) as problem:
        fix = problem.fix if isinstance(problem, Problem) else Message("应是整数")
        return Message("{fact}的值看不懂。{fix}", fact=fact.label, fix=fix or "")
    return _out_of_bounds(fact, number, as_of) if isinstance(number, int) else None


def _out_of_bounds(fact: Fact, number: int, as_of: dt.date) -> Message | None:
    if (fact.low is not None and number < fact.low) or (fact.high is not None and number > fact.high):
        return Message("{fact} 应在 {low} 到 {high} 之间", fact=fact.label, low=fact.low, high=fact.high)
    if fact.name == "birth_date":
        born = dt.date(1970, 1, 1) + dt.timedelta(days=number)
        if born > as_of:
            return Message("出生日期晚于 {day}", day=as_of.isoformat())
        if born < EARLIEST_BIRTH:
            return Message("出生日期早于 {day}", day=EARLIEST_BIRTH.isoformat())
    return None


def bounded(fact: Fact, column: pa.Array, reasons: dict[int, Message]) -> pa.Array:
    if not pa.types.is_integer(column.type):
        return column
    low, high = (
        (fact.low if fact.low is not None else -(2**62)),
        (fact.high if fact.high is not None else 2**62),
    )
    least, most = pc.min_max(column).as_py().values()
    if least is None or (low <= least and most <= high):
        return column
    outside = pc.or_(pc.less(column, low), pc.greater(column, high))
    for row in np.flatnonzero(pc.fill_null(outside, False).to_numpy(zero_copy_only=False)):
        why = Message("{fact} 应在 {low} 到 {high} 之间", fact=fact.label, low=fact.low, high=fact.high)
        reasons.setdefault(int(row), why)
    return column


def is_area(value: str) -> bool:
    value = value.strip()
    return value.isascii() and value.isdigit() and len(value) in (2, 4, 6, 9, 12)


def trimmed(column: pa.Array) -> pa.Array:
    """Texts without blanks around them, empty ones unknown; other columns as they are."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if not pa.types.is_string(column.type) or not _untidy(column):
        return column
    column = pc.utf8_trim_whitespace(column)
    return pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column)


def _untidy(texts: pa.Array) -> bool:
    """Whether some text is empty, or holds a byte that a blank could be (all from 0x80 are taken for one)."""
    _, ends, data = texts.buffers()
    if ends is None or data is None or not len(texts):
        return True
    at = np.frombuffer(ends, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    letters = np.frombuffer(data, np.uint8)[at[0] : at[-1]]
    if not len(letters) or letters.min() <= 0x20 or letters.max() >= 0x80:
        return True
    return bool((at[1:] == at[:-1]).any())  # empty, or null


def days_of(dates: pa.Array) -> pa.Array | None:
    if pa.types.is_date(dates.type):
        return dates.cast(pa.date32())
    try:
        return pc.strptime(trimmed(dates), format="%Y-%m-%d", unit="s").cast(pa.date32())
    except pa.ArrowInvalid:
        return None


def date_of(text: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        return None
