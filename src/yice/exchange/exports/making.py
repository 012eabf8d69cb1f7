"""Write an export. Nothing in it is run by a spreadsheet, and no number is mangled by one."""

from __future__ import annotations

import csv
import hashlib
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc
import xlsxwriter
from django.utils.translation import gettext

from yice.accounts.services import is_demo
from yice.exchange.exports.cells import Cell, cell
from yice.exchange.exports.orders import order
from yice.exchange.files.safe import plain_text, safe_text
from yice.loop.identify.selectors.exports import Export
from yice.terms import clock

FORMS = ("xlsx", "csv")
CONTENT_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
IN_MEMORY = 8 * 1024 * 1024  # larger files go to a temporary one without a name
WIDTHS = {"because": 44, "title": 28, "benefit_title": 24, "why": 36, "id_masked": 22}
NARROW, BROAD = 9, 44  # a column is as wide as its texts, within these


@dataclass(frozen=True)
class Made:
    """A finished file, at its beginning."""

    file: IO[bytes]
    name: str
    form: str
    rows: int
    digest: str  # SHA-256 of the file


def made(
    export: Export,
    form: str,
    *,
    title: str,
    areas: Iterable[str] = (),
    about: Sequence[tuple[str, str]] = (),
) -> Made:
    """`export` as a file of `form`. `areas`: where the reader works, for the order of columns; `about`: what the
    workbook's second sheet says of it. On a demo the file says so in its name and inside."""
    demo = gettext("演示数据") if is_demo() else ""
    columns = order(export.name, export.table.column_names, areas)
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - handed over open
    if form == "csv":
        _csv(file, export, columns, demo)
    else:
        _xlsx(file, export, columns, title, demo, about)
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    file.seek(0)
    name = "-".join(filter(None, (demo, title, clock.today().isoformat())))
    return Made(file, f"{name}.{form}", form, export.table.num_rows, digest)


def _rows(export: Export, columns: list[str]) -> Iterator[list[Cell]]:
    for batch in export.table.select(columns).to_batches(max_chunksize=2000):
        values = [column.to_pylist() for column in batch.columns]
        for row in zip(*values, strict=True):
            yield [cell(name, value) for name, value in zip(columns, row, strict=True)]


def _csv(file: Any, export: Export, columns: list[str], demo: str) -> None:
    """UTF-8 with its mark, so that Excel does not take it for GBK; what looks like a formula gets an apostrophe."""
    stream = io.TextIOWrapper(file, "utf-8-sig", newline="")
    writer = csv.writer(stream)
    extra = [demo] if demo else []
    writer.writerow([*(export.labels[name] for name in columns), *([gettext("说明")] if demo else [])])
    for row in _rows(export, columns):
        writer.writerow([*("" if one is None else _plain(one) for one in row), *extra])
    stream.flush()
    stream.detach()


def _width(export: Export, name: str) -> int:
    """As many digits wide as the longest text and half of a Chinese heading: a Chinese character is two."""
    column, most = export.table[name], 12
    if pa.types.is_string(column.type):
        # In UTF-8 a letter is one byte and a Chinese character three, so half of both lengths is the width.
        long = pc.max(pc.add(pc.utf8_length(column), pc.binary_length(column))).as_py()
        most = (long or 0) // 2
    return max(NARROW, min(BROAD, max(most, len(export.labels[name])) + 2))


def _plain(value: Cell) -> str:
    return safe_text(value) if isinstance(value, str) else str(value)


def _xlsx(
    file: Any,
    export: Export,
    columns: list[str],
    title: str,
    demo: str,
    about: Sequence[tuple[str, str]],
) -> None:
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(file, options) as book:
        text = book.add_format({"num_format": "@", "valign": "top", "text_wrap": True})
        head = book.add_format({"num_format": "@", "bold": True, "bottom": 1, "text_wrap": True})
        money = book.add_format({"num_format": "#,##0.00", "valign": "top"})
        sheet = book.add_worksheet(title[:28])
        sheet.freeze_panes(1, 0)
        sheet.set_landscape()
        sheet.repeat_rows(0)
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        if demo:
            sheet.set_header(f"&C{demo}")
        for at, name in enumerate(columns):
            sheet.set_column(at, at, WIDTHS.get(name) or _width(export, name))
            sheet.write_string(0, at, plain_text(export.labels[name]), head)
        for line, row in enumerate(_rows(export, columns), start=1):
            for at, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(line, at, plain_text(value), text)
                elif isinstance(value, Decimal):
                    sheet.write_number(line, at, float(value), money)
                elif value is not None:
                    sheet.write_number(line, at, value)
        said = book.add_worksheet(gettext("说明"))
        said.set_column(0, 0, 18)
        said.set_column(1, 1, 70)
        lines = [*([(gettext("性质"), gettext("演示数据，人物均为虚构"))] if demo else []), *about]
        for line, (key, told) in enumerate(lines):
            said.write_string(line, 0, plain_text(key), head)
            said.write_string(line, 1, plain_text(told), text)
