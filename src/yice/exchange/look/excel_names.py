"""The names of the workbook's sheets, for whoever points at one."""

from __future__ import annotations

from yice.exchange.look.report import kind_title
from yice.exchange.look.wording import say

_LONGEST = 31  # Excel's own limit


def first() -> str:
    return say("先看这里")[:_LONGEST]


def of_kind(kind: str) -> str:
    return kind_title(kind)[:_LONGEST]


def deaths_and_unmatched() -> str:
    return say("对不上人的行")[:_LONGEST]


def refused() -> str:
    return say("退回和有疑问的行")[:_LONGEST]


def columns() -> str:
    return say("文件和栏目")[:_LONGEST]
