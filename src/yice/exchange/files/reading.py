"""One way in for every format."""

from __future__ import annotations

from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from yice.exchange.files import body, cells, text
from yice.exchange.files.headers import LOOK, find
from yice.exchange.files.limits import LIMITS, Limits
from yice.exchange.files.problems import damaged, in_sheet, too_long, too_wide
from yice.exchange.files.sniff import sniff
from yice.exchange.files.spreadsheet import Grid, grids, texts
from yice.exchange.files.workbook import Sheet, Workbook
from yice.terms.errors import Problem
from yice.terms.messages import Message


def read(path: Path | str, *, limits: Limits = LIMITS) -> Workbook:
    """Read a table file, whatever it is called; a Problem says why it cannot be read and what to do."""
    path = Path(path)
    form = sniff(path, limits)
    if form == "csv":
        sheet, encoding, delimiter = text.read(path, limits)
        book = Workbook(path, form, [sheet], encoding=encoding, delimiter=delimiter)
    elif form == "parquet":
        book = Workbook(path, form, [_parquet(path, limits)])
    else:
        found, warnings = grids(path, form == "xlsx", limits)
        book = Workbook(path, form, [], warnings)
        for grid in found:
            _take(book, grid, limits)
    if not any(len(sheet) for sheet in book.sheets):
        raise Problem(
            "file-no-rows",
            Message("文件里没有数据行。"),
            why=Message("每个工作表都是空的，或只有标题和表头。"),
            fix=Message("请确认给的是填好的名单。"),
        )
    # What people see first is what they meant: hidden sheets last, the largest first among equals.
    book.sheets.sort(key=lambda sheet: (sheet.hidden, sheet.header_row is None))
    return book


def _take(book: Workbook, grid: Grid, limits: Limits) -> None:
    if not any(cell not in ("", None) for row in grid.cells for cell in row):
        if not grid.hidden and grid.cells:
            book.warnings.append(_aside("sheet-empty", Message("是空的，已略过。"), grid.name))
        return
    try:
        sheet = _sheet(grid, limits)
    except Problem as problem:
        raise in_sheet(problem, grid.name) from problem
    if grid.hidden:
        book.warnings.append(
            _aside("sheet-hidden", Message("是隐藏的，有 {rows} 行数据。", rows=len(sheet)), grid.name)
        )
    book.sheets.append(sheet)


def _sheet(grid: Grid, limits: Limits) -> Sheet:
    head = [texts(row) for row in grid.cells[:LOOK]]
    header = find(head, grid.merged)
    skipped = header.last + 1 if header else 0
    width = len(grid.cells[0])
    if header:
        top = [span for span in grid.merged if span[0][0] >= skipped and span[1][0] > span[0][0]]
        filled = _fill_down(grid.cells, top)
    columns = [cells.column(column) for column in zip_longest(*grid.cells[skipped:], fillvalue=None)]
    columns += [pa.nulls(len(grid.cells) - skipped, pa.string())] * (width - len(columns))
    rows = np.arange(skipped + 1, len(grid.cells) + 1, dtype=np.int32)
    sheet = body.sheet(
        grid.name,
        header.headers if header else [],
        columns,
        rows,
        header_row=skipped if header else None,
        titles=header.titles if header else [],
        hidden=grid.hidden,
        limits=limits,
    )
    if header and filled:
        sheet.warnings.append(
            Problem(
                "cells-merged",
                Message("有 {count} 处上下合并的单元格，值已填到它盖住的每一行。", count=filled),
                why=Message("例如一户几口人共用一个户主格。"),
            )
        )
    return sheet


def _fill_down(rows: list[list[Any]], spans: list[Any]) -> int:
    """Copy a cell merged over several rows into each of them (a household's head over its members)."""
    filled = 0
    for (top, left), (bottom, right) in spans:
        if left != right or top >= len(rows) or rows[top][left] in ("", None):
            continue
        value = rows[top][left]
        for row in rows[top + 1 : bottom + 1]:
            if row[left] in ("", None):
                row[left] = value
        filled += 1
    return filled


def _parquet(path: Path, limits: Limits) -> Sheet:
    try:
        file = pq.ParquetFile(path)
        if file.metadata.num_rows > limits.rows:
            raise too_long(file.metadata.num_rows, limits.rows)
        if file.metadata.num_columns > limits.columns:
            raise too_wide(file.metadata.num_columns, limits.columns)
        table = file.read()
    except (pa.ArrowException, OSError) as error:
        raise damaged() from error
    columns = [_as_text(column.combine_chunks()) for column in table.columns]
    rows = np.arange(1, table.num_rows + 1, dtype=np.int32)
    return body.sheet(
        path.stem,
        list(table.column_names),
        columns,
        rows,
        header_row=0,
        titles=[],
        hidden=False,
        limits=limits,
    )


def _as_text(column: pa.Array) -> pa.StringArray:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    try:
        return column.cast(pa.string())
    except pa.ArrowException:
        return pa.array([None if value is None else str(value) for value in column.to_pylist()], pa.string())


def _aside(code: str, what: Message, sheet: str) -> Problem:
    return Problem(code, what, where=Message("工作表“{sheet}”", sheet=sheet))
