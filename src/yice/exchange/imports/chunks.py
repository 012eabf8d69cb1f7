"""A stretch of rows by column, and what it is made into: the rows of staging tables, in the bytes the database takes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from yice.exchange.imports.packing import Column, pack
from yice.exchange.imports.staging.tables import TABLES
from yice.identifiers import sealing

DIGEST = 16


@dataclass(frozen=True)
class Setting:
    """What preparing needs to know beside the rows; small enough to send to another process."""

    kind: str  # registry | households | list
    vendor: str  # the database: postgresql | sqlite
    area: str
    county: str  # six digits: household numbers are a county's own
    fields: tuple[str, ...] = ()  # known once the file is read, as is the month
    month: str | None = None
    demo: bool = False
    villages: frozenset[str] = frozenset()  # the area's own code and all below it
    today: dt.date | None = None  # the day the clock is held at, if it is
    known: bytes = b""  # the digests of the rows on file, each of `DIGEST` bytes

    @cached_property
    def known_digests(self) -> frozenset[bytes]:
        return frozenset(self.known[at : at + DIGEST] for at in range(0, len(self.known), DIGEST))


@dataclass(frozen=True)
class Keys:
    """Of the persons among a chunk's rows, in order: what finds the same number twice in a delivery."""

    rows: list[int]
    lines: list[int]
    indexes: list[bytes]
    digests: list[bytes]


@dataclass(frozen=True)
class Prepared:
    """A chunk ready to load; `bad` names lines that cannot be taken: line, code, id index."""

    size: int
    packed: dict[str, bytes] = field(default_factory=dict)  # staging table → rows, see `packing`
    counts: dict[str, int] = field(default_factory=dict)  # staging table → how many
    keys: dict[str, Keys] = field(default_factory=dict)  # of the tables that name persons
    health: dict[str, int] = field(default_factory=dict)  # of a list: rows by what their name and number are
    bad: list[tuple[int, str, bytes | None]] = field(default_factory=list)


class Chunk:
    """A table with text at hand by field; a field that was not delivered is all null."""

    def __init__(self, table: pa.Table, first: int = 1, numbers: Sequence[int] | None = None) -> None:
        self.table, self.size, self.first = table.combine_chunks(), table.num_rows, first
        self.numbers: Sequence[int] = numbers or range(first, first + self.size)
        self.delivered = set(table.column_names)

    def array(self, name: str) -> pa.Array:
        if name not in self.delivered:
            return pa.nulls(self.size, pa.string())
        column = self.table.column(name)
        column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
        if pa.types.is_dictionary(column.type):
            column = column.dictionary_decode()
        return column

    def text(self, name: str) -> pa.Array:
        """As text; a blank is a null."""
        column = pc.cast(self.array(name), pa.string())
        return pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column)

    def values(self, name: str) -> list[str | None]:
        return list(self.text(name).to_pylist())


def filled(one: pa.Array, other: pa.Array) -> pa.Array:
    """The first, and the second where the first is null."""
    return pc.coalesce(one, other)


def sealed(field_name: str, column: Column) -> list[bytes | None]:
    return sealing.seal_all(field_name, listed(column))


def indexed(field_name: str, column: Column) -> list[bytes | None]:
    return sealing.index_all(field_name, listed(column))


def listed(column: Column) -> Sequence[Any]:
    return list(column.to_pylist()) if isinstance(column, pa.Array) else column


def row_digests(columns: Mapping[str, pa.Array]) -> list[bytes]:
    """Keyed digests over what was delivered, names included: another set of columns is another row."""
    ordered = sorted(columns)
    texts = [pc.fill_null(pc.cast(columns[name], pa.string()), "\0") for name in ordered]
    head = pa.scalar(",".join(ordered))
    joined = pc.binary_join_element_wise(head, *texts, "\x1f")
    return sealing.row_digests(pc.cast(joined, pa.binary()).to_pylist())


def placed(chunk: Chunk, name: str) -> pa.Array:
    """Area codes of twelve digits; anything else stays as it is."""
    codes = chunk.text(name)
    short = pc.is_in(pc.utf8_length(codes), pa.array([6, 9], pa.int32()))
    return pc.if_else(short, pc.utf8_rpad(codes, 12, "0"), codes)


def finished(
    setting: Setting, table: str, columns: Mapping[str, Column], at: Sequence[int] | None = None
) -> Prepared:
    """The rows of one staging table, or of those of them at `at`, in the bytes that the database takes."""
    size = len(columns["row"])
    if at is not None and len(at) < size:
        size = len(at)
        columns = {name: picked(columns[name], at) for name in TABLES[table]} if at else {}
    if not size:
        return Prepared(0)
    keys = {}
    if table in ("person", "same"):
        keys[table] = Keys(*(list(listed(columns[name])) for name in ("row", "line", "id_index", "digest")))
    return Prepared(size, {table: pack(setting.vendor, table, columns)}, {table: size}, keys)


def picked(column: Column, at: Sequence[int]) -> Column:
    return column.take(pa.array(at)) if isinstance(column, pa.Array) else [column[place] for place in at]
