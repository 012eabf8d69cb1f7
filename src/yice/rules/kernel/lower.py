"""A plan's nodes made ready for one day: dates and tables fixed, derived facts and groups put in place.

What can be decided beforehand is; an age beside a number becomes one comparison of birth dates. Equal nodes come
out as one object, so that the kernel knows them by identity and evaluates each once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

from yice.rules.dates import LEAP_DAY_RULES, born_by
from yice.rules.expression import Scope, parse, resolve
from yice.rules.expression.faults import fault
from yice.rules.expression.literals import days
from yice.rules.expression.typed import (
    BOOL,
    DATE,
    Age,
    And,
    Arith,
    AsOf,
    Compare,
    Const,
    Days,
    Entitled,
    FactRef,
    Has,
    If,
    InGroup,
    Known,
    Lookup,
    Node,
    Not,
    Or,
    Part,
    Presume,
    Type,
    Within,
)
from yice.rules.model import Plan
from yice.rules.words import Place
from yice.terms.messages import Message

TRUE, FALSE = Const(True, BOOL), Const(False, BOOL)


def _no_benefits(benefit: str) -> Node:
    raise KeyError(benefit)


class Lowering:
    """Turns resolved nodes into the few forms the kernel evaluates."""

    def __init__(
        self,
        plan: Plan,
        as_of: dt.date,
        group: Callable[[str], Node],
        entitled: Callable[[str], Node] = _no_benefits,
    ) -> None:
        self.scope, self.as_of, self.group, self.entitled = Scope.of(plan), as_of, group, entitled
        rule = plan.settings.get("leap_day_birthday")
        self.leap_day = str(rule.value) if rule else LEAP_DAY_RULES[0]
        self._one: dict[Node, Node] = {}
        self._done: dict[Node, Node] = {}
        self._deriving: list[str] = []

    def text(self, text: str, place: Place, expect: Type | None = BOOL) -> Node:
        """The node of an expression written at `place`."""
        return self.node(resolve(parse(text, place), self.scope, text=text, place=place, expect=expect))

    def node(self, node: Node) -> Node:
        done = self._done.get(node)
        if done is None:
            made = self._lower(node)
            done = self._done[node] = self._one.setdefault(made, made)
        return done

    def _lower(self, node: Node) -> Node:
        match node:
            case AsOf():
                return Const(days(self.as_of), DATE)
            case FactRef(name=name):
                return self._fact(node, name)
            case InGroup(group=group):
                return self.group(group)
            case Entitled(benefit=benefit):
                return self.entitled(benefit)
            case Not(operand=operand):
                return negated(self.node(operand))
            case And(items=items):
                return joined(And, tuple(self.node(item) for item in items))
            case Or(items=items):
                return joined(Or, tuple(self.node(item) for item in items))
            case If(test=test, then=then, other=other):
                chosen = self.node(test)
                if isinstance(chosen, Const):
                    return self.node(then if chosen.value else other)
                return replace(node, test=chosen, then=self.node(then), other=self.node(other))
            case Compare(op=op, left=left, right=right):
                return self._compare(replace(node, op=op, left=self.node(left), right=self.node(right)))
            case Presume(operand=operand):
                inner = self.node(operand)
                return inner if isinstance(inner, Const) else replace(node, operand=inner)
            case Within(area=area):
                return replace(node, area=self.node(area))
            case Has(set=found):
                return replace(node, set=self.node(found))
            case Part(parts=parts):
                return replace(node, parts=self.node(parts))
            case Known(fact=fact):
                return replace(node, fact=self.node(fact))
            case Arith(left=left, right=right):
                return replace(node, left=self.node(left), right=self.node(right))
            case Age(on=on):
                return replace(node, on=self.node(on))
            case Days(start=start, end=end):
                return replace(node, start=self.node(start), end=self.node(end))
            case Lookup(keys=keys):
                return replace(node, keys=tuple(self.node(key) for key in keys))
            case _:
                return node

    def _fact(self, node: FactRef, name: str) -> Node:
        fact = self.scope.facts[name]
        if fact.derive is None:
            return node
        place = fact.place or Place("facts.yaml", 1, 1)
        if name in self._deriving:
            round_trip = " → ".join([*self._deriving[self._deriving.index(name) :], name])
            raise fault("rule-cycle", Message("推导的事实绕成了圈：{facts}。", facts=round_trip), place=place)
        self._deriving.append(name)
        try:
            return self.text(fact.derive, place, node.type)
        finally:
            self._deriving.pop()

    def _compare(self, node: Compare) -> Node:
        match node:
            case Compare(op=op, left=Const(value=a), right=Const(value=b)):
                return TRUE if (a == b if op == "==" else a < b if op == "<" else a <= b) else FALSE  # type: ignore[operator]
            case Compare(op="==", left=Const() as const, right=other):
                return self._compare(Compare("==", other, const))
            case Compare(op="==", left=truth, right=Const(value=bool() as value)):
                return truth if value else negated(truth)
            case Compare(op=op, left=Age() as age, right=Const(value=number)) if isinstance(age.on, Const):
                if op == "==":
                    return self.node(
                        And((self._aged(age, int(number)), negated(self._aged(age, int(number) + 1))))
                    )
                return negated(self._aged(age, int(number) + (op == "<=")))
            case Compare(op=op, left=Const(value=number), right=Age() as age) if isinstance(age.on, Const):
                return self._aged(age, int(number) + (op == "<"))
            case _:
                return node

    def _aged(self, age: Age, years: int) -> Node:
        """`age` is at least `years`: born on a day or before."""
        assert isinstance(age.on, Const)  # noqa: S101 - the callers matched it
        on = dt.date(1970, 1, 1) + dt.timedelta(days=int(age.on.value))
        last = Const(born_by(years, on, self.leap_day), DATE)
        return self.node(Compare("<=", age.birth, last))


def negated(node: Node) -> Node:
    match node:
        case Const(value=value):
            return FALSE if value else TRUE
        case Not(operand=operand):
            return operand
        case _:
            return Not(node)


def joined(kind: type[And] | type[Or], items: tuple[Node, ...]) -> Node:
    """One flat And or Or, each item once, without what decides nothing."""
    idle, decisive = (TRUE, FALSE) if kind is And else (FALSE, TRUE)
    flat: dict[Node, None] = {}
    for item in items:
        for part in item.items if isinstance(item, kind) else (item,):
            if part == decisive:
                return decisive
            if part != idle:
                flat[part] = None
    if len(flat) == 1:
        return next(iter(flat))
    return kind(tuple(flat)) if flat else idle
