"""Tokens to a tree: the typed CEL subset of the rules, by recursive descent with a limit on depth."""

from __future__ import annotations

import functools
import re

from yice.rules.expression.ast import Binary, Call, Choice, Expr, Items, Literal, Name, Unary
from yice.rules.expression.faults import fault
from yice.rules.expression.lexer import Token, tokens
from yice.rules.words import Place
from yice.terms.errors import Problem
from yice.terms.messages import Message

MAX_DEPTH = 32
MAX_OPERATORS = 200
MAX_ITEMS = 200
_LEVELS = (("||",), ("&&",), ("==", "!=", "<", "<=", ">", ">=", "in"), ("+", "-"), ("*", "/", "%"))


@functools.lru_cache(maxsize=8192)
def parse(text: str, place: Place) -> Expr:
    """The tree of `text`, which begins at `place`; a Problem says what was expected and where."""
    return _Parser(text, place).whole()


class _Parser:
    def __init__(self, text: str, place: Place) -> None:
        self.text, self.place = text, place
        self.tokens, self.next, self.depth, self.operators = tokens(text, place), 0, 0, 0

    def whole(self) -> Expr:
        tree = self.choice()
        if self.token.kind != "end":
            raise self.expected(Message("运算符或结尾"))
        return tree

    def choice(self) -> Expr:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.fault("expr-limit", Message("嵌套超过 {limit} 层。", limit=MAX_DEPTH))
        test = self.binary(0)
        if at := self.accept("?"):
            then = self.choice()
            self.require(":")
            test = Choice(test, then, self.choice(), at.at)
        self.depth -= 1
        return test

    def binary(self, level: int) -> Expr:
        if level == len(_LEVELS):
            return self.unary()
        left = self.binary(level + 1)
        while op := self.accept(*_LEVELS[level]):
            self.operators += 1
            if self.operators > MAX_OPERATORS:
                raise self.fault("expr-limit", Message("运算符超过 {limit} 个。", limit=MAX_OPERATORS), op)
            left = Binary(op.text, left, self.binary(level + 1), op.at)
        return left

    def unary(self) -> Expr:
        signs: list[Token] = []
        while sign := self.accept("!", "-"):
            signs.append(sign)
            if len(signs) > MAX_DEPTH:
                raise self.fault("expr-limit", Message("嵌套超过 {limit} 层。", limit=MAX_DEPTH))
        tree = self.primary()
        for sign in reversed(signs):
            tree = Unary(sign.text, tree, sign.at)
        return tree

    def primary(self) -> Expr:
        token = self.token
        if token.kind == "int":
            self.next += 1
            return Literal(self.whole_number(token), token.at)
        if token.kind == "string":
            self.next += 1
            return Literal(re.sub(r"\\(.)", r"\1", token.text[1:-1]), token.at)
        if token.kind == "name" and token.text != "in":
            self.next += 1
            if token.text in ("true", "false"):
                return Literal(token.text == "true", token.at)
            if self.accept("("):
                return Call(token.text, self.items(")"), token.at)
            return Name(token.text, token.at)
        if self.accept("("):
            tree = self.choice()
            self.require(")")
            return tree
        if self.accept("["):
            return Items(self.items("]"), token.at)
        raise self.expected(Message("事实、数值或左括号"))

    def items(self, closing: str) -> tuple[Expr, ...]:
        if self.accept(closing):
            return ()
        found = [self.choice()]
        while self.accept(","):
            found.append(self.choice())
            if len(found) > MAX_ITEMS:
                raise self.fault("expr-limit", Message("一个列表最多 {limit} 项。", limit=MAX_ITEMS))
        self.require(closing)
        return tuple(found)

    def whole_number(self, token: Token) -> int:
        if len(token.text) > 19 or int(token.text) >= 2**63:
            raise self.fault("expr-limit", Message("整数过大。"), token)
        return int(token.text)

    @property
    def token(self) -> Token:
        return self.tokens[self.next]

    def accept(self, *texts: str) -> Token | None:
        token = self.token
        if token.text in texts and token.kind in ("op", "name"):
            self.next += 1
            return token
        return None

    def require(self, text: str) -> None:
        if not self.accept(text):
            raise self.expected(f" {text} ")

    def expected(self, what: Message | str) -> Problem:
        token = self.token
        if token.kind == "end":
            return self.fault("expr-syntax", Message("表达式没有写完，此处应为{what}。", what=what))
        return self.fault(
            "expr-syntax", Message("此处应为{what}，却是 {found}。", what=what, found=token.text)
        )

    def fault(self, code: str, what: Message, token: Token | None = None) -> Problem:
        return fault(code, what, place=self.place, text=self.text, at=(token or self.token).at)
