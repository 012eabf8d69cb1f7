"""What stands in the way of an expression that a step asks: the conditions that fail, and what is not known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from yice.rules.explain.reasons import Explanation, explain
from yice.rules.expression import Scope, parse, resolve, typed
from yice.rules.expression.scope import facts_of
from yice.rules.expression.typed import Node, children
from yice.rules.model import Condition, Fact, Plan
from yice.rules.words import Place


@dataclass(frozen=True)
class InTheWay:
    """Of the way to it that fails least: conditions known to fail, exclusions that hold, facts not known.

    `facts`: what the expression looks at by itself, outside any group.
    """

    failed: tuple[Condition, ...] = ()
    excluded: tuple[Condition, ...] = ()
    unknown: tuple[Fact, ...] = ()
    facts: tuple[Fact, ...] = ()


def in_the_way(plan: Plan, facts: Mapping[str, Any], text: str, place: Place, as_of: dt.date) -> InTheWay:
    """Why `text` is not true of the person with these facts."""
    node = resolve(parse(text, place), Scope.of(plan, may_ask_known=True), text=text, place=place)
    known = facts_of(plan)
    own = tuple(known[name] for name in dict.fromkeys(_facts(node)) if name in known)
    ways = [explain(plan, facts, name, as_of) for name in dict.fromkeys(_groups(plan, node))]
    if not ways:
        return InTheWay(unknown=tuple(one for one in own if facts.get(one.name) is None), facts=own)
    return _least(known, min(ways, key=_distance), own)


def _least(known: Mapping[str, Fact], way: Explanation, own: tuple[Fact, ...]) -> InTheWay:
    return InTheWay(
        tuple(
            one.condition for one in way.reasons if one.section != "exclusions" and one.outcome == "failed"
        ),
        tuple(one.condition for one in way.reasons if one.section == "exclusions" and one.outcome == "met"),
        tuple(known[name] for name in way.missing if name in known),
        own,
    )


def _distance(way: Explanation) -> tuple[int, int]:
    return len(way.failed), len(way.missing)


def _groups(plan: Plan, node: Node) -> Iterator[str]:
    match node:
        case typed.InGroup(group=group):
            yield group
        case typed.Entitled(benefit=benefit):
            yield from (plan.benefits[benefit].group, *plan.benefits[benefit].routes)
    for child in children(node):
        yield from _groups(plan, child)


def _facts(node: Node) -> Iterator[str]:
    if isinstance(node, typed.FactRef):
        yield node.name
    for child in children(node):
        yield from _facts(child)
