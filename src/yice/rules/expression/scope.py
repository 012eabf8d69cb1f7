"""Which names an expression may use: a plan's facts, settings, tables, groups and benefits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from yice.rules.model import Benefit, Fact, FactType, Group, Plan, Setting, Table, row_of
from yice.rules.words import Words

# What is said of every benefit, whether or not a pack writes it down.
_OF_BENEFIT: dict[str, tuple[FactType, str, str]] = {
    "applied": ("bool", "已申请", "Applied for"),
    "receives": ("bool", "正在领取", "Receives"),
    "paid": ("int", "当月发放", "Paid in the month"),
}


def facts_of(plan: Plan) -> dict[str, Fact]:
    """The facts of a plan, with `applied.`, `receives.` and `paid.` of each benefit."""
    for known, facts in _made:
        if known is plan:
            return facts
    facts = _facts_of(plan)
    _made.append((plan, facts))
    del _made[:-16]
    return facts


def facts_of_persons(plan: Plan) -> dict[str, Fact]:
    """What may stand on the row of a person: facts of persons and of their households."""
    return {name: fact for name, fact in facts_of(plan).items() if row_of(fact.of) == "person"}


_made: list[tuple[Plan, dict[str, Fact]]] = []  # of the last plans in use


def _facts_of(plan: Plan) -> dict[str, Fact]:
    facts = dict(plan.facts)
    for benefit in plan.benefits.values():
        for word, (kind, zh, en) in _OF_BENEFIT.items():
            name = f"{word}.{benefit.id}"
            label = Words(f"{zh}：{benefit.title.zh}", f"{en}: {benefit.title.en}")
            source = f"list:{benefit.receipts}" if benefit.receipts and word != "applied" else "person"
            unit = "fen" if word == "paid" else ""
            facts.setdefault(name, Fact(name, kind, label, unit=unit, source=source))
    return facts


@dataclass(frozen=True)
class Scope:
    """`may_ask_known`: forms, targets and steps may say `known(fact)`; a rule may not."""

    facts: Mapping[str, Fact]
    settings: Mapping[str, Setting]
    tables: Mapping[str, Table]
    groups: Mapping[str, Group]
    benefits: Mapping[str, Benefit]
    may_ask_known: bool = False

    @classmethod
    def of(cls, plan: Plan, *, may_ask_known: bool = False) -> Scope:
        return cls(facts_of(plan), plan.settings, plan.tables, plan.groups, plan.benefits, may_ask_known)
