"""The expression language of packs: a typed subset of CEL with our own parser, checker and places."""

from yice.rules.expression.ast import Expr
from yice.rules.expression.parser import parse
from yice.rules.expression.resolving import check, resolve
from yice.rules.expression.scope import Scope, facts_of
from yice.rules.expression.typed import Node, Type

__all__ = ["Expr", "Node", "Scope", "Type", "check", "facts_of", "parse", "resolve"]
