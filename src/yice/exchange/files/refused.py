"""The refused rows, back to whoever sent them: the same columns, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import xlsxwriter

from yice.exchange.files.limits import LIMITS
from yice.exchange.files.reading import read
from yice.exchange.files.safe import plain_text
from yice.exchange.files.workbook import Sheet
from yice.terms.errors import Problem
from yice.terms.messages import Message


def refused_workbook(
    source: Path | str,
    refusals: Mapping[str, Mapping[int, Sequence[Problem]]] | Mapping[int, Sequence[Problem]],
    out: Path | str,
    *,
    sheets: Sequence[Sheet] | None = None,
) -> int:
    """Write the refused rows of `source` to `out` (.xlsx), all cells as text; the number of rows written.

    refusals: by sheet name and file row number, or by row number alone for the first sheet. Pass `sheets`
    when they have been read already.
    """
    found = list(sheets) if sheets is not None else read(source, limits=LIMITS).sheets
    if not found:
        return 0
    by_sheet: dict[str, Mapping[int, Sequence[Problem]]] = {}
    for key, value in refusals.items():
        if isinstance(key, str) and isinstance(value, Mapping):
            by_sheet[key] = value
    if not by_sheet:
        by_sheet = {found[0].name: refusals}  # type: ignore[dict-item]
    written = 0
    with xlsxwriter.Workbook(
        str(out), {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    ) as book:
        text = book.add_format({"num_format": "@", "valign": "top"})
        why = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top", "bg_color": "#FFF2CC"})
        head = book.add_format({"num_format": "@", "bold": True, "bottom": 1, "text_wrap": True})
        for sheet in found:
            wanted = by_sheet.get(sheet.name)
            if not wanted:
                continue
            page = book.add_worksheet(_sheet_name(sheet.name, [ws.name for ws in book.worksheets()]))
            last = len(sheet.headers)
            for column, heading in enumerate(sheet.headers):
                page.write_string(0, column, plain_text(heading), head)
            page.write_string(0, last, str(Message("原表行号")), head)
            page.write_string(0, last + 1, str(Message("退回原因")), head)
            page.set_column(0, last - 1, 16)
            page.set_column(last + 1, last + 1, 70)
            page.freeze_panes(1, 0)
            line = 0
            for at, row in enumerate(sheet.rows.tolist()):
                if row not in wanted:
                    continue
                line += 1
                for column, values in enumerate(sheet.columns):
                    cell = values[at].as_py()
                    if cell is not None:
                        page.write_string(line, column, plain_text(cell), text)
                page.write_string(line, last, str(row), text)
                page.write_string(line, last + 1, "\n".join(map(str, wanted[row])), why)
            written += line
        if not book.worksheets():
            book.add_worksheet().write_string(0, 0, str(Message("没有退回的行")))
    return written


def _sheet_name(name: str, taken: Sequence[str]) -> str:
    """A name Excel accepts, at most 31 characters, not used yet."""
    base = "".join("_" if char in "[]:*?/\\'" else char for char in name)[:28] or "Sheet"
    candidate, number = base, 2
    while candidate.lower() in {one.lower() for one in taken}:
        candidate, number = f"{base[:25]}({number})", number + 1
    return candidate
