"""A county into a folder: the sheets as departments send them, the truth beside them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.csv as pcsv
import pyarrow.parquet as pq

from yice.exchange.synth import truth
from yice.exchange.synth.county import County
from yice.exchange.synth.lists import SHEETS
from yice.exchange.synth.sheets import Sheet
from yice.terms.errors import Problem
from yice.terms.messages import Message

Format = Literal["xlsx", "csv", "parquet"]
_SHEET_ROWS = 1_000_000  # what a spreadsheet holds


def write(
    county: County, out: Path, file_format: Format = "xlsx", done: Callable[[str, int], None] | None = None
) -> None:
    """Write every sheet and the truth. `done` hears of each file and its rows."""
    if file_format == "xlsx" and county.people.members > _SHEET_ROWS:
        raise Problem(
            "synth-sheet-full",
            Message("人数太多，一张 Excel 表放不下。"),
            fix=Message("请用 --format csv 或 --format parquet。"),
        )
    (out / "truth").mkdir(parents=True, exist_ok=True)
    sheets: dict[str, Sheet] = {}
    for name, make in SHEETS.items():
        sheet = make(county)
        _WRITERS[file_format](county, sheet, out / f"{name}.{file_format}")
        _write_truth(sheet.truth(county.people), out / "truth" / f"rows_{name}", file_format)
        sheet.columns = {}  # no longer needed: a million people's sheets do not fit side by side
        sheets[name] = sheet
        if done:
            done(f"{name}.{file_format}", len(sheet))
    given = truth.benefits(county, sheets)
    _write_truth(truth.people(county), out / "truth" / "people", file_format)
    _write_truth(given, out / "truth" / "benefits", file_format)
    about = json.dumps(truth.summary(county, sheets, given), ensure_ascii=False, indent=2)
    (out / "truth" / "summary.json").write_text(about + "\n", encoding="utf-8")


def _write_truth(table: pa.Table, path: Path, file_format: Format) -> None:
    """Truth is read by programs: CSV beside workbooks, Parquet beside Parquet."""
    if file_format == "parquet":
        pq.write_table(table, path.with_suffix(".parquet"))
    else:
        pcsv.write_csv(
            truth.texts(table), path.with_suffix(".csv"), pcsv.WriteOptions(quoting_style="needed")
        )


def _csv(county: County, sheet: Sheet, path: Path) -> None:
    table = pa.table(sheet.columns)
    if sheet.encoding == "gb18030":
        sink = pa.BufferOutputStream()
        pcsv.write_csv(table, sink, pcsv.WriteOptions(quoting_style="needed"))
        path.write_bytes(sink.getvalue().to_pybytes().decode().encode("gb18030"))
        return
    with path.open("wb") as file:
        file.write(b"\xef\xbb\xbf")
        pcsv.write_csv(table, file, pcsv.WriteOptions(quoting_style="needed"))


def _parquet(county: County, sheet: Sheet, path: Path) -> None:
    pq.write_table(pa.table(sheet.columns), path)


def _xlsx(county: County, sheet: Sheet, path: Path) -> None:
    """A merged title, a line saying who filled it in, headings, text cells; figures cut by Excel are numbers."""
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_numbers": False})
    as_of = county.settings.as_of
    book.set_properties({"created": dt.datetime(as_of.year, as_of.month, as_of.day)})  # noqa: DTZ001 - a file's own
    page = book.add_worksheet("Sheet1")
    title = book.add_format({"bold": True, "align": "center", "font_size": 16})
    bold = book.add_format({"bold": True, "border": 1})
    headings = list(sheet.columns)
    page.merge_range(0, 0, 0, len(headings) - 1, f"{sheet.title}（演示数据）", title)
    page.write_string(1, 0, f"填报日期：{as_of.year}年{as_of.month}月{as_of.day}日")
    for at, heading in enumerate(headings):
        page.write_string(2, at, heading, bold)
    columns = [column.to_pylist() for column in sheet.columns.values()]
    for row, cells in enumerate(zip(*columns, strict=True), start=3):
        for at, cell in enumerate(cells):
            if not cell:
                continue
            if len(cell) == 18 and cell.endswith("000") and cell.isascii() and cell.isdecimal():
                page.write_number(row, at, int(cell))
            else:
                page.write_string(row, at, cell)
    book.close()


_WRITERS = {"csv": _csv, "parquet": _parquet, "xlsx": _xlsx}
