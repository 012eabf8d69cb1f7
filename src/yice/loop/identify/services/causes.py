"""What a finding rests upon, as one digest a row: as long as it is the same, what a person decided holds."""

from __future__ import annotations

import zlib
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yice.identifiers import sealing
from yice.rules.bits import pick
from yice.rules.columns import Columns
from yice.rules.expression import typed
from yice.rules.expression.typed import Node, children
from yice.rules.kernel.program import Program

Rows = NDArray[np.intp]


@lru_cache(maxsize=512)
def facts_behind(program: Program, group: str) -> tuple[str, ...]:
    """The stored facts that the group's conditions and its benefit's exclusions look at, by name."""
    made = program.groups[group]
    found: set[str] = set()
    for line in (*made.lines, *(barrier.line for barrier in made.barriers)):
        _names(line.plain, found)
    return tuple(sorted(found))


@lru_cache(maxsize=512)
def only_of(program: Program, group: str, fact: str) -> frozenset[str]:
    """The keys of the group's conditions that look at nothing but `fact`."""
    found = set()
    for line in program.groups[group].lines:
        names: set[str] = set()
        _names(line.plain, names)
        if names == {fact}:
            found.add(line.key)
    return frozenset(found)


def causes(program: Program, columns: Columns, group: str, rows: Rows, also: NDArray[np.int64]) -> list[str]:
    """The digest for each of `rows` over the group's facts and the numbers `also` (sums, where they matter)."""
    parts = [also.reshape(len(rows), -1)]
    for name in facts_behind(program, group):
        parts += _numbers(columns, name, rows)
    matrix = np.ascontiguousarray(np.column_stack(parts), dtype=np.int64)
    head = group.encode()
    return [digest.hex() for digest in sealing.row_digests(head + row.tobytes() for row in matrix)]


def _numbers(columns: Columns, name: str, rows: Rows) -> list[NDArray[np.int64]]:
    """A fact's values and where they are known, as numbers that mean the same in every run."""
    column = columns.column(name)
    known = pick(column.known, rows).astype(np.int64)
    if column.values is None:
        return [known]
    if columns.facts[name].type == "bool":
        return [known, pick(column.values, rows).astype(np.int64) * known]
    values: NDArray[Any] = column.values[rows]
    if column.words:
        book = np.array([zlib.crc32(word.encode()) for word in column.words], np.int64)
        values = book[values]
    return [known, values.astype(np.int64) * known]


def _names(node: Node, found: set[str]) -> None:
    if isinstance(node, typed.FactRef):
        found.add(node.name)
    for child in children(node):
        _names(child, found)
