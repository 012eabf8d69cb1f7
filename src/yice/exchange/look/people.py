"""The persons of the register as a report shows them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa

from yice.exchange.look.report import Person
from yice.exchange.look.wording import Wording
from yice.identifiers import masking
from yice.terms.periods import age_on


class People:
    """Looked up one by one: few of many are shown."""

    def __init__(self, table: pa.Table, names: dict[str, str], wording: Wording, as_of: dt.date) -> None:
        self.table, self.names, self.wording, self.as_of = table, names, wording, as_of
        self._columns: dict[str, Any] = {}
        self._there = frozenset(table.column_names)
        self._made: dict[int, Person] = {}

    def cell(self, name: str, at: int) -> Any:
        if name not in self._there:
            return None
        if name not in self._columns:
            self._columns[name] = self.table[name].combine_chunks()
        return self._columns[name][at].as_py()

    def one(self, at: int) -> Person:
        if at not in self._made:
            birth = self.cell("birth_date", at)
            code = self.cell("hukou", at) or ""
            self._made[at] = Person(
                self.cell("row", at),
                self.cell("name", at) or "",
                masking.id_number(self.cell("id_number", at)),
                age_on(birth, self.as_of) if birth else None,
                self.wording.sex(self.cell("sex", at)),
                self.wording.disability(self.cell("category", at), self.cell("grade", at)),
                self.names.get(code, "") if not code.endswith("000") else "",
                self.names.get(f"{code[:9]}000", ""),
                code,
            )
        return self._made[at]

    def township(self, code: str) -> str:
        return self.names.get(f"{code[:9]}000", "") or code[:9]
