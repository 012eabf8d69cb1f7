"""Which items are asked of somebody and what does not fit: gates and checks by the kernel, over facts and items alike.

An item stands among the facts under its own id; a gate may ask items written before it. What a gate shuts out is none
of its codes, so that `R19 != "1"` is true of somebody who is not asked R19; not answered yet, it is unknown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from yice.rules.bits import pick
from yice.rules.columns import Columns
from yice.rules.expression.typed import Node
from yice.rules.kernel.evaluator import Evaluator
from yice.rules.kernel.program import Program, compile_plan
from yice.rules.model import Fact, Plan
from yice.rules.questionnaires.model import Check, Gate, Item, Questionnaire

Answers = Mapping[str, Any]
_FIRST = np.array([0])
_NOT_ASKED = "-"


_NONE = {"code": _NOT_ASKED, "set": "none"}


def fact_of(item: Item) -> Fact:
    """The item as expressions see it."""
    return Fact(
        name=item.id,
        type=item.type,
        label=item.label,
        codes=tuple(item.codes),
        code_labels=tuple(item.codes.values()),
        source="person",
        low=item.low,
        high=item.high,
    )


def with_items(plan: Plan, of: Questionnaire) -> Plan:
    """The plan's facts with the items beside them, and nothing that would have to be compiled for gates."""
    items = {name: fact_of(item) for name, item in of.items.items()}
    for name, fact in items.items():
        if fact.type == "code":
            items[name] = replace(fact, codes=(*fact.codes, _NOT_ASKED))
    return replace(plan, facts={**plan.facts, **items}, groups={}, benefits={}, targets={})


@dataclass(frozen=True)
class Asked:
    """Of one person: what is asked (True), not asked (False), or hangs on something unknown (None)."""

    applies: Mapping[str, bool | None]
    answers: dict[str, Any]  # without what is not asked

    def shown(self) -> list[str]:
        return [name for name, said in self.applies.items() if said is not False]


class Asking:
    """A questionnaire on the day its round began. Make it once: its gates are compiled."""

    def __init__(self, plan: Plan, of: Questionnaire, as_of: dt.date) -> None:
        self.of = of
        self.plan = with_items(plan, of)
        self.program: Program = compile_plan(self.plan, as_of)
        self._gates = {name: self._gates_of(item) for name, item in of.items.items()}
        self._checks = [(check, self._node(check.wrong_when)) for check in of.checks]

    def asked(self, answers: Answers, facts: Mapping[str, Any]) -> Asked:
        """`answers`: item → value as kept; `facts`: what is known of the person."""
        given = {name: value for name, value in answers.items() if name in self.of.items}
        shut: frozenset[str] = frozenset()
        while True:
            held = {name: value for name, value in given.items() if name not in shut}
            evaluator = self._over(held, facts, shut)
            applies = {
                name: _all(self._truth(evaluator, node) for node in nodes)
                for name, nodes in self._gates.items()
            }
            now = frozenset(name for name, said in applies.items() if said is False)
            if now == shut:
                return Asked(applies, held)
            shut = now

    def wrong(self, asked: Asked, facts: Mapping[str, Any]) -> list[Check]:
        """The checks that are known to fail."""
        if not self._checks:
            return []
        shut = frozenset(name for name, said in asked.applies.items() if said is False)
        evaluator = self._over(asked.answers, facts, shut)
        return [check for check, node in self._checks if self._truth(evaluator, node) is True]

    def _over(self, answers: Answers, facts: Mapping[str, Any], shut: frozenset[str]) -> Evaluator:
        nothing = {name: _NONE[kind] for name in shut if (kind := self.of.items[name].type) in _NONE}
        columns = Columns.one(self.plan, {**facts, **answers, **nothing})
        return Evaluator(columns, self.program.tables, self.program.leap_day)

    def _truth(self, evaluator: Evaluator, node: Node) -> bool | None:
        true, false = evaluator.bits(node)
        if bool(pick(true, _FIRST)[0]):
            return True
        return False if bool(pick(false, _FIRST)[0]) else None

    def _gates_of(self, item: Item) -> list[Node]:
        gates = (self.of.sections[item.section].gate, item.gate)
        return [self._node(gate) for gate in gates if gate is not None]

    def _node(self, gate: Gate) -> Node:
        return self.program.asked_of(gate.text, gate.place)


def _all(truths: Iterable[bool | None]) -> bool | None:
    found = list(truths)
    if False in found:
        return False
    return None if None in found else True


_kept: list[tuple[Plan, str, dt.date, Asking]] = []


def asking(plan: Plan, of: Questionnaire, as_of: dt.date) -> Asking:
    """The compiled questionnaire; the last few are kept."""
    for known, name, day, made in _kept:
        if known is plan and name == of.id and day == as_of:
            return made
    made = Asking(plan, of, as_of)
    _kept.append((plan, of.id, as_of, made))
    del _kept[:-8]
    return made
