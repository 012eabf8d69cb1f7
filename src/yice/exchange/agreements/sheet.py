"""The file of a round: the owner's own values with a reason, empty columns for the answer; and the file that returns.

What stands in it is what they sent. Nothing of ours is in it: no name, number or place from the register or from
another list, and the reasons do not say what another source holds.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlsxwriter
from django.utils import timezone

from yice.accounts.services import is_demo
from yice.exchange.agreements.asking import Answer, values_of
from yice.exchange.files import read
from yice.exchange.files.safe import plain_text
from yice.exchange.models import Doubt, DoubtState, Inquiry, Why
from yice.exchange.vocabulary import fold_heading
from yice.loop.identify.known import number_as_now
from yice.terms.errors import Problem, Problems
from yice.terms.messages import Message

KEY, ROW, NAME, NUMBER, WHY = "核验编号", "原表行号", "姓名", "身份证号", "疑点"
SAID, NEW_NAME, NEW_NUMBER, REMARK = (
    "答复（更正、无误、不归我们管）",
    "更正后的姓名",
    "更正后的身份证号",
    "说明",
)
COLUMNS = ((KEY, 38), (ROW, 10), (NAME, 14), (NUMBER, 22), (WHY, 44), (SAID, 18), (NEW_NAME, 16), (NEW_NUMBER, 22), (REMARK, 30))  # fmt: skip
VERDICTS = {
    "更正": DoubtState.CORRECTED, "已更正": DoubtState.CORRECTED, "corrected": DoubtState.CORRECTED,
    "无误": DoubtState.CONFIRMED, "确认无误": DoubtState.CONFIRMED, "confirmed": DoubtState.CONFIRMED,
    "不归我们管": DoubtState.NOT_OURS, "不是我们的": DoubtState.NOT_OURS, "not ours": DoubtState.NOT_OURS,
}  # fmt: skip
CHOICES = ["更正", "无误", "不归我们管"]
ANSWER_COLUMNS = 4
MOST_PROBLEMS = 100


@dataclass(frozen=True)
class Written:
    """A finished workbook."""

    content: bytes
    name: str
    rows: int


def written(inquiry: Inquiry) -> Written:
    """The workbook of a round. In Chinese whoever downloads it: it goes to the owner of the list, and comes back."""
    file = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    doubts = list(inquiry.doubts.select_related("entry").order_by("id"))
    number_as_now(one.entry for one in doubts)
    doubts.sort(key=lambda one: (one.entry.row, one.pk))
    with xlsxwriter.Workbook(file, {**options, "in_memory": True}) as book:
        book.set_properties({"created": timezone.make_naive(inquiry.made_at)})
        text = book.add_format({"num_format": "@", "valign": "top"})
        wrap = book.add_format({"num_format": "@", "valign": "top", "text_wrap": True})
        head = book.add_format({"num_format": "@", "bold": True, "bottom": 1, "text_wrap": True})
        empty = book.add_format({"num_format": "@", "valign": "top", "bg_color": "#FFF2CC"})
        page = book.add_worksheet("疑义核验")
        page.freeze_panes(1, 0)
        if is_demo():
            page.set_header("&C演示数据")
        for at, (heading, width) in enumerate(COLUMNS):
            page.set_column(at, at, width)
            page.write_string(0, at, heading, head)
        for line, doubt in enumerate(doubts, start=1):
            for at, value in enumerate(_cells(doubt)):
                page.write_string(line, at, plain_text(value), wrap if COLUMNS[at][0] == WHY else text)
            for at in range(len(COLUMNS) - ANSWER_COLUMNS, len(COLUMNS)):
                page.write_blank(line, at, None, empty)
        if doubts:
            said = len(COLUMNS) - ANSWER_COLUMNS
            page.data_validation(1, said, len(doubts), said, {"validate": "list", "source": CHOICES})
        _about(book.add_worksheet("说明"), inquiry, len(doubts), head, wrap)
    demo = "演示数据-" if is_demo() else ""
    name = f"{demo}疑义核验-{inquiry.agreement.title}-{inquiry.made_at:%Y%m%d}.xlsx"
    return Written(file.getvalue(), name, len(doubts))


def _cells(doubt: Doubt) -> tuple[str, ...]:
    sent = values_of(doubt.entry)
    why = "；".join(_SAYS[Why(code)] for code in doubt.why)
    return str(doubt.uuid), str(sent["row"]), sent["name"], sent["id_number"], why


_SAYS = {
    Why.ID_CHECK: "证件号通不过校验，多半抄错了一位",
    Why.ID_CUT: "证件号被电子表格改成了科学计数，后几位成了 0；请把该列设为文本后重新导出",
    Why.OTHER_NAME: "这个证件号登记在另一个姓名下，请核对姓名和号码",
    Why.TWO_PERSONS: "同一个证件号在名单上出现了两个姓名",
    Why.DEAD: "另有名单说此人在这个月以前已经去世，请核实",
    Why.NOBODY: "残疾人登记册上没有这个人，请核对姓名和号码",
}


def _about(page: Any, inquiry: Inquiry, rows: int, head: Any, wrap: Any) -> None:
    agreement = inquiry.agreement
    lines = [
        *([("性质", "演示数据，人物均为虚构")] if is_demo() else []),
        ("名单", agreement.title),
        ("来表单位", agreement.sender),
        ("依据", agreement.basis),
        ("提交日期", f"{inquiry.made_at:%Y-%m-%d}"),
        ("行数", str(rows)),
        ("怎样答复", "在黄色的格子里填写：更正（写更正后的姓名或号码）、无误、不归我们管。其余各列请不要改动，不要加密，原样退回。"),
        ("内容", "表中的姓名和号码都是贵单位报来的原值，没有登记册或其他部门的内容。"),
    ]  # fmt: skip
    page.set_column(0, 0, 14)
    page.set_column(1, 1, 80)
    for at, (key, told) in enumerate(lines):
        page.write_string(at, 0, key, head)
        page.write_string(at, 1, plain_text(told), wrap)


def answers(path: Path) -> list[Answer]:
    """What came back. Rows without an answer are left open; a Problem names the row of an answer nobody can read."""
    sheet = next(
        (
            one
            for one in read(path).sheets
            if fold_heading(KEY) in [fold_heading(head) for head in one.headers]
        ),
        None,
    )
    if sheet is None:
        raise Problem(
            "answers-no-key",
            Message("文件里没有“核验编号”一列，认不出是哪一批的答复。"),
            fix=Message("请上传来表单位在原表上填好的文件。"),
            field="file",
        )
    at = {fold_heading(head): place for place, head in enumerate(sheet.headers)}
    columns: dict[str, list[str | None]] = {
        heading: sheet.columns[at[fold_heading(heading)]].to_pylist()
        if fold_heading(heading) in at
        else [None] * len(sheet)
        for heading in (KEY, SAID, NEW_NAME, NEW_NUMBER, REMARK)
    }
    found: list[Answer] = []
    problems: list[Problem] = []
    for line, told in _lines(columns, sheet.rows.tolist()):
        if not told[SAID]:
            continue
        verdict = VERDICTS.get(told[SAID].casefold().rstrip("。. "))
        if verdict is None:
            what = Message("第 {row} 行的答复看不懂。", row=line)
            fix = Message("请填：更正、无误，或不归我们管。")
            problems.append(Problem("answer-unreadable", what, fix=fix, field="file"))
            continue
        found.append(Answer(told[KEY], verdict, told[NEW_NAME], told[NEW_NUMBER], told[REMARK], line))
    if problems:
        raise Problems(problems[:MOST_PROBLEMS])
    if not found:
        raise Problem("answers-none", Message("文件里一行答复也没有填。"), field="file")
    return found


def _lines(columns: dict[str, list[str | None]], rows: list[int]) -> Iterator[tuple[int, dict[str, str]]]:
    for place, line in enumerate(rows):
        yield line, {heading: (values[place] or "").strip() for heading, values in columns.items()}
