"""Problems of an expression: where exactly, what was expected, how to mend it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from yice.rules.words import Place
from yice.terms.errors import Problem
from yice.terms.messages import Message

KINDS = {
    "bool": "真假", "int": "整数", "date": "日期", "code": "代码", "set": "集合",
    "parts": "残疾部分", "area": "区划代码", "text": "文字",
}  # fmt: skip


def place_of(text: str, at: int, place: Place) -> Place:
    """The place of character `at` of a text that begins at `place`."""
    before = text[:at]
    lines = before.count("\n")
    column = at - before.rfind("\n") if lines else place.column + at
    return Place(place.file, place.line + lines, column)


def fault(
    code: str, what: Message, *, place: Place, text: str = "", at: int = 0, fix: Message | None = None
) -> Problem:
    """A problem at character `at` of `text`, which begins at `place`."""
    return Problem(code, what, where=Message("{place}：", place=place_of(text, at, place)), fix=fix)


def nearest(name: str, known: Iterable[str]) -> Message | None:
    """How to mend a name that is not known: the one most like it."""
    found = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return Message("是不是想写 {name}？", name=found[0]) if found else None
