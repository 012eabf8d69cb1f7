"""The functions an expression may call, each checked with its own words."""

from __future__ import annotations

from collections.abc import Callable

from yice.rules.expression.ast import Call, Choice, Expr, Literal, Name
from yice.rules.expression.checker import Checker
from yice.rules.expression.faults import nearest
from yice.rules.expression.literals import area_range
from yice.rules.expression.typed import (
    BOOL,
    DATE,
    INT,
    TEXT,
    Age,
    And,
    Compare,
    Const,
    Days,
    Entitled,
    FactRef,
    If,
    InGroup,
    Known,
    Lookup,
    Node,
    Or,
    Part,
    Type,
    Within,
)
from yice.terms.messages import Message

MULTIPLE = "multiple"


def call(checker: Checker, expr: Call) -> Node:
    """The node of one function call."""
    entry = _FUNCTIONS.get(expr.function)
    if entry is None:
        fix = nearest(expr.function, _FUNCTIONS) or Message("可用：{names}", names=" ".join(_FUNCTIONS))
        raise checker.fault("expr-name", expr, Message("没有叫 {name} 的函数。", name=expr.function), fix)
    build, least, most, usage = entry
    if not least <= len(expr.args) <= most:
        what = Message("{name} 的参数个数不对。", name=expr.function)
        raise checker.fault("expr-type", expr, what, Message("请写 {usage}。", usage=usage))
    return build(checker, expr)


def _age_on(checker: Checker, expr: Call) -> Node:
    return Age(_fact(checker, expr, "birth_date"), checker.of_type(expr.args[0], DATE))


def _days_between(checker: Checker, expr: Call) -> Node:
    return Days(checker.of_type(expr.args[0], DATE), checker.of_type(expr.args[1], DATE))


def _in_area(checker: Checker, expr: Call) -> Node:
    area = checker.of_type(expr.args[0], Type("area"))
    where = expr.args[1]
    if isinstance(where, Name) and where.name.startswith("setting."):
        setting = checker.setting(where)
        codes = setting if isinstance(setting, tuple) else (setting,)
    else:
        codes = (_text(checker, where),)
    ranges = tuple(Within(area, *area_range(checker.fault, where, str(code))) for code in codes)
    return ranges[0] if len(ranges) == 1 else Or(ranges)


def _table(checker: Checker, expr: Call) -> Node:
    name = _text(checker, expr.args[0])
    table = checker.scope.tables.get(name)
    if table is None:
        fix = nearest(name, checker.scope.tables) or Message("请在 tables/ 中放入这张表。")
        raise checker.fault("expr-name", expr.args[0], Message("没有叫 {name} 的表。", name=name), fix)
    keys = expr.args[1:]
    if len(keys) != len(table.key_names):
        what = Message("表 {name} 要 {count} 个键：{keys}。", name=name, count=len(table.key_names),
                       keys=" ".join(table.key_names))  # fmt: skip
        raise checker.fault("expr-type", expr, what)
    for i, key in enumerate(keys):  # a text chosen by a condition chooses between two lookups
        if isinstance(key, Choice):
            sides = [Call("table", (*expr.args[: i + 1], side, *expr.args[i + 2 :]), expr.at)
                     for side in (key.then, key.other)]  # fmt: skip
            return If(
                checker.of_type(key.test, BOOL), _table(checker, sides[0]), _table(checker, sides[1]), INT
            )
    nodes = tuple(checker.node(key) for key in keys)
    for i, (key, node) in enumerate(zip(keys, nodes, strict=True)):
        if node.type.kind in ("set", "parts", "date"):
            raise checker.fault("expr-type", key, Message("这一类事实不能作表的键。"))
        written = {rate.keys[i] for rate in table.rates}
        if isinstance(node, Const) and node.type == TEXT and node.value not in written:
            what = Message("表 {name} 里没有键 {key}。", name=name, key=node.value)
            raise checker.fault("expr-name", key, what, nearest(str(node.value), written))
    return Lookup(name, nodes)


