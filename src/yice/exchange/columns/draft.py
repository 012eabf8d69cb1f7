"""The rows of a sheet on their way to typed columns, and what is found wrong on the way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
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
from yice.terms.periods import EARLIEST, LATEST

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
        self,
        field: str,
        read: Callable[[str], Any],
        type_: pa.DataType,
        *,
        refuses: bool = False,
        plain_until: dt.date | None = None,
    ) -> pa.Array:
        """Read each distinct text once. A Problem that `read` raises is said of every row that has the text.

        `plain_until`: a column of dates; those written plainly, up to this day, need no reading one by one.
        """
        texts = self.text(field)
        coded = texts.dictionary_encode()
        values: list[Any] = [None] * len(coded.dictionary)
        wrong: dict[int, Problem] = {}
        left: Sequence[int] = range(len(values))
        if plain_until is not None:
            values, left = plain_dates(coded.dictionary, plain_until)
        for at, text in zip(left, coded.dictionary.take(pa.array(left, pa.int64())).to_pylist(), strict=True):
            try:
                values[at] = read(text)
            except Problem as problem:
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


def any_match(values: pa.StringArray, pattern: str) -> bool:
    return bool(pc.any(pc.match_substring_regex(values, pattern)).as_py())


def plain_dates(texts: pa.StringArray, latest: dt.date) -> tuple[list[dt.date | None], list[int]]:
    """The days written as 2020-06-30 and in reason; where the others stand, which `parse_date` has to look at."""
    plain = mask(pc.match_substring_regex(texts, r"^[12]\d{3}-\d{2}-\d{2}$"))
    at = np.flatnonzero(plain)
    parts = [
        pc.cast(pc.utf8_slice_codeunits(texts.take(pa.array(at)), start, stop), pa.int32()).to_numpy()
        for start, stop in ((0, 4), (5, 7), (8, 10))
    ]
    year, month, day = parts
    real = (month >= 1) & (month <= 12) & (day >= 1)
    month = np.where(real, month, 1)
    first = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    days = first.astype("datetime64[D]") + (day - 1).astype("timedelta64[D]")
    real &= days.astype("datetime64[M]") == first  # the 31st of a month of 30 days falls into the next
    real &= (days >= np.datetime64(EARLIEST)) & (days <= np.datetime64(min(latest, LATEST)))
    values: list[dt.date | None] = [None] * len(texts)
    for place, found in zip(at[real].tolist(), days[real].tolist(), strict=True):
        values[place] = found
    plain[at[~real]] = False
    return values, np.flatnonzero(~plain).tolist()


def blank_where(values: pa.Array, rows: Mask) -> pa.Array:
    """Null where `rows`."""
    return pc.if_else(pa.array(rows), pa.scalar(None, values.type), values) if rows.any() else values
