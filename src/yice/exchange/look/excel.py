"""The report as a workbook: what an officer sorts, filters and hands out. Ids masked; row numbers lead to the person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from yice.exchange.files.safe import plain_text
from yice.exchange.look.report import KINDS, Finding, Report, kind_says, kind_title
from yice.exchange.look.sections import title
from yice.exchange.look.wording import say, sentence

_OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "constant_memory": False,
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
        self.demo = demo

    def page(
        self, name: str, lead: str, heads: Sequence[tuple[str, int, str]], rows: Iterable[Sequence[Any]]
    ) -> None:
        """heads: (heading, width, kind: "text" | "count" | "sum"). A filter and a frozen header on every sheet."""
        sheet = self.book.add_worksheet(name[:31])
        top = 0
        if self.demo:
            sheet.write_string(0, 0, say("演示数据：人、号码和金额都是虚构的"), self.demo_format)
            top = 1
        sheet.write_string(
            top,
            0,
            plain_text(lead),
            self.soft if len(lead) < 1 else self.book.add_format({"font_color": "#4A5560"}),
        )
        top += 1
        for at, (heading, width, _) in enumerate(heads):
            sheet.write_string(top, at, plain_text(heading), self.head)
            sheet.set_column(at, at, width)
        line = top
        for line, row in enumerate(rows, start=top + 1):
            for at, (value, (_, _, kind)) in enumerate(zip(row, heads, strict=True)):
                self._cell(sheet, line, at, value, kind)
        sheet.autofilter(top, 0, max(line, top + 1), len(heads) - 1)
        sheet.freeze_panes(top + 1, 0)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(top)
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


def write_excel(report: Report, path: Path) -> None:
    """Write the workbook: the summary, a sheet for each kind of finding, rows without a person, refused rows, files."""
    book = Book(path, report.demo)
    try:
        _summary(book, report)
        for kind in KINDS:
            _kind(book, report, kind)
        _unmatched(book, report)
        _refused(book, report)
        _columns(book, report)
    finally:
        book.book.close()


def _summary(book: Book, report: Report) -> None:
    sheet = book.book.add_worksheet(say("说明"))
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 7, 17)
    line = 0
    if report.demo:
        sheet.merge_range(0, 0, 0, 7, say("演示数据：人、号码和金额都是虚构的"), book.demo_format)
        line = 1
    sheet.write_string(line, 0, plain_text(title(report)), book.title)
    sheet.set_row(line, 26)
    facts = [
        (say("截至"), str(report.as_of)),
        (say("依据"), f"{report.plan_title}（{report.plan_authority}）"),
        (say("登记册可用人数"), f"{report.people:,}"),
        (
            say("请先知道"),
            say("这些都是线索，不是结论，每一条都要有人核实。证件号码已遮盖，凭“登记册行”在原表中找人。"),
        ),
    ]
    whole = say("、").join(dict.fromkeys(one.kind_label for one in report.files if one.whole))
    if whole:
        facts.append(
            (
                say("当作完整的名单"),
                say(
                    "{lists}。名单上没有的人，就当作没有；如不完整，请用 --not-whole 再看一次。", lists=whole
                ),
            )
        )
    facts += [("", one) for one in report.assumptions]
    line += 1
    for name, what in facts:
        sheet.write_string(line, 0, plain_text(name), book.soft)
        sheet.merge_range(line, 1, line, 7, plain_text(what), book.plain)
        sheet.set_row(line, 16 * (1 + len(what) // 58))
        line += 1
    line += 1
    heads = [say("待遇"), say("符合条件（人）"), say("在领（人）"), *(kind_title(kind) for kind in KINDS)]
    for at, heading in enumerate(heads):
        sheet.write_string(line, at, heading, book.head)
    for one in report.lines:
        line += 1
        name = (
            one.benefit
            + (f" · {one.group}" if one.group else "")
            + (say("（示例标准）") if one.sample else "")
        )
        sheet.write_string(line, 0, plain_text(name), book.plain)
        for at, value in enumerate(
            [one.eligible, one.receiving, *(one.found.get(kind, 0) for kind in KINDS)], start=1
        ):
            sheet.write_number(line, at, value, book.count)
    line += 2
    for at, heading in enumerate(
        [say("乡镇（街道）"), say("登记人数"), "", *(kind_title(kind) for kind in KINDS)]
    ):
        sheet.write_string(line, at, heading, book.head)
    for place, people, found in report.townships:
        line += 1
        sheet.write_string(line, 0, plain_text(place), book.plain)
        sheet.write_number(line, 1, people, book.count)
        for at, kind in enumerate(KINDS, start=3):
            sheet.write_number(line, at, found.get(kind, 0), book.count)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _kind(book: Book, report: Report, kind: str) -> None:
    heads = [
        (say("乡镇（街道）"), 13, "text"), (say("村（社区）"), 16, "text"), (say("登记册行"), 9, "count"), (say("姓名"), 10, "text"),
        (say("身份证号"), 21, "text"), (say("性别"), 6, "text"), (say("年龄"), 6, "count"), (say("残疾"), 11, "text"), (say("待遇"), 20, "text"),
        (say("为什么"), 46, "text"), (say("依据"), 30, "text"), (say("用到的信息"), 46, "text"), (say("应领（元）"), 11, "sum"),
        (say("当月已发（元）"), 11, "sum"), (say("名单里的位置"), 26, "text"), (say("下一步"), 30, "text"), (say("核实结果"), 18, "text"),
    ]  # fmt: skip
    found = sorted(report.of(kind), key=lambda one: (one.person.area, one.person.row))  # type: ignore[arg-type]
    book.page(kind_title(kind), kind_says(kind), heads, map(_row, found))


def _row(one: Finding) -> list[Any]:
    who = one.person
    return [
        who.township, who.village, who.row, who.name, who.id_masked, who.sex, who.age, who.disability, one.benefit,
        "\n".join(one.reasons), "\n".join(one.clauses), say("；").join(one.values), one.due_fen, one.paid_fen,
        "\n".join(one.list_rows), one.todo, "",
    ]  # fmt: skip


def _unmatched(book: Book, report: Report) -> None:
    heads = [
        (say("名单"), 26, "text"), (say("名单行"), 9, "count"), (say("姓名"), 10, "text"), (say("号码"), 22, "text"),
        (say("最可能的原因"), 60, "text"), (say("可能是登记册第几行"), 18, "count"),
    ]  # fmt: skip
    rows = (
        [one.file, one.row, one.name, one.id_masked, one.reason, one.maybe_row]
        for one in [*report.unmatched, *report.deaths_to_check]
    )
    book.page(
        say("对不上人的行"),
        say("与登记册里的人可能相同的，那个人的这一项按“不清楚”处理，不会被当作没有享受。"),
        heads,
        rows,
    )


def _refused(book: Book, report: Report) -> None:
    heads = [
        (say("文件"), 26, "text"),
        (say("行"), 8, "count"),
        (say("栏目"), 18, "text"),
        (say("处理"), 10, "text"),
        (say("原因和办法"), 90, "text"),
    ]
    rows = (
        [one.title, problem.row, problem.column, label, sentence(problem.problem)]
        for one in report.files
        for label, problems in ((say("退回"), one.refusals), (say("已读入，有疑问"), one.warnings))
        for problem in problems
    )
    book.page(
        say("退回和有疑问的行"),
        say("退回的行没有参加比对；有疑问的行已读入，拿不准的内容按“不清楚”处理。"),
        heads,
        rows,
    )


def _columns(book: Book, report: Report) -> None:
    heads = [
        (say("文件"), 26, "text"),
        (say("读作"), 26, "text"),
        (say("栏目"), 26, "text"),
        (say("含义"), 22, "text"),
        (say("说明"), 44, "text"),
    ]
    rows = (
        [one.title, one.kind_label, column.heading, column.meaning, column.note]
        for one in report.files
        for column in one.columns
    )
    book.page(say("文件和栏目"), say("每份文件读懂了哪些栏目，哪些没有用。"), heads, rows)
