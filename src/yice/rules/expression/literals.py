"""A literal as its column holds it, once its neighbour has said what type it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from yice.rules.expression.ast import Expr
from yice.rules.expression.faults import nearest
from yice.rules.expression.typed import BOOL, INT, TEXT, Const, Type
from yice.terms.errors import Problem
from yice.terms.messages import Message

Fault = Callable[[str, Expr, Message, Message | None], Problem]  # code, where, what, how to mend it
_EPOCH = dt.date(1970, 1, 1).toordinal()


def days(day: dt.date) -> int:
    """Days since 1970-01-01, as date columns hold them."""
    return day.toordinal() - _EPOCH


def constant(
    fault: Fault, expr: Expr, value: bool | int | str | tuple[int | str, ...], expect: Type | None
) -> Const:
    """The constant `value` means beside something of type `expect`."""
    if isinstance(value, bool):
        return Const(value, BOOL)
    if isinstance(value, int):
        return Const(value, INT)
    if isinstance(value, tuple):
        raise fault("expr-type", expr, Message("这个设定是列表，只能写在 in 的右边。"), None)
    if expect is None or expect.kind in ("text", "bool", "int"):
        return Const(value, TEXT)
    if expect.kind in ("code", "set", "parts"):
        if value not in expect.codes:
            fix = nearest(value, expect.codes) or Message("可写：{codes}", codes=" ".join(expect.codes))
            raise fault("expr-name", expr, Message("没有 {value} 这个代码。", value=value), fix)
        return Const(expect.codes.index(value), Type("code", expect.codes))
    if expect.kind == "date":
        try:
            return Const(days(dt.date.fromisoformat(value)), expect)
        except ValueError:
            fix = Message("请写成 2020-06-30 的样子。")
            raise fault("expr-type", expr, Message("{value} 不是日期。", value=value), fix) from None
    first, _ = area_range(fault, expr, value)
    return Const(first, expect)


def area_range(fault: Fault, expr: Expr, code: str) -> tuple[int, int]:
    """The first and last 12-digit code at or under `code` (2 to 12 digits)."""
    if not (code.isascii() and code.isdigit() and 2 <= len(code) <= 12):
        raise fault("expr-type", expr, Message("区划代码应是 2 到 12 位数字。"), None)
    if len(code) == 12:
        for end, level in ((12, 9), (9, 6), (6, 4), (4, 2)):
            if set(code[level:end]) == {"0"}:
                code = code[:level]
            else:
                break
    return int(code.ljust(12, "0")), int(code.ljust(12, "9"))
