"""What understanding and normalising give."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pyarrow as pa
import pyarrow.compute as pc

from yice.exchange.files.workbook import Sheet
from yice.exchange.vocabulary.kinds import SPLIT
from yice.terms.errors import Problem
from yice.terms.messages import Message
from yice.terms.periods import Month


@dataclass
class Understanding:
    """What a sheet is and what its columns mean."""

    kind: str  # "" where none fits
    confidence: float  # 0 to 1
    mapping: dict[int, str]  # column position → field
    unknown: list[int] = field(default_factory=list)  # columns with values and no meaning
    unused: list[int] = field(default_factory=list)  # understood, but another column says the same
    sheet: Sheet | None = None  # as laid out for reading: members in columns of their own become rows
    month: Month | None = None
    month_from: str = ""  # "given" | "column" | "sheet" | "file"
    others: list[tuple[str, float]] = field(default_factory=list)  # further kinds it could be
    warnings: list[Problem] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)  # with any of these it cannot be normalised

    @property
    def headers(self) -> list[str]:
        """The headings that `mapping`, `unknown` and `unused` count in."""
        return self.sheet.headers if self.sheet else []

    @property
    def fields(self) -> set[str]:
        return set(self.mapping.values())


@dataclass(frozen=True)
class RowProblem:
    """One thing wrong with one row. The problem itself names no row: many rows share it."""

    row: int  # in the file, from 1
    column: str  # the heading as written, "" for the row as a whole
    problem: Problem

    @property
    def code(self) -> str:
        return self.problem.code

    def __str__(self) -> str:
        if not self.column:
            return str(Message("第 {row} 行：{problem}", row=self.row, problem=self.problem))
        return str(
            Message(
                "第 {row} 行“{column}”：{problem}", row=self.row, column=self.column, problem=self.problem
            )
        )


@dataclass
class Normalised:
    """Typed columns of the rows that stand, and what was wrong with the others."""

    kind: str
    table: pa.Table
    read: int
    refusals: list[RowProblem] = field(default_factory=list)
    warnings: list[RowProblem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    month: Month | None = None
    by_household: bool = False

    @property
    def refused_rows(self) -> dict[int, list[Problem]]:
        """By row number, as `files.refused_workbook` takes it."""
        found: dict[int, list[Problem]] = {}
        for refusal in self.refusals:
            found.setdefault(refusal.row, []).append(in_column(refusal))
        return found

    def split(self) -> dict[str, Normalised]:
        """By list kind: a payroll of both subsidies falls into its two."""
        if self.kind not in SPLIT:
            return {self.kind: self}
        found = {}
        for kind in SPLIT[self.kind]:
            rows = self.table.filter(pc.equal(self.table["benefit"], kind)).drop_columns(["benefit"])
            if rows.num_rows:
                found[kind] = replace(
                    self, kind=kind, table=rows, read=rows.num_rows, refusals=[], warnings=[]
                )
        return found


def in_column(refusal: RowProblem) -> Problem:
    """The problem with its column named, for whoever reads it beside the row."""
    problem = refusal.problem
    if not refusal.column:
        return problem
    return Problem(
        problem.code,
        problem.what,
        where=Message("“{column}”栏：", column=refusal.column),
        why=problem.why,
        fix=problem.fix,
        field=problem.field,
    )
