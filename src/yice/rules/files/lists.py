"""`--lists`: a CSV `list,area,month,whole` that says which lists were received whole, so that silence means no."""

from __future__ import annotations

import csv
import datetime as dt
import difflib
import re
from pathlib import Path

from yice.rules.kernel.silence import Received, WholeList
from yice.rules.model import Plan
from yice.terms.errors import Problem, Problems
from yice.terms.messages import Message

COLUMNS = ("list", "area", "month", "whole")
MAX_ROWS = 200_000
_MONTH = re.compile(r"(\d{4})-(\d{2})(-\d{2})?")


def read_lists(path: Path, plan: Plan) -> Received:
    """The lists received; every line that cannot be read is told."""
    try:
        lines = csv.DictReader(path.read_text("utf-8-sig").splitlines())
        rows = [row for _, row in zip(range(MAX_ROWS), lines, strict=False)]
    except (OSError, UnicodeDecodeError, csv.Error):
        raise Problem(
            "lists-unreadable", Message("读不了 {path}：应是 UTF-8 的 CSV。", path=str(path))
        ) from None
    if not set(COLUMNS) <= set(lines.fieldnames or ()):
        what = Message("{path} 的表头应是 {columns}。", path=path.name, columns=",".join(COLUMNS))
        raise Problem("lists-header", what)
    problems: list[Problem] = []
    made = [one for number, row in enumerate(rows, 2) if (one := _line(path, number, row, plan, problems))]
    if problems:
        raise Problems(problems)
    return Received(tuple(made))


def _line(
    path: Path, number: int, row: dict[str, str | None], plan: Plan, problems: list[Problem]
) -> WholeList | None:
    name, area, month, whole = ((row.get(column) or "").strip() for column in COLUMNS)
    before = len(problems)

    def wrong(column: str, what: Message, fix: Message | None = None) -> None:
        where = Message("{place}：", place=f"{path.name}:{number}:{COLUMNS.index(column) + 1}")
        problems.append(Problem("lists-value", what, where=where, fix=fix))

    if name not in plan.lists:
        near = difflib.get_close_matches(name, plan.lists, 1)
        fix = (
            Message("是否想写 {near}？", near=near[0])
            if near
            else Message("可写：{names}", names=" ".join(plan.lists))
        )
        wrong("list", Message("方案里没有名单 {name}。", name=name[:60]), fix)
    if area and not (area.isascii() and area.isdigit() and len(area) in (2, 4, 6, 9, 12)):
        wrong("area", Message("地区应是 2 到 12 位区划代码，空白表示所有地区。"))
    match = _MONTH.fullmatch(month)
    if not match or not 1 <= int(match[2]) <= 12:
        wrong("month", Message("月份应写作 2020-06。"))
    if whole.lower() not in ("true", "false"):
        wrong("whole", Message("whole 应是 true 或 false。"))
    if len(problems) > before or not match:
        return None
    return WholeList(
        name, _shortened(area), dt.date(int(match[1]), int(match[2]), 1), whole.lower() == "true"
    )


def _shortened(area: str) -> str:
    """The digits that count: 440704000000 is everything in 440704."""
    for low, high in ((9, 12), (6, 9), (4, 6), (2, 4)):
        if len(area) == high and set(area[low:high]) == {"0"}:
            area = area[:low]
    return area
