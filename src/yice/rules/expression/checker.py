"""Names looked up and types agreed: a tree becomes nodes, or a Problem says where and how to mend it.

Types flow both ways: a quoted text takes the type of what it stands beside (a code, a date, an area), so a
misspelt code is found here and never silently compares unequal.
"""

from __future__ import annotations

from collections.abc import Callable

from yice.rules.expression.ast import Binary, Call, Choice, Expr, Items, Literal, Name, Unary
from yice.rules.expression.faults import KINDS, fault, nearest
from yice.rules.expression.literals import constant
from yice.rules.expression.scope import Scope
from yice.rules.expression.typed import (
    BOOL,
    DATE,
    INT,
    And,
    Arith,
    AsOf,
    Compare,
    Const,
    FactRef,
    Has,
    If,
    Node,
    Not,
    Or,
    Sum,
    Type,
)
from yice.rules.words import Place
from yice.terms.errors import Problem
from yice.terms.messages import Message

_ORDER = ("<", "<=", ">", ">=")


class Checker:
    """One expression being checked. `call`: what gives the node of a function call (`functions`)."""

    def __init__(self, scope: Scope, text: str, place: Place, call: Callable[[Checker, Call], Node]) -> None:
        self.scope, self.text, self.place, self.call = scope, text, place, call

    def node(self, expr: Expr, expect: Type | None = None) -> Node:
        match expr:
            case Literal(value=value):
                return constant(self.fault, expr, value, expect)
            case Name():
                return self.name(expr, expect)
            case Unary(op="!", operand=operand):
                return Not(self.of_type(operand, BOOL))
            case Unary(operand=operand):
                inner = self.of_type(operand, INT)
                if isinstance(inner, Const):
                    return Const(-int(inner.value), INT)
                return Arith("-", Const(0, INT), inner)
            case Binary(op=op, left=left, right=right):
                return self.binary(op, expr, left, right)
            case Choice(test=test, then=then, other=other):
                return self.choice(expr, test, then, other, expect)
            case Call():
                return self.call(self, expr)
            case Items():
                raise self.fault("expr-type", expr, Message("列表只能写在 in 的右边。"))

    def name(self, expr: Name, expect: Type | None) -> Node:
        name = expr.name
        if name == "as_of":
            return AsOf()
        if name.startswith("setting."):
            return constant(self.fault, expr, self.setting(expr), expect)
        fact = self.scope.facts.get(name)
        if fact is None:
            known = [*self.scope.facts, *(f"setting.{key}" for key in self.scope.settings), "as_of"]
            fix = nearest(name, known) or Message("请在 facts.yaml 中声明，或改用已声明的事实。")
            raise self.fault("expr-name", expr, Message("没有叫 {name} 的事实。", name=name), fix)
        return FactRef(name, Type(fact.type, fact.codes))

    def setting(self, expr: Name) -> bool | int | str | tuple[int | str, ...]:
        name = expr.name.removeprefix("setting.")
        setting = self.scope.settings.get(name)
        if setting is None:
            fix = nearest(name, self.scope.settings) or Message("请在 settings.yaml 中声明。")
            raise self.fault("expr-name", expr, Message("没有叫 {name} 的设定。", name=name), fix)
        return setting.value

    def binary(self, op: str, expr: Binary, left: Expr, right: Expr) -> Node:
        if op in ("&&", "||"):
            nodes = tuple(self.of_type(side, BOOL) for side in _chain(op, expr))
            return And(nodes) if op == "&&" else Or(nodes)
        if op == "in":
            return self.membership(expr, left, right)
        if op in ("==", "!=", *_ORDER):
            return self.comparison(op, expr, left, right)
        signs: dict[str, Sum] = {"+": "+", "-": "-", "*": "*", "/": "/", "%": "%"}
        a, b = self.node(left), self.node(right)
        if DATE in (a.type, b.type):
            raise self.fault(
                "expr-type", expr, Message("日期不能直接加减。"), Message("请用 days_between(起, 止)。")
            )
        for side, node in ((left, a), (right, b)):
            if node.type != INT:
                raise self.mismatch(side, INT, node.type)
        return Arith(signs[op], a, b)

    def comparison(self, op: str, expr: Binary, left: Expr, right: Expr) -> Node:
        if _untyped(self.scope, left):  # the other side says what a text means
            b = self.node(right)
            a = self.node(left, b.type)
        else:
            a = self.node(left)
            b = self.node(right, a.type)
        for kind in (a.type.kind, b.type.kind):
            if kind in ("set", "parts"):
                say = 'has_part("类别", 等级)' if kind == "parts" else '"代码" in 事实'
                fix = Message("请写 {say}。", say=say)
                raise self.fault("expr-type", expr, Message("集合不能这样比较。"), fix)
        if isinstance(left, Binary) and left.op in _ORDER and op in _ORDER:
            fix = Message("请拆开：a < b && b < c。")
            raise self.fault("expr-type", expr, Message("比较不能连写。"), fix)
        if a.type != b.type:
            raise self.mismatch(right, a.type, b.type)
        kind = a.type.kind
        if op in _ORDER and kind not in ("int", "date"):
            raise self.fault("expr-type", expr, Message("{kind}没有大小之分。", kind=Message(KINDS[kind])),
                             Message("请用 ==、!= 或 in。"))  # fmt: skip
        if kind == "text" and not isinstance(a, Const) and not isinstance(b, Const):
            raise self.fault("expr-type", expr, Message("两个文字事实不能互相比较。"))
        if op in (">", ">="):
            a, b = b, a
        if op in ("==", "!="):
            return Compare("==", a, b) if op == "==" else Not(Compare("==", a, b))
        return Compare("<", a, b) if op in ("<", ">") else Compare("<=", a, b)

    def membership(self, expr: Binary, left: Expr, right: Expr) -> Node:
        if isinstance(right, Items):
            values: tuple[Expr, ...] = right.items
        elif isinstance(right, Name) and right.name.startswith("setting."):
            setting = self.setting(right)
            listed = setting if isinstance(setting, tuple) else (setting,)
            values = tuple(Literal(value, right.at) for value in listed)
        else:
            within = self.node(right)
            if within.type.kind != "set":
                raise self.fault("expr-type", right, Message("in 的右边应是列表、列表设定或集合事实。"))
            found = self.node(left, Type("code", within.type.codes))
            if not isinstance(found, Const):
                raise self.fault("expr-type", left, Message("集合里找的应是带引号的代码。"))
            return Has(within, int(found.value))
        if not values:
            raise self.fault("expr-type", right, Message("列表是空的。"))
        item = self.node(left)
        if item.type.kind in ("set", "parts", "bool"):
            raise self.fault(
                "expr-type", left, Message("{kind}不能写在 in 的左边。", kind=Message(KINDS[item.type.kind]))
            )
        nodes: list[Node] = []
        for value in values:
            node = self.of_type(value, item.type)
            if not isinstance(node, Const):
                raise self.fault("expr-type", value, Message("列表里只能写数值或带引号的文字。"))
            nodes.append(Compare("==", item, node))
        return nodes[0] if len(nodes) == 1 else Or(tuple(dict.fromkeys(nodes)))

    def choice(self, expr: Choice, test: Expr, then: Expr, other: Expr, expect: Type | None) -> Node:
        condition = self.of_type(test, BOOL)
        if expect is None and _untyped(self.scope, then):
            b = self.node(other)
            a = self.node(then, b.type)
        else:
            a = self.node(then, expect)
            b = self.node(other, a.type)
        if a.type != b.type:
            raise self.mismatch(other, a.type, b.type)
        return If(condition, a, b, a.type)

    def of_type(self, expr: Expr, expect: Type) -> Node:
        node = self.node(expr, expect)
        if node.type != expect:
            raise self.mismatch(expr, expect, node.type)
        return node

    def mismatch(self, expr: Expr, expect: Type, found: Type) -> Problem:
        what = Message(
            "此处应为{expected}，却是{found}。",
            expected=Message(KINDS[expect.kind]),
            found=Message(KINDS[found.kind]),
        )
        return self.fault("expr-type", expr, what)

    def fault(self, code: str, expr: Expr, what: Message, fix: Message | None = None) -> Problem:
        return fault(code, what, place=self.place, text=self.text, at=expr.at, fix=fix)


def _untyped(scope: Scope, expr: Expr) -> bool:
    """Whether `expr` is a text whose meaning its neighbour decides."""
    match expr:
        case Literal(value=str()):
            return True
        case Name(name=name) if name.startswith("setting."):
            setting = scope.settings.get(name.removeprefix("setting."))
            return setting is not None and isinstance(setting.value, str)
        case Choice(then=then, other=other):
            return _untyped(scope, then) and _untyped(scope, other)
        case _:
            return False


def _chain(op: str, expr: Expr) -> list[Expr]:
    """The operands of `a op b op c`, in order, without recursing down the left side."""
    found: list[Expr] = []
    while isinstance(expr, Binary) and expr.op == op:
        found.append(expr.right)
        expr = expr.left
    return [expr, *reversed(found)]
