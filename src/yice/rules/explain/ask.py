"""Questions for one person: those first that decide most, at most a few, none that another list can answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from yice.rules.columns import Columns
from yice.rules.explain.answers import Search, cost
from yice.rules.kernel.evaluator import OneRow
from yice.rules.kernel.outcome import Block
from yice.rules.kernel.program import compile_plan
from yice.rules.model import Fact, Plan

AT_MOST = 10


@dataclass(frozen=True)
class Question:
    """One fact to ask for: the groups it can decide by itself, and all whose answer hangs on it."""

    fact: Fact
    decides: tuple[str, ...]
    touches: tuple[str, ...]


def cheapest_set(block: Block, group: str) -> tuple[str, ...]:
    """The cheapest facts whose answers can make the block's one row belong to `group`; else all it hangs on."""
    search = Search(block.evaluator, block.evaluator.columns.facts)
    outcome = block.outcome(group)
    ways = search.ways(outcome.program.member).true
    if ways:
        return tuple(sorted(ways[0], key=lambda name: (cost(search.facts[name]), name)))
    return tuple(name for name, _ in outcome.missing)


def ask(
    plan: Plan, facts: Mapping[str, Any], groups: Sequence[str], as_of: dt.date, *, limit: int = AT_MOST
) -> tuple[Question, ...]:
    """What to ask the person with these facts, so that as many of `groups` as possible are decided."""
    program = compile_plan(plan, as_of)
    evaluator = OneRow(Columns.one(plan, facts), program.tables, program.leap_day)
    block, search = Block(program, evaluator), Search(evaluator, evaluator.columns.facts)
    decides: dict[str, list[str]] = {}
    touches: dict[str, list[str]] = {}
    for group in groups:
        outcome = block.outcome(group)
        if not outcome.unknown:
            continue
        ways = search.ways(outcome.program.member)
        alone = {name for way in (*ways.true, *ways.false) if len(way) == 1 for name in way}
        for name, _ in outcome.missing:
            touches.setdefault(name, []).append(group)
            if name in alone:
                decides.setdefault(name, []).append(group)
    questions = [
        Question(search.facts[name], tuple(decides.get(name, ())), tuple(found))
        for name, found in touches.items()
        if not search.facts[name].source.startswith("list:")
    ]
    questions.sort(key=lambda q: (-len(q.decides), -len(q.touches), cost(q.fact), q.fact.name))
    return tuple(questions[:limit])
