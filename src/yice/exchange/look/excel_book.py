"""The report's workbook: one style, and a sheet with a filter, a frozen head and A4 across."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from yice.exchange.files.safe import plain_text
from yice.exchange.look.wording import say

_OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "constant_memory": True,  # row by row: a county of a million findings needs no more than one
}


class Book:
    """A workbook in one style."""

    def __init__(self, path: Path, demo: bool) -> None:
        self.book = xlsxwriter.Workbook(str(path), _OPTIONS)
        font = {"font_name": "等线", "font_size": 11, "valign": "top"}
        self.plain = self.book.add_format({**font, "num_format": "@", "text_wrap": True})
        self.count = self.book.add_format({**font, "num_format": "#,##0"})
        self.sum = self.book.add_format({**font, "num_format": "#,##0.00"})
        self.head = self.book.add_format(
            {**font, "bold": True, "bg_color": "#E9EEF3", "bottom": 2, "text_wrap": True}
        )
        self.title = self.book.add_format({**font, "bold": True, "font_size": 16})
        self.soft = self.book.add_format({**font, "font_color": "#4A5560", "text_wrap": True})
        self.demo_format = self.book.add_format(
            {**font, "bold": True, "bg_color": "#FFF3CD", "font_color": "#4D3C00"}
        )
        self.lead = self.book.add_format({"font_name": "等线", "font_size": 11, "font_color": "#4A5560"})
        self.link = self.book.add_format({**font, "font_color": "#1D5A8C", "underline": 1})
        self.bold = self.book.add_format({**font, "bold": True, "text_wrap": True})
        self.warn = self.book.add_format({**font, "bold": True, "text_wrap": True, "bg_color": "#FBE5D6"})
        self.demo = demo

    def page(
        self,
        name: str,
        lead: str,
        heads: Sequence[tuple[str, int, str]],
        rows: Iterable[Sequence[Any]],
        *,
        held: int = 0,
        choices: Sequence[str] = (),
    ) -> None:
        """heads: (heading, width, kind: "text" | "count" | "sum"). A filter and a frozen header on every sheet;
        `held` columns stay in sight; `choices` are offered in the last column."""
        sheet = self.book.add_worksheet(name)
        for at, (_, width, _) in enumerate(heads):
            sheet.set_column(at, at, width)
        top = 0
        if self.demo:
            sheet.write_string(0, 0, say("演示数据：人、号码和金额都是虚构的"), self.demo_format)
            top = 1
        sheet.write_string(top, 0, plain_text(lead), self.lead)
        top += 1
        for at, (heading, _, _) in enumerate(heads):
            sheet.write_string(top, at, plain_text(heading), self.head)
        line = top
        for line, row in enumerate(rows, start=top + 1):
            for at, (value, (_, _, kind)) in enumerate(zip(row, heads, strict=True)):
                self._cell(sheet, line, at, value, kind)
        sheet.autofilter(top, 0, max(line, top + 1), len(heads) - 1)
        sheet.freeze_panes(top + 1, held)
        if choices and line > top:
            last = len(heads) - 1
            sheet.data_validation(
                top + 1,
                last,
                line,
                last,
                {"validate": "list", "source": list(choices), "error_type": "warning"},
            )
        self.paper(sheet)
        sheet.repeat_rows(top)

    def paper(self, sheet: Any) -> None:
        """A4 across, as many sheets down as it takes, each with its number."""
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&C&P / &N")

    def _cell(self, sheet: Any, line: int, at: int, value: Any, kind: str) -> None:
        if value is None or value == "":
            sheet.write_blank(line, at, None, self.plain)
        elif kind == "sum":
            sheet.write_number(line, at, value / 100, self.sum)
        elif kind == "count":
            sheet.write_number(line, at, value, self.count)
        else:
            sheet.write_string(line, at, plain_text(str(value)), self.plain)
