"""Facts packed for reading fast: every flag and every "is it known" one bit of one column of bytes a row.

A Parquet reader spends its time on columns of flags and on blanks. So a snapshot holds one more column, `@bits`, of
as many bytes a row as it needs; the other columns of numbers and dates have no blanks, 0 stands where nothing is
known. The column's metadata tells which bit is what: {"version": 1, "known": {fact: bit}, "true": {flag: bit}},
bit b of a row being bit b % 8 of its byte b // 8. Texts stay as they are.
"""

from __future__ import annotations

import json
from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from yice.rules.bits import words_for
from yice.terms.errors import Problem
from yice.terms.messages import Message

COLUMN = "@bits"
LAYOUT = b"yice.bits"
VERSION = 1
_TILE = 2048  # rows turned at once: what the nearest cache holds
# Of eight rows' bytes, read as one number: which bits change places, and by how far.
_SWAPS = ((7, 0x00AA00AA00AA00AA), (14, 0x0000CCCC0000CCCC), (28, 0x00000000F0F0F0F0))


@dataclass(frozen=True)
class Layout:
    """Which bit of a row says what."""

    known: Mapping[str, int]
    true: Mapping[str, int]

    @classmethod
    def of(cls, schema: pa.Schema) -> Layout | None:
        """The layout of a packed file; None for a plain one. A Problem where it cannot be read."""
        at = schema.get_field_index(COLUMN)
        if at < 0:
            return None
        field = schema.field(at)
        try:
            told = json.loads((field.metadata or {})[LAYOUT])
            bits = 8 * field.type.byte_width
            made = cls(
                *({str(name): int(bit) for name, bit in told[key].items()} for key in ("known", "true"))
            )
            sound = told["version"] == VERSION and pa.types.is_fixed_size_binary(field.type)
            sound = sound and all(0 <= bit < bits for bit in (*made.known.values(), *made.true.values()))
            sound = sound and all(_has_no_blanks(one.type) for one in schema if one.name in made.known)
        except (KeyError, ValueError, TypeError, AttributeError, OverflowError, RecursionError):
            sound = False
        if not sound or set(made.true) - set(made.known) or set(made.true) & set(schema.names):
            what = Message("列 {name} 是按另一版的办法写的，这里读不了。", name=COLUMN)
            raise Problem("facts-unreadable", what, fix=Message("请重新生成快照。"))
        return made


def names(schema: pa.Schema) -> list[str]:
    """The columns that a reader sees: packed flags are columns again."""
    layout = Layout.of(schema)
    return [name for name in schema.names if name != COLUMN] + list(layout.true if layout else ())


def stored(schema: pa.Schema, wanted: Container[str]) -> list[str]:
    """The columns to read for those that are wanted."""
    layout = Layout.of(schema)
    return [name for name in schema.names if name in wanted or (layout is not None and name == COLUMN)]


