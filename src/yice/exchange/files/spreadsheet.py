"""Excel files, old and new, through calamine: values as last calculated, never a formula run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import python_calamine as calamine

from yice.exchange.files.archive import scan
from yice.exchange.files.limits import Limits
from yice.exchange.files.problems import bomb, damaged, too_long, too_wide
from yice.terms.errors import Problem
from yice.terms.messages import Message

Span = tuple[tuple[int, int], tuple[int, int]]  # first and last (row, column), from 0


@dataclass
class Grid:
    """A sheet as it stands, title rows included: `cells[row][column]`, texts or None."""

    name: str
    cells: list[list[Any]]
    merged: list[Span] = field(default_factory=list)
    hidden: bool = False


def grids(path: Path, packed: bool, limits: Limits) -> tuple[list[Grid], list[Problem]]:
    """Every worksheet of an .xlsx (`packed`) or .xls."""
    warnings: list[Problem] = []
    if packed:
        found = scan(path, limits)
        if found.formulas:
            warnings.append(_formulas(found.formulas))
    try:
        with calamine.CalamineWorkbook.from_path(str(path)) as book:
            metadata = [
                sheet for sheet in book.sheets_metadata if sheet.typ == calamine.SheetTypeEnum.WorkSheet
            ]
            if len(metadata) > limits.sheets:
                raise Problem(
                    "file-too-many-sheets",
                    Message(
                        "文件里有 {count} 个工作表，超过 {limit} 个。",
                        count=len(metadata),
                        limit=limits.sheets,
                    ),
                    fix=Message("请只留要用的工作表。"),
                )
            return [_grid(book, sheet, limits) for sheet in metadata], warnings
    except Problem:
        raise
    except calamine.PasswordError as error:
        raise Problem(
            "file-password",
            Message("这个表格设了打开密码。"),
            fix=Message("请用 Excel 打开，取消密码后另存为 .xlsx。"),
        ) from error
    except MemoryError as error:
        raise bomb() from error
    except BaseException as error:  # the reader's own panics are not Exceptions
        if isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit):
            raise
        raise damaged() from error


def _grid(book: calamine.CalamineWorkbook, sheet: calamine.SheetMetadata, limits: Limits) -> Grid:
    data = book.get_sheet_by_name(sheet.name)
    if data.total_height > limits.rows:
        raise too_long(data.total_height, limits.rows)
    if data.total_width > limits.columns:
        raise too_wide(data.total_width, limits.columns)
    return Grid(
        sheet.name,
        data.to_python(skip_empty_area=False),
        list(data.merged_cell_ranges or ()),
        sheet.visible != calamine.SheetVisibleEnum.Visible,
    )


def texts(values: Sequence[Any]) -> list[str | None]:
    """A column of mixed cells as texts; a blank is None.

    Sums lose their ".0"; figures too long for a spreadsheet stay scientific, so that a broken identity
    number is seen as one.
    """
    return [
        (value.strip() or None if value else None) if type(value) is str else _text(value) for value in values
    ]


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        return repr(value).upper()
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ", "seconds")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value).strip() or None


def _formulas(cells: list[str]) -> Problem:
    return Problem(
        "sheet-has-formulas",
        Message("表中有公式（如 {cells}），读的是上次保存时算出的值。", cells="、".join(cells[:3])),
        why=Message("没有重算过的公式，值可能已经过时或为空。"),
        fix=Message("如有疑问，请把公式列“复制—选择性粘贴为数值”后再试。"),
    )
