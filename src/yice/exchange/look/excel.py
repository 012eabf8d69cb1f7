"""The report as a workbook: what an officer sorts, filters and hands out. Ids masked; row numbers lead to the person."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from yice.exchange.look import excel_names
from yice.exchange.look.excel_book import Book
from yice.exchange.look.excel_first import write_first
from yice.exchange.look.report import KINDS, Finding, Report, kind_says
from yice.exchange.look.wording import say, sentence


def write_excel(report: Report, path: Path) -> None:
    """Write the workbook: what to do first, a sheet for each kind of finding, rows without a person, refused rows, files."""
    book = Book(path, report.demo)
    try:
        write_first(book, report)
        for kind in KINDS:
            if report.of(kind):
                _kind(book, report, kind)
        if report.unmatched or report.deaths_to_check:
            _unmatched(book, report)
        if any(one.refusals or one.warnings for one in report.files):
            _refused(book, report)
        _columns(book, report)
    finally:
        book.book.close()


def _kind(book: Book, report: Report, kind: str) -> None:
    heads = [
        (say("乡镇（街道）"), 13, "text"), (say("村（社区）"), 16, "text"), (say("登记册行"), 9, "count"), (say("姓名"), 10, "text"),
        (say("身份证号"), 21, "text"), (say("性别"), 6, "text"), (say("年龄"), 6, "count"), (say("残疾"), 11, "text"), (say("待遇"), 20, "text"),
        (say("为什么"), 46, "text"), (say("依据"), 30, "text"), (say("用到的信息"), 46, "text"), (say("应领（元）"), 11, "sum"),
        (say("当月已发（元）"), 11, "sum"), (say("名单里的位置"), 26, "text"), (say("下一步"), 30, "text"), (say("核实结果"), 18, "text"),
    ]  # fmt: skip
    found = sorted(report.of(kind), key=lambda one: (one.person.area, one.person.row))  # type: ignore[arg-type]
    book.page(
        excel_names.of_kind(kind), kind_says(kind), heads, map(_row, found), held=4, choices=_outcomes(kind)
    )


def _outcomes(kind: str) -> tuple[str, ...]:
    """What may come of a check: offered to whoever fills in the last column, who may also write otherwise."""
    if kind == "gap":
        return say("已协助申请"), say("核实不符合条件"), say("本人不愿申请"), say("没有找到人")
    if kind == "ask":
        return say("已补齐"), say("本人不清楚"), say("没有找到人")
    return say("属实，已交审批部门"), say("不属实，名单有误"), say("正在核查")


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
        excel_names.deaths_and_unmatched(),
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
        excel_names.refused(),
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
    book.page(excel_names.columns(), say("每份文件读懂了哪些栏目，哪些没有用。"), heads, rows)
