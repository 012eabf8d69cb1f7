"""Columns of a chunk as the bytes its database takes in one piece. Done where the chunk is prepared, on any core.

PostgreSQL takes CSV for COPY; SQLite a small database in memory, whose rows are copied without being read.
"""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from yice.exchange.imports.staging.tables import SQLITE, TABLES, create_sql

Column: TypeAlias = "pa.Array | Sequence[Any]"
_HEX = np.frombuffer("".join(f"{byte:02x}" for byte in range(256)).encode(), dtype=np.uint16)
_ARROW = {"int": pa.int64(), "blob": pa.binary(), "bool": pa.int8()}  # all else is text


def pack(vendor: str, table: str, columns: Mapping[str, Column]) -> bytes:
    """The rows of one staging table. `columns` has every column of it, all of one length."""
    ordered = [columns[name] for name in TABLES[table]]
    if vendor == "postgresql":
        return _csv(ordered, list(TABLES[table].values()))
    return _database(table, ordered)


def hexed(data: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Two lower-case digits for each byte."""
    return _HEX[data].view(np.uint8)


def _database(table: str, columns: Sequence[Column]) -> bytes:
    rows = zip(*(one.to_pylist() if isinstance(one, pa.Array) else one for one in columns), strict=True)
    made = sqlite3.connect(":memory:", isolation_level=None)
    try:
        made.execute(create_sql("main", table, SQLITE))
        made.execute("BEGIN")
        made.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(columns))})", rows)
        made.execute("COMMIT")
        return made.serialize()
    finally:
        made.close()


def _csv(columns: Sequence[Column], types: Sequence[str]) -> bytes:
    """A null is nothing, an empty text is a pair of quotes."""
    arrays = [_as_written(column, kind) for column, kind in zip(columns, types, strict=True)]
    out = io.BytesIO()
    table = pa.Table.from_arrays(arrays, names=[str(at) for at in range(len(arrays))])
    csv.write_csv(table, out, csv.WriteOptions(include_header=False, batch_size=1024))
    return out.getvalue()


def _as_written(column: Column, kind: str) -> pa.Array:
    array = column if isinstance(column, pa.Array) else pa.array(column, type=_ARROW.get(kind, pa.string()))
    return _bytea(array) if kind == "blob" else array


def _bytea(values: pa.Array) -> pa.Array:
    """Binary values as PostgreSQL writes them: \\x and hexadecimal digits."""
    values = pa.concat_arrays([values, pa.array([], type=pa.binary())])  # offsets from nought
    validity, ends, data = values.buffers()
    if data is None:
        return pa.nulls(len(values), pa.string())
    twice = np.frombuffer(ends, dtype=np.int32, count=len(values) + 1) * 2
    digits = hexed(np.frombuffer(data, dtype=np.uint8, count=int(twice[-1]) // 2))
    texts = pa.StringArray.from_buffers(
        len(values), pa.py_buffer(twice), pa.py_buffer(digits), validity, values.null_count
    )
    return pc.binary_join_element_wise("\\x", texts, "")
