"""Why a person belongs to a group, does not, or cannot be told: the kernel on one row, condition by condition."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from yice.rules.bits import Words, some
from yice.rules.columns import Columns
from yice.rules.explain.ask import cheapest_set
from yice.rules.expression import Scope, parse, resolve, typed
from yice.rules.expression.typed import Node, children
from yice.rules.kernel.evaluator import OneRow
from yice.rules.kernel.outcome import Block, Outcome
from yice.rules.kernel.program import Line, Program, Section, compile_plan
from yice.rules.kernel.screening import Screening
from yice.rules.model import Benefit, Condition, Fact, FindingKind, Plan, Rate, Status
from yice.rules.words import Place

Met = Literal["met", "failed", "unknown", "assumed"]


@dataclass(frozen=True)
class Used:
    """A fact a condition looks at: its value as a person writes it (None: unknown), or as derived from `of`."""

    fact: Fact
    value: Any
    of: tuple[Used, ...] = ()


@dataclass(frozen=True)
class Reason:
    """One condition. `assumed`: unknown, and taken as the plan presumes until it is applied for.

    In the section `exclusions` `met` means that the exclusion holds: the benefit is not due. Where it holds by a
    sum that cannot be weighed against this one, the benefit is assumed to be due.
    """

    key: str
    section: Section
    condition: Condition
    outcome: Met
    used: tuple[Used, ...]
    missing: tuple[str, ...]
    unlisted: tuple[str, ...] = ()  # tables without a line for this person on this day


@dataclass(frozen=True)
class Sum:
    """What is due: fen (None: cannot be told) and the lines of the tables it comes from."""

    benefit: Benefit
    fen: int | None
    rates: tuple[tuple[str, Rate], ...]
    used: tuple[Used, ...]


@dataclass(frozen=True)
class Explanation:
    """One person, one group, one day. The same words as `yice screen` writes."""

    group: str
    as_of: dt.date
    ended: bool
    status: Status
    reasons: tuple[Reason, ...]
    failed: tuple[str, ...]
    missing: tuple[str, ...]
    assumed: tuple[str, ...]
    ask: tuple[str, ...]  # the cheapest facts that can show that the person belongs
    amount: Sum | None
    amount_fen: int | None
    difference_fen: int | None
    receiving: bool | None
    finding: FindingKind
    plan: str
    version: str
    hash: str


def explain(plan: Plan, facts: Mapping[str, Any], group_id: str, as_of: dt.date) -> Explanation:
    """Explain `group_id` for the person with these facts on a day."""
    program = compile_plan(plan, as_of)
    columns = Columns.one(plan, facts)
    row = OneRow(columns, program.tables, program.leap_day)
    block = Block(program, row)
    outcome = block.outcome(group_id)
    (decision,) = Screening(program, columns, (group_id,), 1, 64).decide()
    reasons = tuple(_reasons(program, row, outcome))
    return Explanation(
        group=group_id,
        as_of=program.as_of,
        ended=program.ended,
        status=decision.status,
        reasons=reasons,
        failed=decision.failed,
        missing=decision.missing,
        assumed=tuple(reason.key for reason in reasons if reason.outcome == "assumed"),
        ask=cheapest_set(block, group_id) if decision.status == "unknown" else (),
        amount=_sum(program, row, outcome) if decision.status == "eligible" else None,
        amount_fen=decision.amount_fen,
        difference_fen=decision.difference_fen,
        receiving=decision.receiving,
        finding=decision.finding,
        plan=plan.id,
        version=plan.version,
        hash=plan.hash,
    )


def _reasons(program: Program, row: OneRow, outcome: Outcome) -> Iterator[Reason]:
    for line in outcome.program.lines:
        yield _reason(program, row, line, assumed=line.condition.presume is not None)
    barriers = zip(outcome.program.barriers, outcome.barred, outcome.unweighed, strict=True)
    for barrier, barred, unweighed in barriers:
        reason = _reason(program, row, barrier.line, assumed=True)
        if reason.outcome == "met" and not some(barred):  # it holds, but the other sum is not the higher
            reason = replace(reason, outcome="assumed" if some(unweighed) else "failed")
        yield reason


def _reason(program: Program, row: OneRow, line: Line, *, assumed: bool) -> Reason:
    true, false = row.bits(line.plain)
    missing: tuple[str, ...] = ()
    unlisted: tuple[str, ...] = ()
    if some(true):
        outcome: Met = "met"
    elif some(false):
        outcome = "failed"
    else:
        outcome = "assumed" if assumed else "unknown"
        found: dict[str, Words] = {}
        row.hanging(line.plain, row.full, found)
        missing, unlisted = tuple(sorted(found)), tuple(sorted(row.unlisted(line.plain)))
    used = _used(program, row, line.condition.text, line.condition.place)
    return Reason(line.key, line.section, line.condition, outcome, used, missing, unlisted)


def _sum(program: Program, row: OneRow, outcome: Outcome) -> Sum | None:
    benefit, node = outcome.program.benefit, outcome.program.due
    if benefit is None or node is None or benefit.amount is None:
        return None
    fen, known = outcome.due(np.array([0]))
    rates = tuple(dict.fromkeys(_rates(row, node)))
    used = _used(program, row, benefit.amount, benefit.place)
    return Sum(benefit, int(fen[0]) if known[0] else None, rates, used)


def _rates(evaluator: OneRow, node: Node) -> Iterator[tuple[str, Rate]]:
    """The lines looked up on the branches that were taken."""
    if isinstance(node, typed.Lookup):
        rate = evaluator.rate(node)
        if rate is not None:
            yield node.table, rate
    if isinstance(node, typed.If):
        true, false = evaluator.bits(node.test)
        if some(true):
            yield from _rates(evaluator, node.then)
        elif some(false):
            yield from _rates(evaluator, node.other)
        return
    for child in children(node):
        yield from _rates(evaluator, child)


def _used(program: Program, evaluator: OneRow, text: str, place: Place) -> tuple[Used, ...]:
    """The facts an expression names, in order, derived ones with what they come from."""
    scope = program.scope
    names: dict[str, None] = {}
    _names(resolve(parse(text, place), scope, text=text, place=place), scope, names)
    return tuple(_use(program, evaluator, name) for name in names)


def _use(program: Program, evaluator: OneRow, name: str) -> Used:
    fact = program.scope.facts[name]
    if fact.derive is None:
        return Used(fact, evaluator.columns.value(name))
    of = _used(program, evaluator, fact.derive, fact.place or Place("facts.yaml", 1, 1))
    return Used(fact, evaluator.value_of(program.fact(name), fact), of)


def _names(node: Node, scope: Scope, found: dict[str, None]) -> None:
    if isinstance(node, typed.FactRef):
        found[node.name] = None
    for child in children(node):
        _names(child, scope, found)
