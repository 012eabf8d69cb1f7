"""A plan's cases reach every edge: each group is met, failed at each condition, and open for want of each fact."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from yice.rules.columns import Columns
from yice.rules.expression import Scope, parse, resolve
from yice.rules.expression.typed import Entitled, FactRef, InGroup, Node, children
from yice.rules.kernel.program import Line, compile_plan
from yice.rules.kernel.screening import Decision, screen
from yice.rules.model import Plan
from yice.rules.pack.cases import own_cases
from yice.rules.pack.loader import plan_of
from yice.rules.pack.written import Written, read_pack
from yice.rules.settings import Value
from yice.terms.clock import today

PACKS = Path(__file__).resolve().parents[2] / "packs"
PLANS = ["cn-11-2018", "cn-43-2016", "cn-22-2017", "cn-15-2013", "cn-440704-2016"]


@pytest.mark.parametrize("name", PLANS)
def test_each_group_has_cases_of_all_three_kinds_and_at_every_condition(name: str) -> None:
    written = read_pack(PACKS / name)
    plan, seen = plan_of(written), defaultdict[str, list[Decision]](list)
    for decision in decisions(written):
        seen[decision.group].append(decision)
    compiled, scope = compile_plan(plan, plan.until or today()).groups, Scope.of(plan)
    groups = own_groups(plan, written)
    assert [one for name in groups for one in lacking(scope, compiled[name].lines, name, seen[name])] == []


def own_groups(plan: Plan, written: Written) -> list[str]:
    return [
        name
        for name, group in plan.groups.items()
        if written.groups[name].pack == plan.id and not group.same_as
    ]


def lacking(scope: Scope, lines: Iterable[Line], group: str, seen: list[Decision]) -> Iterator[str]:
    for status in ("eligible", "ineligible", "unknown"):
        if status not in {decision.status for decision in seen}:
            yield f"{group}: {status}"
    failed = {key for decision in seen for key in decision.failed}
    missing = {name for decision in seen for name in decision.missing}
    for line in lines:
        if line.section == "when":
            if line.key not in failed:
                yield f"{group}: {line.key} failed"
            yield from (f"{group}: {fact} missing" for fact in sorted(facts_of_line(scope, line) - missing))


def facts_of_line(scope: Scope, line: Line) -> set[str]:
    """The facts that a condition reads itself; those of groups it asks about have their own cases there."""
    text, place = line.condition.text, line.condition.place
    written = list(walk(resolve(parse(text, place), scope, text=text, place=place)))
    if any(isinstance(node, InGroup | Entitled) for node in written):
        return set()
    return {node.name for node in walk(line.plain) if isinstance(node, FactRef)}


def walk(node: Node) -> Iterator[Node]:
    yield node
    for child in children(node):
        yield from walk(child)


def decisions(written: Written) -> Iterator[Decision]:
    plans: dict[str, Plan] = {}
    for _, cases, _ in own_cases(written):
        for case in cases.cases:
            settings: dict[str, Value] = dict(case.set)
            key = repr(settings)
            plan = plans[key] = plans.get(key) or plan_of(written, settings)
            facts = {
                name: value for name, value in {**cases.given, **case.given}.items() if value is not None
            }
            day = case.on or cases.on or today()
            yield from screen(plan, Columns.one(plan, facts), day, groups=tuple(case.expect)).decide()
