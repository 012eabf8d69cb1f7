"""The rows of a sheet on their way to typed columns, and what is found wrong on the way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from yice.exchange.columns.places import Places
from yice.exchange.columns.results import RowProblem, Understanding
from yice.exchange.files.workbook import Sheet
from yice.exchange.vocabulary import Field, fields
from yice.terms.errors import Problem

Mask = npt.NDArray[np.bool_]


class Draft:
    """Columns by field name, a mask of refused rows, and the problems met. Every array has `count` rows."""

    def __init__(
        self,
        sheet: Sheet,
        understanding: Understanding,
        *,
        as_of: dt.date,
        area: str | None,
        places: Places | None,
        allow_test_range: bool,
    ) -> None:
        self.sheet, self.understanding, self.count = sheet, understanding, len(sheet)
        self.as_of, self.area, self.places, self.allow_test_range = as_of, area, places, allow_test_range
        self.columns: dict[str, pa.Array] = {}
        self.refused: Mask = np.zeros(self.count, dtype=np.bool_)
        self.refusals: list[RowProblem] = []
        self.warnings: list[RowProblem] = []
        self.notes: list[Problem] = []
        self._texts: dict[str, pa.StringArray] = {}
        self._put: set[str] = set()

    @property
    def kind(self) -> str:
        return self.understanding.kind

    def has(self, field: str) -> bool:
        return field in self._put or field in self.understanding.fields

    def text(self, field: str) -> pa.StringArray:
        """The field as written, the first of its columns that says something; nulls where there is none."""
        if field not in self._texts:
            columns = [
                self.sheet.columns[at] for at, name in self.understanding.mapping.items() if name == field
            ]
            self._texts[field] = pc.coalesce(*columns) if columns else pa.nulls(self.count, pa.string())
        return self._texts[field]

    def put_text(self, field: str, values: pa.StringArray) -> None:
        """Replace what is written (a value that stood in another column)."""
        self._texts[field] = values
        self._put.add(field)

    def heading(self, field: str) -> str:
        """The heading of a field's first column, as written; of an id read from a certificate, that one's."""
        if field == "id_number" and "id_number" not in self.understanding.fields:
            field = "certificate_number"
        return next(
            (self.sheet.headers[at] for at, name in self.understanding.mapping.items() if name == field), ""
        )

    def refuse(self, rows: Mask, field: str, problem: Problem) -> None:
        """Refuse the rows; a row is told everything that is wrong with it."""
        heading = self.heading(field) if field else ""
        self.refusals += [RowProblem(int(row), heading, problem) for row in self.sheet.rows[rows].tolist()]
        self.refused |= rows

    def warn(self, rows: Mask, field: str, problem: Problem) -> None:
        """Keep the rows and say what is odd."""
        heading = self.heading(field) if field else ""
        self.warnings += [RowProblem(int(row), heading, problem) for row in self.sheet.rows[rows].tolist()]

    def by_value(
        self, field: str, read: Callable[[str], Any], type_: pa.DataType, *, refuses: bool = False
    ) -> pa.Array:
        """Read each distinct text once. A Problem that `read` raises is said of every row that has the text."""
        texts = self.text(field)
        coded = texts.dictionary_encode()
        values: list[Any] = []
        wrong: dict[int, Problem] = {}
        for at, text in enumerate(coded.dictionary.to_pylist()):
            try:
                values.append(read(text))
            except Problem as problem:
                values.append(None)
                wrong[at] = problem
        if wrong:
            codes = pc.fill_null(coded.indices, -1).to_numpy(zero_copy_only=False)
            same: dict[tuple[str, str], tuple[Problem, list[int]]] = {}
            for at, one in wrong.items():
                same.setdefault((one.code, str(one.what)), (one, []))[1].append(at)
            for one, at_codes in same.values():
                (self.refuse if refuses else self.warn)(np.isin(codes, at_codes), field, one)
        found = pa.array(values, type=type_).take(coded.indices)
        self.columns[field] = found
        return found

    @staticmethod
    def definition(field: str) -> Field:
        return fields()[field]


def mask(values: pa.Array) -> Mask:
    """A boolean array as numpy, null as False."""
    return np.asarray(pc.fill_null(values, False).to_numpy(zero_copy_only=False), dtype=np.bool_)


def given(values: pa.Array) -> Mask:
    return np.asarray(values.is_valid().to_numpy(zero_copy_only=False), dtype=np.bool_)


def blank_where(values: pa.Array, rows: Mask) -> pa.Array:
    """Null where `rows`."""
    return pc.if_else(pa.array(rows), pa.scalar(None, values.type), values) if rows.any() else values
