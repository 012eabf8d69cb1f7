"""Facts of many rows as columns: a value array and a bitmap of which rows are known. Nothing is read unasked.

A fact with `silence: always` (a silence that names no list) is known everywhere: its blanks are what silence means.
How a column lies in memory: see `yice.rules.column`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from yice.rules.arrow import column_of, ids_of
from yice.rules.bits import Rows, full, holds, pack, pick, unpack
from yice.rules.column import Column, column_of_values
from yice.rules.expression.scope import facts_of
from yice.rules.model import Fact, Plan
from yice.rules.values import DTYPES, decode, encode

ID = "person_id"


class Columns:
    """`rows` rows of facts. Build with `from_table`, `from_records` or `one`."""

    def __init__(
        self,
        rows: int,
        facts: Mapping[str, Fact],
        load: Callable[[Fact], Column | None],
        ids: pa.Array,
        cell: Callable[[Fact, int], int | str | None] | None = None,
    ) -> None:
        self.rows, self.facts, self.ids = rows, facts, ids
        self.full = full(rows)
        self._load, self._columns = load, dict[str, Column]()
        self._cell = cell  # one value without its column

    @classmethod
    def from_table(cls, plan: Plan, table: pa.Table) -> Columns:
        """Columns over an Arrow table; texts are read by each fact's type, bitmaps are used as they are."""

        def load(fact: Fact) -> Column | None:
            at = table.schema.get_field_index(fact.name)
            return None if at < 0 else column_of(fact, table.column(at), table.schema.field(at))

        return cls(table.num_rows, facts_of(plan), load, ids_of(table, ID))

    @classmethod
    def from_records(cls, plan: Plan, records: Sequence[Mapping[str, Any]]) -> Columns:
        """Columns over dicts of facts as people write them; a key that is not there is unknown."""

        def load(fact: Fact) -> Column:
            return column_of_values(fact, [encode(fact, record.get(fact.name)) for record in records])

        ids = pa.array([str(record.get(ID, row)) for row, record in enumerate(records)], pa.string())
        return cls(
            len(records),
            facts_of(plan),
            load,
            ids,
            lambda fact, row: encode(fact, records[row].get(fact.name)),
        )

    @classmethod
    def one(cls, plan: Plan, facts: Mapping[str, Any]) -> Columns:
        """The facts of one person or household."""
        return cls.from_records(plan, [facts])

    def under(self, plan: Plan) -> Columns:
        """The same rows, read by the facts of another plan."""
        return Columns(self.rows, facts_of(plan), self._load, self.ids, self._cell)

    def column(self, name: str) -> Column:
        """The column of a fact, made when first asked for."""
        found = self._columns.get(name)
        if found is None:
            fact = self.facts[name]
            found = self._load(fact) or Column(None, np.zeros_like(self.full))
            found = self._columns[name] = self._silent(fact, found)
        return found

    def value(self, name: str, row: int = 0) -> Any:
        """The value of a fact in one row as a person would write it, or None where unknown."""
        column = self.column(name)
        at = np.array([row])
        if column.values is None or not pick(column.known, at)[0]:
            return None
        fact = self.facts[name]
        if fact.type == "bool":
            return bool(pick(column.values, at)[0])
        number = int(column.values[row])
        return decode(fact, column.words[number] if fact.type == "text" else number)

    def cell(self, name: str, row: int) -> int | None:
        """The number that a fact's column has in one row (a truth: 1 or 0), or None where unknown."""
        fact = self.facts[name]
        if self._cell is not None and fact.type != "text":
            number = self._cell(fact, row)
            number = _meant(fact) if number is None else number
            return None if number is None else int(number)
        column = self.column(name)
        if column.values is None or not holds(column.known, row):
            return None
        return int(holds(column.values, row)) if fact.type == "bool" else int(column.values[row])

    def take(self, at: Rows) -> Columns:
        """These rows only, column by column as they are asked for."""

        def load(fact: Fact) -> Column:
            column = self.column(fact.name)
            known = pack(pick(column.known, at).view(np.bool_))
            if column.values is None:
                return replace(column, known=known)
            if fact.type == "bool":
                return Column(pack(pick(column.values, at).view(np.bool_)), known)
            return replace(column, values=column.values[at], known=known)

        return Columns(len(at), self.facts, load, self.ids)

    def _silent(self, fact: Fact, column: Column) -> Column:
        """The column with its blanks filled where silence itself is an answer."""
        means: Any = _meant(fact)
        if means is None:
            return column
        if fact.type == "bool":
            known = column.known
            values = np.zeros_like(known) if column.values is None else column.values & known
            return Column(values | ~known if means else values, self.full)
        if fact.type == "text":
            words = (*column.words, str(means))
            means, column = len(words) - 1, replace(column, words=words)
        if column.values is None:
            return replace(column, values=np.full(self.rows, means, DTYPES[fact.type]), known=self.full)
        truth = unpack(column.known, self.rows).view(np.bool_)
        return replace(column, values=np.where(truth, column.values, means), known=self.full)


def _meant(fact: Fact) -> int | str | None:
    """What a blank of this fact means by itself, as its column holds it; None where it means nothing."""
    silence = fact.silence
    return None if silence is None or silence.list is not None else encode(fact, silence.means)