def _has_part(checker: Checker, expr: Call) -> Node:
    """A multiple certificate by its parts; a single category is its own part.

    Where neither the parts nor a single category is known the answer is unknown, never no.
    """
    category, grade, parts = (_fact(checker, expr, name) for name in ("category", "grade", "parts"))
    found = checker.of_type(expr.args[0], Type("code", parts.type.codes))
    most = checker.of_type(expr.args[1], INT) if len(expr.args) == 2 else Const(4, INT)
    if not isinstance(found, Const) or not isinstance(most, Const) or not 1 <= int(most.value) <= 4:
        raise checker.fault("expr-type", expr, Message('请写 has_part("类别", 1 到 4)。'))
    name, codes = parts.type.codes[int(found.value)], category.type.codes
    if name not in codes or MULTIPLE not in codes:
        raise checker.fault("expr-name", expr, Message("category 与 parts 的代码不一致。"))
    in_parts = Part(parts, int(found.value), int(most.value))
    single: Node = Compare("==", category, Const(codes.index(name), category.type))
    if int(most.value) < 4:
        single = And((single, Compare("<=", grade, most)))
    multiple = Compare("==", category, Const(codes.index(MULTIPLE), category.type))
    return If(Known(parts), in_parts, If(multiple, in_parts, single, BOOL), BOOL)


def _in_group(checker: Checker, expr: Call) -> Node:
    name = _text(checker, expr.args[0])
    if name not in checker.scope.groups:
        what = Message("没有叫 {name} 的人群。", name=name)
        raise checker.fault("expr-name", expr.args[0], what, nearest(name, checker.scope.groups))
    return InGroup(name)


def _entitled(checker: Checker, expr: Call) -> Node:
    name = _text(checker, expr.args[0])
    if name not in checker.scope.benefits:
        what = Message("没有叫 {name} 的待遇。", name=name)
        raise checker.fault("expr-name", expr.args[0], what, nearest(name, checker.scope.benefits))
    return Entitled(name)


def _receives(checker: Checker, expr: Call) -> Node:
    name = _text(checker, expr.args[0])
    fact = checker.scope.facts.get(f"receives.{name}")
    if fact is None:
        what = Message("没有叫 {name} 的待遇。", name=name)
        raise checker.fault("expr-name", expr.args[0], what, nearest(name, checker.scope.benefits))
    return FactRef(fact.name, BOOL)


def _known(checker: Checker, expr: Call) -> Node:
    if not checker.scope.may_ask_known:
        what = Message("条件里不能用 known：它会把未知变成否。")
        raise checker.fault("expr-name", expr, what, Message("请直接写事实，未知会一直保持未知。"))
    node = checker.node(expr.args[0])
    if not isinstance(node, FactRef):
        raise checker.fault("expr-type", expr.args[0], Message("known 里只能写一个事实。"))
    return Known(node)


def _fact(checker: Checker, expr: Call, name: str) -> FactRef:
    node = checker.name(Name(name, expr.at), None)
    assert isinstance(node, FactRef)  # noqa: S101 - a plain name is a fact or a Problem
    return node


def _text(checker: Checker, expr: Expr) -> str:
    if isinstance(expr, Literal) and isinstance(expr.value, str):
        return expr.value
    raise checker.fault("expr-type", expr, Message("此处应是带引号的文字。"))


_Build = Callable[[Checker, Call], Node]
_FUNCTIONS: dict[str, tuple[_Build, int, int, str]] = {
    "age_on": (_age_on, 1, 1, "age_on(as_of)"),
    "days_between": (_days_between, 2, 2, "days_between(certificate_until, as_of)"),
    "in_area": (_in_area, 2, 2, 'in_area(hukou, "440704")'),
    "table": (_table, 1, 8, 'table("表名", 键, …)'),
    "has_part": (_has_part, 1, 2, 'has_part("physical", 2)'),
    "in_group": (_in_group, 1, 1, 'in_group("JH-3.1.4")'),
    "entitled": (_entitled, 1, 1, 'entitled("nursing_subsidy")'),
    "receives": (_receives, 1, 1, 'receives("nursing_subsidy")'),
    "known": (_known, 1, 1, "known(grade)"),
}