def pack(table: pa.Table) -> pa.Table:
    """The same facts, packed: flags and what is known in `@bits`, no other column of numbers with blanks."""
    rows, known, true = table.num_rows, dict[str, int](), dict[str, int]()
    planes: list[NDArray[np.uint8]] = []
    fields, columns = [], []

    def add(flags: pa.Array) -> int:
        packed = np.packbits(flags.to_numpy(zero_copy_only=False), bitorder="little")
        planes.append(np.pad(packed, (0, 8 * words_for(rows) - len(packed))))
        return len(planes) - 1

    for field, chunks in zip(table.schema, table.columns, strict=True):
        column = chunks.combine_chunks() if isinstance(chunks, pa.ChunkedArray) else chunks
        if pa.types.is_boolean(field.type):
            known[field.name] = add(pc.is_valid(column))
            true[field.name] = add(pc.fill_null(column, False))
        elif _has_no_blanks(field.type):
            known[field.name] = add(pc.is_valid(column))
            fields.append(field.with_nullable(False))
            columns.append(pc.fill_null(column, pa.scalar(0, pa.int32()).cast(field.type)))
        else:
            fields.append(field)
            columns.append(column)
    if planes:
        planes += [np.zeros_like(planes[0])] * (-len(planes) % 8)
        layout = json.dumps({"version": VERSION, "known": known, "true": true})
        fields.append(_field(len(planes) // 8, layout))
        columns.append(_by_row(np.array(planes), rows))
    return pa.table(columns, schema=pa.schema(fields, table.schema.metadata))


def _has_no_blanks(kind: pa.DataType) -> bool:
    """Whether columns of this type are packed: numbers and days; texts keep their nulls."""
    return bool(pa.types.is_integer(kind) or pa.types.is_date32(kind))


def _field(width: int, layout: str) -> pa.Field:
    return pa.field(COLUMN, pa.binary(width), nullable=False, metadata={LAYOUT: layout.encode()})


def _by_row(planes: NDArray[np.uint8], rows: int) -> pa.Array:
    """Eight planes to a byte of each row: (planes, rows / 8) to (rows, planes / 8)."""
    width = len(planes) // 8
    eights = np.ascontiguousarray(planes.reshape(width, 8, -1).transpose(0, 2, 1))
    octets = _turned(eights.reshape(width, -1).view(np.uint64)).view(np.uint8)
    data = np.ascontiguousarray(octets[:, :rows].T)
    return pa.Array.from_buffers(pa.binary(width), rows, [None, pa.py_buffer(data)])


def plain(batch: pa.RecordBatch, wanted: Container[str] | None = None) -> pa.RecordBatch:
    """A batch of a packed file as any other file has it: flags as columns, blanks as nulls."""
    layout = Layout.of(batch.schema)
    if layout is None:
        return batch
    planes, rows = _Planes(batch.column(COLUMN)), batch.num_rows
    fields, columns = [], []
    for field, column in zip(batch.schema, batch.columns, strict=True):
        if field.name in layout.known:
            data = column.buffers()[1]
            start = column.offset * column.type.byte_width
            known = planes[layout.known[field.name]]
            column = pa.Array.from_buffers(column.type, rows, [known, data.slice(start) if data else data])
            field = field.with_nullable(True)
        if field.name != COLUMN:
            fields.append(field)
            columns.append(column)
    for name, bit in layout.true.items():
        if wanted is None or name in wanted:
            flags = [planes[layout.known[name]], planes[bit]]
            fields.append(pa.field(name, pa.bool_()))
            columns.append(pa.Array.from_buffers(pa.bool_(), rows, flags))
    return pa.RecordBatch.from_arrays(columns, schema=pa.schema(fields, batch.schema.metadata))


def plain_table(table: pa.Table) -> pa.Table:
    """A whole packed file as any other."""
    batch = table.combine_chunks().to_batches() or [pa.RecordBatch.from_pylist([], table.schema)]
    return pa.Table.from_batches([plain(part) for part in batch])


class _Planes:
    """One bit of every row as a bitmap, byte by byte as they are asked for."""

    def __init__(self, column: pa.Array) -> None:
        rows, width = len(column), column.type.byte_width
        octets = np.frombuffer(column.buffers()[1] or b"", np.uint8)
        octets = octets[column.offset * width :][: rows * width].reshape(rows, width)
        self._octets = np.zeros((width, 64 * words_for(rows)), np.uint8)
        for low in range(0, rows, _TILE):
            self._octets[:, low : min(low + _TILE, rows)] = octets[low : low + _TILE].T
        self._eights: dict[int, NDArray[np.uint8]] = {}

    def __getitem__(self, bit: int) -> pa.Buffer:
        eight = self._eights.get(bit // 8)
        if eight is None:
            turned = _turned(self._octets[bit // 8].view(np.uint64)).view(np.uint8).reshape(-1, 8)
            eight = self._eights[bit // 8] = np.ascontiguousarray(turned.T)
        return pa.py_buffer(eight[bit % 8])


def _turned(eights: NDArray[np.uint64]) -> NDArray[Any]:
    """Eight rows of eight bits, rows and bits changing places; twice gives the same again. Works in place."""
    moved = np.empty_like(eights)
    for by, mask in _SWAPS:
        shift = np.uint64(by)
        np.right_shift(eights, shift, out=moved)
        moved ^= eights
        moved &= np.uint64(mask)
        eights ^= moved
        moved <<= shift
        eights ^= moved
    return eights
