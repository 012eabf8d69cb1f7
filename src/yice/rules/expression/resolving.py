"""A tree with names looked up and types agreed, by the checker and the functions that may be called."""

from __future__ import annotations

from yice.rules.expression.ast import Expr
from yice.rules.expression.checker import Checker
from yice.rules.expression.functions import call
from yice.rules.expression.scope import Scope
from yice.rules.expression.typed import Node, Type
from yice.rules.words import Place

NOWHERE = Place("", 1, 1)


def check(
    expr: Expr, scope: Scope, *, text: str = "", place: Place = NOWHERE, expect: Type | None = None
) -> Type:
    """The type of `expr`; a Problem if a name is unknown or types do not fit. `text` and `place` locate it."""
    return resolve(expr, scope, text=text, place=place, expect=expect).type


def resolve(
    expr: Expr, scope: Scope, *, text: str = "", place: Place = NOWHERE, expect: Type | None = None
) -> Node:
    """`expr` as typed nodes, of type `expect` where one is asked for."""
    checker = Checker(scope, text, place, call)
    node = checker.node(expr, expect)
    if expect is not None and node.type != expect:
        raise checker.mismatch(expr, expect, node.type)
    return node
