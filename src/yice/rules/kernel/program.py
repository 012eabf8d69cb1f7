"""A plan compiled for one day: each group's conditions as nodes, shared wherever they are the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from yice.rules.expression import Scope, parse, resolve
from yice.rules.expression.faults import fault
from yice.rules.expression.typed import BOOL, INT, And, FactRef, Node, Not, Or, Presume, Type
from yice.rules.kernel.evaluator import Tables
from yice.rules.kernel.lower import Lowering, joined
from yice.rules.model import Benefit, Condition, Exclusion, Group, Plan
from yice.rules.words import Place
from yice.terms.messages import Message

Section = Literal["applies", "within", "when", "exclusions"]
KEPT = 16  # compiled plans and days kept: some plans, some months of back pay


@dataclass(frozen=True)
class Line:
    """One condition of a group. `key` is what `failed` names: the condition's id, under its own group's id where
    it comes from a parent group. `node` has the presumption in it, `plain` has not."""

    key: str
    section: Section
    condition: Condition
    plain: Node
    node: Node


@dataclass(frozen=True)
class Barrier:
    """One exclusion of a group's benefit; `weighed` names a benefit whose amount is compared."""

    line: Line
    exclusion: Exclusion


@dataclass(frozen=True)
class GroupProgram:
    """What one group evaluates. `member` is the group without the exclusions of its benefit."""

    group: Group
    lines: tuple[Line, ...]
    member: Node
    benefit: Benefit | None
    barriers: tuple[Barrier, ...]
    due: Node | None  # fen

    @property
    def compared(self) -> bool:
        """Whether a list shows who receives the benefit, so that there can be findings."""
        return self.benefit is not None and self.benefit.receipts is not None


class Program:
    """A plan on one day. Made by `compile_plan`, which keeps it."""

    def __init__(self, plan: Plan, as_of: dt.date) -> None:
        self.ended = plan.until is not None and as_of > plan.until
        self.asked = as_of
        self.plan, self.as_of = plan, plan.until if self.ended and plan.until else as_of
        self.tables = Tables(plan, self.as_of)
        self._lowering = Lowering(plan, self.as_of, lambda group: self._group(group).member, self._entitled)
        self.leap_day = self._lowering.leap_day
        self._groups: dict[str, GroupProgram] = {}
        self._due: dict[str, Node | None] = {}
        self._open: list[str] = []
        for group in plan.groups:
            self._group(group)
        self.groups = {name: self._groups[name] for name in plan.groups}

    @property
    def scope(self) -> Scope:
        """The names its expressions may use."""
        return self._lowering.scope

    def fact(self, name: str) -> Node:
        """A fact's node: what a derived one is derived by."""
        fact = self.scope.facts[name]
        return self._lowering.node(FactRef(name, Type(fact.type, fact.codes)))

    def asked_of(self, text: str, place: Place) -> Node:
        """The node of an expression that may ask `known(fact)`: what a target counts."""
        asking = Scope.of(self.plan, may_ask_known=True)
        return self._lowering.node(resolve(parse(text, place), asking, text=text, place=place, expect=BOOL))

    def due(self, benefit: Benefit) -> Node | None:
        """The amount of a benefit in fen, or None where none is written."""
        if benefit.id not in self._due:
            amount = self._lowering.text(benefit.amount, benefit.place, INT) if benefit.amount else None
            self._due[benefit.id] = amount
        return self._due[benefit.id]

    def _group(self, name: str) -> GroupProgram:
        done = self._groups.get(name)
        if done is not None:
            return done
        group = self.plan.groups[name]
        if name in self._open:
            loop = " → ".join([*self._open[self._open.index(name) :], name])
            raise fault(
                "rule-cycle", Message("人群互相包含，绕成了圈：{groups}。", groups=loop), place=group.place
            )
        self._open.append(name)
        try:
            made = self._groups[name] = self._make(group)
        finally:
            self._open.pop()
        return made

    def _entitled(self, benefit: str) -> Node:
        """In the benefit's group or one of its routes, and taken out by no exclusion that is known.

        Where the higher of two sums is chosen nobody is taken out: what is due is one of the two.
        """
        made = self.plan.benefits[benefit]
        ways = tuple(self._group(name).member for name in (made.group, *made.routes))
        barred = tuple(
            Presume(self._lowering.text(exclusion.condition.text, exclusion.condition.place), False)
            for exclusion in made.excludes
            if exclusion.effect != "choose_higher" and self._active(exclusion.condition)
        )
        return self._lowering.node(And((joined(Or, ways), *(Not(one) for one in barred))))

    def _make(self, group: Group) -> GroupProgram:
        lines = tuple(self._lines(group))
        member = self._lowering.node(joined(And, tuple(line.node for line in lines)))
        benefit = self._benefit(group)
        barriers = tuple(
            Barrier(self._line(exclusion.condition, "exclusions"), exclusion)
            for exclusion in (benefit.excludes if benefit else ())
            if self._active(exclusion.condition)
        )
        _once(group, [line.key for line in (*lines, *(barrier.line for barrier in barriers))])
        return GroupProgram(group, lines, member, benefit, barriers, self.due(benefit) if benefit else None)

    def _lines(self, group: Group) -> Iterator[Line]:
        if group.same_as is not None:
            yield from self._group(group.same_as).lines
            return
        own = [self._line(condition, "applies") for condition in group.applies if self._active(condition)]
        yield from own
        if group.within is not None:
            seen = {line.condition for line in own}
            for line in self._group(group.within).lines:
                if line.condition not in seen:  # what applies to the whole pack is told once
                    key = line.key if line.section == "within" else f"{group.within}/{line.key}"
                    yield Line(key, "within", line.condition, line.plain, line.node)
        for condition in group.when:
            if self._active(condition):
                yield self._line(condition, "when")

    def _line(self, condition: Condition, section: Section) -> Line:
        plain = self._lowering.text(condition.text, condition.place)
        node = plain if condition.presume is None else self._lowering.node(Presume(plain, condition.presume))
        return Line(condition.id, section, condition, plain, node)

    def _active(self, condition: Condition) -> bool:
        """Whether the condition counts: one that only practice adds is switched on by its setting."""
        if condition.practice is None:
            return True
        setting = self.plan.settings.get(condition.practice)
        if setting is None:
            what = Message("没有叫 {name} 的设定。", name=condition.practice)
            raise fault("expr-name", what, place=condition.place)
        return setting.value is True

    def _benefit(self, group: Group) -> Benefit | None:
        if group.benefit is not None:
            return self.plan.benefits.get(group.benefit)
        return next((b for b in self.plan.benefits.values() if b.group == group.id), None)


def _once(group: Group, keys: list[str]) -> None:
    """A reason is told by its key, so a group has each key once."""
    twice = next((key for i, key in enumerate(keys) if key in keys[:i]), None)
    if twice is not None:
        what = Message("{group} 里有两个条件都叫 {key}。", group=group.id, key=twice)
        raise fault("rule-twice", what, place=group.place, fix=Message("请改其中一个的名称。"))


_kept: list[Program] = []  # newest last


def compile_plan(plan: Plan, as_of: dt.date) -> Program:
    """The plan ready to run on `as_of`; the last few are kept, so that asking again costs nothing."""
    for program in _kept:
        if program.plan is plan and program.asked == as_of:
            return program
    made = Program(plan, as_of)
    _kept.append(made)
    del _kept[:-KEPT]
    return made
