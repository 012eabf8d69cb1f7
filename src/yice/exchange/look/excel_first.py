"""The workbook's first sheet: what to do first, what the rest rests on, the figures."""

from __future__ import annotations

from typing import Any

from yice.exchange.files.safe import plain_text
from yice.exchange.look import excel_names
from yice.exchange.look.excel_book import Book
from yice.exchange.look.report import KINDS, Report, kind_title
from yice.exchange.look.sections import title
from yice.exchange.look.steps import cautions, steps
from yice.exchange.look.wording import say

_LAST = 7  # the sheet is this many columns wide, and one
_LINE = 52  # characters of Han in a merged line


def write_first(book: Book, report: Report) -> None:
    """Row after row from the top: the workbook is written as it goes."""
    sheet = book.book.add_worksheet(excel_names.first())
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, _LAST, 15)
    line = 0
    if report.demo:
        sheet.merge_range(0, 0, 0, _LAST, say("演示数据：人、号码和金额都是虚构的"), book.demo_format)
        line = 1
    sheet.set_row(line, 26)
    sheet.write_string(line, 0, plain_text(title(report)), book.title)
    line += 1
    for one in cautions(report):
        line = _across(book, sheet, line, 0, one, book.warn) + 1
    line = _steps(book, sheet, line + 1, report)
    line = _facts(book, sheet, line + 1, report)
    line = _benefits(book, sheet, line + 1, report)
    _places(book, sheet, line + 1, report)
    book.paper(sheet)


def _across(book: Book, sheet: Any, line: int, first: int, text: str, form: Any) -> int:
    """A text over the columns from `first`, high enough to be read; the line it stands on."""
    width = _LINE if first else _LINE + 16
    wide = sum(2 if ord(letter) > 0x2E80 else 1 for letter in text) / 2
    sheet.set_row(line, 17 * (1 + int(wide) // width))
    sheet.merge_range(line, first, line, _LAST, plain_text(text), form)
    return line


def _heading(book: Book, sheet: Any, line: int, *texts: str) -> int:
    for at, text in enumerate(texts):
        sheet.write_string(line, at, plain_text(text), book.head)
    return line + 1


def _steps(book: Book, sheet: Any, line: int, report: Report) -> int:
    sheet.merge_range(line, 0, line, _LAST, say("先做这几件事"), book.head)
    there = _later(report)
    for number, one in enumerate(steps(report), start=1):
        line += 1
        text = plain_text(f"{number}. {one.what}")
        sheet.set_row(line, 17 * (1 + len(text) // 17))
        if one.sheet in there:
            sheet.write_url(line, 0, f"internal:'{one.sheet}'!A1", book.link, text)
        else:
            sheet.write_string(line, 0, text, book.bold)
        sheet.merge_range(line, 1, line, _LAST, plain_text(one.how), book.plain)
    return line + 1


def _later(report: Report) -> set[str]:
    return {
        *(excel_names.of_kind(kind) for kind in KINDS if report.of(kind)),
        excel_names.deaths_and_unmatched(),
        excel_names.refused(),
    }


def _facts(book: Book, sheet: Any, line: int, report: Report) -> int:
    facts = [
        (say("请先知道"), say("这些都是线索，不是结论，每一条都要有人核实。证件号码已遮盖，凭“登记册行”在原表中找人。")),
        (say("截至"), str(report.as_of)),
        (say("依据"), f"{report.plan_title}（{report.plan_authority}）"),
        (say("登记册可用人数"), f"{report.people:,}"),
    ]  # fmt: skip
    whole = say("、").join(dict.fromkeys(one.kind_label for one in report.files if one.whole))
    if whole:
        facts.append(
            (say("当作完整的名单"), say("{lists}。名单上没有的人，就当作没有；如不完整，请用 --not-whole 再看一次。", lists=whole))
        )  # fmt: skip
    facts += [(say("本次作出的处理") if at == 0 else "", one) for at, one in enumerate(report.assumptions)]
    for name, what in facts:
        _across(book, sheet, line, 1, what, book.plain)
        sheet.write_string(line, 0, plain_text(name), book.soft)
        line += 1
    return line


def _benefits(book: Book, sheet: Any, line: int, report: Report) -> int:
    kinds = [kind_title(kind) for kind in KINDS]
    line = _heading(book, sheet, line, say("待遇"), say("符合条件（人）"), say("在领（人）"), *kinds)
    for one in report.lines:
        name = (
            one.benefit
            + (f" · {one.group}" if one.group else "")
            + (say("（示例标准）") if one.sample else "")
        )
        sheet.set_row(line, 17 * (1 + len(name) // 17))
        sheet.write_string(line, 0, plain_text(name), book.plain)
        for at, value in enumerate(
            [one.eligible, one.receiving, *(one.found.get(kind, 0) for kind in KINDS)], start=1
        ):
            sheet.write_number(line, at, value, book.count)
        line += 1
    return line


def _places(book: Book, sheet: Any, line: int, report: Report) -> int:
    kinds = [kind_title(kind) for kind in KINDS]
    line = _heading(book, sheet, line, say("乡镇（街道）"), say("登记人数"), "", *kinds)
    for place, people, found in report.townships:
        sheet.write_string(line, 0, plain_text(place), book.plain)
        sheet.write_number(line, 1, people, book.count)
        for at, kind in enumerate(KINDS, start=3):
            sheet.write_number(line, at, found.get(kind, 0), book.count)
        line += 1
    return line
