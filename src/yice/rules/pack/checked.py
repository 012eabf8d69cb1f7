"""Every expression of a plan parsed and type-checked before anything runs, and nothing that refers to itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from graphlib import CycleError, TopologicalSorter
from typing import cast

from yice.rules.expression import Scope, Type, parse, resolve
from yice.rules.expression.typed import BOOL, INT, Entitled, FactRef, InGroup, Node, children
from yice.rules.model import Plan, Row, row_of
from yice.rules.pack.written import Written
from yice.rules.pack.yaml import problem_at
from yice.rules.targets.forms import counted
from yice.rules.words import Place
from yice.terms.errors import Problem
from yice.terms.messages import Message

MAX_CHAIN = 20  # groups within groups, facts derived from derived facts
_NOWHERE = Place("", 1, 1)


def check_expressions(plan: Plan, written: Written, problems: list[Problem]) -> None:
    """Add what is wrong with any condition, amount or derived fact, and every circle of groups or facts."""
    scope, asking = Scope.of(plan), Scope.of(plan, may_ask_known=True)
    told: set[tuple[Place, str]] = set()
    groups: dict[str, set[str]] = {}
    facts: dict[str, set[str]] = {}
    for owner, text, place, expect in _expressions(plan, written):
        if (place, text) in told and not owner.startswith("group:"):
            continue
        told.add((place, text))
        try:
            names = asking if owner.startswith("target:") else scope
            node = resolve(parse(text, place), names, text=text, place=place, expect=expect)
        except Problem as problem:
            if not any(problem.code == old.code and problem.where == old.where for old in problems):
                problems.append(problem)
            continue
        kind, _, name = owner.partition(":")
        nodes = list(_walk(node))
        if kind == "group":
            groups.setdefault(name, set()).update(_groups_of(plan, nodes))
        elif kind == "benefit":
            for leading in (plan.benefits[name].group, *plan.benefits[name].routes):
                groups.setdefault(leading, set()).update(_groups_of(plan, nodes))
        if kind != "target":
            for one in nodes:
                if isinstance(one, FactRef) and scope.facts[one.name].records is not None:
                    what = Message("{name} 由办理的记录说明，只有目标能用，人群和待遇不能用。", name=one.name)
                    problems.append(problem_at(place, "pack-records", what))
        if kind == "fact":
            facts.setdefault(name, set()).update(n.name for n in nodes if isinstance(n, FactRef))
        _tell_strange_rows(plan, scope, _row(plan, owner), nodes, place, problems)
    for group in plan.groups.values():
        for other in filter(None, (group.within, group.same_as)):
            groups.setdefault(group.id, set()).add(other)
            if row_of(plan.groups[other].unit) != row_of(group.unit):
                problems.append(_strange_row(group.place, other))
    _tell_circle(
        groups, Message("人群互相引用成环："), {n: g.place for n, g in plan.groups.items()}, problems
    )
    _tell_circle(
        facts,
        Message("推导的事实互相引用成环："),
        {n: f.place or _NOWHERE for n, f in plan.facts.items()},
        problems,
    )


def beside_broken(plan: Plan, written: Written) -> list[Problem]:
    """What is wrong with the expressions of a plan some of whose elements could not be read, and within those.

    What names such an element is not judged: it may be as it should once that is mended.
    """
    kinds = ("facts", "settings", "groups", "benefits", "lists", "tables")
    broken = {name for kind in kinds for name in getattr(written, kind) if name not in getattr(plan, kind)}
    found: list[Problem] = []
    with suppress(KeyError):  # an element that is not there was named; that is told already
        check_expressions(plan, written, found)
    scope = Scope.of(plan)
    for name in broken & set(written.groups):
        entry = written.groups[name]
        conditions = entry.value.get("when")
        for key, said in conditions.items() if isinstance(conditions, dict) else ():
            text = said.get("when") if isinstance(said, dict) else None
            if isinstance(text, str):
                place = entry.text("when", key, "when")
                try:
                    resolve(parse(text, place), scope, text=text, place=place, expect=BOOL)
                except Problem as problem:
                    found.append(problem)
    return [one for one in found if not broken & _named(one)]


def _named(problem: Problem) -> set[str]:
    """The names that a problem speaks of; of `receives.x` also `x`."""
    told = {str(value) for value in problem.what.values.values()}
    return told | {part for one in told for part in re.split(r"[.\s]", one)}


def _expressions(plan: Plan, written: Written) -> Iterator[tuple[str, str, Place, Type]]:
    """Each expression with who owns it and the type it must have."""
    for fact in plan.facts.values():
        if fact.derive is not None:
            yield (
                f"fact:{fact.name}",
                fact.derive,
                written.facts[fact.name].text("derive"),
                Type(fact.type, fact.codes),
            )
    for group in plan.groups.values():
        for condition in (*group.applies, *group.when):
            yield f"group:{group.id}", condition.text, condition.place, BOOL
    for benefit in plan.benefits.values():
        if benefit.amount is not None:
            yield f"benefit:{benefit.id}", benefit.amount, written.benefits[benefit.id].text("amount"), INT
        for exclusion in benefit.excludes:
            yield f"benefit:{benefit.id}", exclusion.condition.text, exclusion.condition.place, BOOL
    for target in plan.targets.values():
        for path, text, row in counted(target):
            yield f"target:{row}", text, written.targets[target.id].text(*path), BOOL


def _groups_of(plan: Plan, nodes: list[Node]) -> Iterator[str]:
    """The groups that these nodes ask about, of themselves or through a benefit."""
    for node in nodes:
        if isinstance(node, InGroup):
            yield node.group
        elif isinstance(node, Entitled):
            yield from (plan.benefits[node.benefit].group, *plan.benefits[node.benefit].routes)


def _row(plan: Plan, owner: str) -> Row:
    """On which kind of row the expressions of a fact, group or benefit are worked out."""
    kind, _, name = owner.partition(":")
    if kind == "fact":
        return row_of(plan.facts[name].of)
    if kind == "target":
        return cast(Row, name)
    return row_of(plan.groups[name if kind == "group" else plan.benefits[name].group].unit)


def _tell_strange_rows(
    plan: Plan, scope: Scope, row: Row, nodes: list[Node], place: Place, problems: list[Problem]
) -> None:
    for node in nodes:
        if isinstance(node, FactRef) and row_of(scope.facts[node.name].of) != row:
            problems.append(_strange_row(place, node.name))
    for group in _groups_of(plan, nodes):
        if row_of(plan.groups[group].unit) != row:
            problems.append(_strange_row(place, group))


def _strange_row(place: Place, name: str) -> Problem:
    what = Message("{name} 说的是另一类对象（个人和家庭、机构、地区、岗位不能混用）。", name=name)
    return problem_at(place, "pack-unit", what, Message("请核对人群的 unit 和事实的 of。"))


def _walk(node: Node) -> Iterator[Node]:
    yield node
    for child in children(node):
        yield from _walk(child)


def _tell_circle(
    edges: Mapping[str, set[str]], what: Message, places: Mapping[str, Place], problems: list[Problem]
) -> None:
    try:
        order = list(TopologicalSorter(edges).static_order())
    except CycleError as error:
        chain: list[str] = error.args[1]
        told = Message("{what}{chain}。", what=what, chain=" → ".join(reversed(chain)))
        problems.append(problem_at(places.get(chain[0], _NOWHERE), "pack-circle", told))
        return
    depth: dict[str, int] = {}
    for name in order:
        depth[name] = 1 + max((depth[below] for below in edges.get(name, ())), default=0)
        if depth[name] == MAX_CHAIN + 1:
            told = Message("{name} 的引用超过 {limit} 层。", name=name, limit=MAX_CHAIN)
            problems.append(problem_at(places.get(name, _NOWHERE), "pack-chain", told))
