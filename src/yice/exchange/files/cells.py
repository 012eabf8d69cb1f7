"""Columns of text, tidied: no blanks around a text, and null where nothing stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from yice.exchange.files.spreadsheet import texts


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
