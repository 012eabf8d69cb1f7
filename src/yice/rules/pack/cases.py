"""A pack's own cases: given this of a person, on this day, that must follow, because. And published totals."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from yice.rules.columns import Columns
from yice.rules.kernel.screening import Decision, screen
from yice.rules.model import Plan, row_of
from yice.rules.pack import target_cases
from yice.rules.pack.entry import Entry
from yice.rules.pack.loader import plan_of
from yice.rules.pack.schema import CaseSpec, CasesSpec, ExpectSpec, VectorSpec
from yice.rules.pack.target_schema import TargetCaseSpec
from yice.rules.pack.written import Written
from yice.rules.pack.yaml import problem_at
from yice.rules.settings import Value
from yice.rules.values import encode
from yice.rules.words import Place
from yice.terms import clock
from yice.terms.errors import Problem, Problems
from yice.terms.messages import Message
from yice.terms.money import format_fen


@dataclass(frozen=True)
class Difference:
    """One thing that came out otherwise: of which group, what was expected, what came."""

    group: str
    what: Message
    expected: str
    got: str


@dataclass(frozen=True)
class Result:
    """One case or vector, run."""

    file: str
    name: str
    because: str
    place: Place
    groups: tuple[str, ...]
    differences: tuple[Difference, ...] = ()
    on: dt.date | None = None
    given: Mapping[str, Any] = field(default_factory=dict)  # of a person; a table of rows is not told here
    expected: Mapping[str, str] = field(default_factory=dict)  # group → status, or target → verdict

    @property
    def passed(self) -> bool:
        return not self.differences


@dataclass
class Variants:
    """The plan with each set of settings that cases ask for, built once."""

    written: Written
    plans: dict[tuple[tuple[str, Value], ...], Plan] = field(default_factory=dict)

    def plan(self, settings: Mapping[str, Value]) -> Plan:
        key = tuple((name, _key(value)) for name, value in sorted(settings.items()))
        if key not in self.plans:
            self.plans[key] = plan_of(self.written, dict(settings))
        return self.plans[key]


def run_cases(written: Written) -> list[Result]:
    """Run every case of the pack itself (not of those it extends). Raises Problems where a case cannot be read."""
    variants, problems, results = Variants(written), list[Problem](), list[Result]()
    variants.plan({})  # a pack that does not load has nothing to show for its cases
    for file, cases, entry in own_cases(written):
        for at, case in enumerate(cases.cases):
            plan = _plan(variants, case.set, entry.place("cases", at), problems)
            if plan and _readable(plan, cases, case, entry, at, problems):
                results.append(_run_case(plan, file, cases, case, entry.place("cases", at)))
        for at, vector in enumerate(cases.vectors):
            plan = _plan(variants, vector.set, entry.place("vectors", at), problems)
            if plan and _vector_readable(plan, cases, vector, entry, at, problems):
                results.append(_run_vector(plan, file, cases, vector, entry.place("vectors", at)))
        for at, figured in enumerate(cases.targets):
            plan = _plan(variants, figured.set, entry.place("targets", at), problems)
            if plan and target_cases.readable(plan, figured, entry, at, problems):
                results.append(_run_target(plan, file, cases, figured, entry.place("targets", at)))
    if problems:
        raise Problems(problems)
    return results


def own_cases(written: Written) -> Iterator[tuple[str, CasesSpec, Entry]]:
    """The case files of the pack itself."""
    top = written.top
    for pack, file, cases, entry in written.cases:
        if top is not None and pack == top.id:
            yield file, cases, entry


def _plan(
    variants: Variants, settings: Mapping[str, Any], place: Place, problems: list[Problem]
) -> Plan | None:
    try:
        return variants.plan(settings)
    except Problems as error:
        problems += [problem_at(place, one.code, one.what, one.fix) for one in error.problems]
        return None


def _run_case(plan: Plan, file: str, cases: CasesSpec, case: CaseSpec, place: Place) -> Result:
    day = case.on or cases.on or clock.today()
    facts = _facts(plan, cases, case.given, case.lists)
    wanted = tuple(case.expect)
    found = {one.group: one for one in screen(plan, Columns.one(plan, facts), day, groups=wanted).decide(0)}
    differences: list[Difference] = []
    for group, expected in case.expect.items():
        expected = ExpectSpec(status=expected) if isinstance(expected, str) else expected
        differences += _compare(expected, found[group])
    told = {name: one if isinstance(one, str) else one.status for name, one in case.expect.items()}
    given = {**cases.given, **case.given}
    return Result(file, case.name, case.because, place, wanted, tuple(differences), day, given, told)


def _compare(expected: ExpectSpec, found: Decision) -> Iterator[Difference]:
    def differ(what: Message, want: object, got: object) -> Iterator[Difference]:
        if want != got:
            yield Difference(found.group, what, str(want), str(got))

    yield from differ(Message("状态"), expected.status, found.status)
    if expected.failed is not None:
        yield from differ(
            Message("不符合的条件"), ";".join(sorted(expected.failed)), ";".join(sorted(found.failed))
        )
    if expected.missing is not None:
        yield from differ(
            Message("缺的事实"), ";".join(sorted(expected.missing)), ";".join(sorted(found.missing))
        )
    if "amount" in expected.model_fields_set:
        want = None if expected.amount is None else format_fen(_fen(expected.amount))
        got = None if found.amount_fen is None else format_fen(found.amount_fen)
        yield from differ(Message("金额（元）"), want, got)
    if expected.finding is not None:
        yield from differ(Message("疑点"), expected.finding, found.finding)


def _run_vector(plan: Plan, file: str, cases: CasesSpec, vector: VectorSpec, place: Place) -> Result:
    group = plan.benefits[vector.benefit].group
    records = [_facts(plan, cases, row.given, vector.lists) for row in vector.rows]
    screening = screen(plan, Columns.from_records(plan, records), vector.on, groups=[group])
    total, differences = 0, []
    for at, row in enumerate(vector.rows):
        (decision,) = screening.decide(at)
        if decision.status != "eligible" or decision.amount_fen is None:
            what = Message("第 {row} 行（{count} 人）没有应发金额", row=at + 1, count=row.count)
            differences.append(Difference(group, what, "eligible", decision.status))
        total += row.count * (decision.amount_fen or 0) * vector.months
    if total != _fen(vector.total):
        what = Message("总额（元）")
        differences.append(Difference(group, what, format_fen(_fen(vector.total)), format_fen(total)))
    return Result(file, vector.name, vector.because, place, (group,), tuple(differences), vector.on)


def _run_target(plan: Plan, file: str, cases: CasesSpec, case: TargetCaseSpec, place: Place) -> Result:
    def fill(given: Mapping[str, Any]) -> dict[str, Any]:
        return _facts(plan, cases, given, case.lists)

    found = tuple(
        Difference(case.target, what, expected, got)
        for what, expected, got in target_cases.differences(plan, case, fill, cases.on)
    )
    told = {case.target: case.expect if isinstance(case.expect, str) else case.expect.verdict}
    day = case.on or cases.on
    return Result(file, case.name, case.because, place, (case.target,), found, day, expected=told)


def _facts(
    plan: Plan, cases: CasesSpec, given: Mapping[str, Any], lists: Sequence[str] | None
) -> dict[str, Any]:
    """What is given, over what the file gives for all; and what whole lists say by their silence."""
    facts = {name: value for name, value in {**cases.given, **given}.items() if value is not None}
    whole = set(cases.lists if lists is None else lists)
    for name, fact in plan.facts.items():
        silence = fact.silence
        if silence and silence.list and name not in facts and {silence.list, *silence.and_lists} <= whole:
            facts[name] = silence.means
    return facts


def _readable(
    plan: Plan, cases: CasesSpec, case: CaseSpec, entry: Entry, at: int, problems: list[Problem]
) -> bool:
    before = len(problems)
    _check_given(plan, cases.given, entry, ("given",), problems)
    _check_given(plan, case.given, entry, ("cases", at, "given"), problems)
    _known(case.lists or (), plan.lists, entry, ("cases", at, "lists"), problems)
    _known(cases.lists, plan.lists, entry, ("lists",), problems)
    for group, expected in case.expect.items():
        _known((group,), plan.groups, entry, ("cases", at, "expect", group), problems)
        if group in plan.groups and isinstance(expected, ExpectSpec) and expected.missing:
            _known(expected.missing, plan.facts, entry, ("cases", at, "expect", group, "missing"), problems)
    if len(problems) == before:
        rows = {row_of(plan.facts[name].of) for name in (*cases.given, *case.given)}
        if len(rows | {row_of(plan.groups[group].unit) for group in case.expect}) > 1:
            what = Message("一个案例只能说一类对象（个人和家庭、机构、地区、岗位不能混用）。")
            problems.append(problem_at(entry.place("cases", at), "case-unit", what))
    return len(problems) == before


def _vector_readable(
    plan: Plan, cases: CasesSpec, vector: VectorSpec, entry: Entry, at: int, problems: list[Problem]
) -> bool:
    before = len(problems)
    _known((vector.benefit,), plan.benefits, entry, ("vectors", at, "benefit"), problems)
    _check_given(plan, cases.given, entry, ("given",), problems)
    for row, counted in enumerate(vector.rows):
        _check_given(plan, counted.given, entry, ("vectors", at, "rows", row, "given"), problems)
    return len(problems) == before


def _check_given(
    plan: Plan, given: Mapping[str, Any], entry: Entry, path: tuple[str | int, ...], problems: list[Problem]
) -> None:
    for name, value in given.items():
        fact = plan.facts.get(name)
        if fact is None:
            _known((name,), plan.facts, entry, (*path, name), problems)
        elif fact.derive is not None:
            what = Message("{name} 是推导出来的，请给出它所依据的事实。", name=name)
            problems.append(problem_at(entry.place(*path, name), "case-derived", what))
        else:
            try:
                encode(fact, value)
            except Problem as error:
                problems.append(problem_at(entry.place(*path, name), error.code, error.what, error.fix))


def _known(
    names: Sequence[str],
    among: Mapping[str, Any],
    entry: Entry,
    path: tuple[str | int, ...],
    problems: list[Problem],
) -> None:
    for name in names:
        if name not in among:
            near = difflib.get_close_matches(name, among, 1)
            fix = Message("是否想写 {near}？", near=near[0]) if near else None
            problems.append(
                problem_at(entry.key(*path), "case-name", Message("没有定义 {name}。", name=name), fix)
            )


def _fen(yuan: int | Decimal) -> int:
    return int(yuan * 100)


def _key(value: Value) -> Value:
    return tuple(value) if isinstance(value, list) else value
