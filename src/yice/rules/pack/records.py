"""Facts that the work recorded here tells: services, steps, needs and scales they name must be there."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator

from yice.rules.model import FINDING_KINDS, ONLY, Plan, Records
from yice.rules.pack.entry import Entry
from yice.rules.pack.schema import FactSpec, RecordsSpec
from yice.rules.pack.written import Written
from yice.rules.pack.yaml import problem_at
from yice.rules.services import NEEDS
from yice.terms.errors import Problem
from yice.terms.messages import Message


def told_by(spec: RecordsSpec) -> Records:
    """The records as the plan keeps them."""
    return Records(
        spec.of, tuple(spec.names), tuple(spec.steps), tuple(spec.ends), tuple(spec.only), spec.this_year,
        spec.person_times, spec.else_unknown,
    )  # fmt: skip


def faults(spec: FactSpec, entry: Entry) -> Iterator[Problem]:
    """What does not go with being told by records."""
    if spec.records is None:
        return
    if (
        spec.of != "person"
        or spec.type not in ("bool", "int")
        or spec.derive
        or spec.silence
        or spec.question
    ):
        what = Message("由记录说明的事实是个人的 bool 或 int，不写 derive、silence、question。")
        yield problem_at(entry.place("records"), "fact-records", what)
    walked = spec.records.of in ("case", "delivery")
    if (spec.records.steps and not walked) or (spec.records.ends and spec.records.of != "case"):
        what = Message("steps 只用于 case 和 delivery，ends 只用于 case。")
        yield problem_at(entry.place("records"), "fact-records", what)
    if spec.records.person_times and (spec.records.of != "delivery" or spec.type != "int"):
        what = Message("person_times 只用于 delivery 的 int 事实。")
        yield problem_at(entry.place("records", "person_times"), "fact-records", what)
    if spec.records.else_unknown and (spec.records.of != "help" or spec.type != "bool"):
        what = Message("else_unknown 只用于 help 的 bool 事实。")
        yield problem_at(entry.place("records", "else_unknown"), "fact-records", what)


def check_references(plan: Plan, written: Written, problems: list[Problem]) -> None:
    """Every service, step, end, need and scale that a fact's records name is the plan's."""
    for fact in plan.facts.values():
        told = fact.records
        if told is None:
            continue
        entry = written.facts[fact.name]
        services = [plan.services[name] for name in told.names if name in plan.services]
        named: list[tuple[str, tuple[str, ...], Collection[str]]] = [
            ("names", told.names, _names(plan, told)),
            ("steps", told.steps, {step for one in services for step in one.steps}),
            ("ends", told.ends, {end for one in services for end in one.ends}),
            ("only", told.only, ONLY.get(told.of, ())),
        ]
        for key, names, among in named:
            for at, name in enumerate(names):
                if name not in among:
                    near = difflib.get_close_matches(name, list(among), 1)
                    fix = Message("是否想写 {near}？", near=near[0]) if near else None
                    place = entry.place("records", key, at)
                    what = Message("没有定义 {name}。", name=name)
                    problems.append(problem_at(place, "pack-reference", what, fix))


def _names(plan: Plan, told: Records) -> Collection[str]:
    if told.of in ("case", "delivery", "payment"):
        return plan.services
    if told.of == "assessment":
        return plan.scales
    return FINDING_KINDS if told.of == "finding" else NEEDS
