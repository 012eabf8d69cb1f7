"""Columns of text, tidied: no blanks around a text, and null where nothing stands."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from yice.exchange.files.spreadsheet import texts

_FEW = 20_000  # rows; threads for less cost more than they save
Found = TypeVar("Found")


def each(work: Callable[[Any], Found], columns: Sequence[Any]) -> list[Found]:
    """`work` done to every column, beside each other where they are long: Arrow lets other threads run."""
    if len(columns) < 2 or len(columns[0]) < _FEW:
        return [work(one) for one in columns]
    with ThreadPoolExecutor(min(os.cpu_count() or 1, 8)) as pool:
        return list(pool.map(work, columns))


def tidy(column: pa.StringArray) -> pa.StringArray:
    """Trimmed; blank as null."""
    column = pc.utf8_trim_whitespace(column)
    empty = pc.equal(column, "")
    return pc.if_else(empty, pa.scalar(None, pa.string()), column) if pc.any(empty).as_py() else column


def column(values: Sequence[Any]) -> pa.StringArray:
    """A spreadsheet's column: at once where all cells are texts, else cell by cell."""
    try:
        return tidy(pa.array(values, type=pa.string()))
    except (pa.ArrowTypeError, pa.ArrowInvalid):
        return pa.array(texts(values), type=pa.string())
