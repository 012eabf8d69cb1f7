"""From registers of facilities, posts and places, as files, to what each norm comes to.

The rows are those of the packs' own cases; here they come in as files through the services that people use. Each norm
named here is carried (docs/catalogue/carried.yaml).
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from tests.exchange.plan_cast import PACKS, settle

from yice.accounts.services import install
from yice.areas.models import Area
from yice.exchange.registers import HEADS, register_rows
from yice.identifiers.division import ancestors, normalise
from yice.loop.supervise.models import TargetTally
from yice.network.models import Entry, Of, Register
from yice.network.services import receive
from yice.policy import selectors, services
from yice.rules.model import Plan
from yice.rules.pack.cases import own_cases
from yice.rules.pack.target_schema import FigureSpec, TargetCaseSpec
from yice.rules.pack.written import read_pack
from yice.rules.targets.forms import figure, form_of
from yice.rules.targets.sheet import KINDS
from yice.rules.targets.verdict import Figure
from yice.terms import clock

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

NORMS = {
    "cn-11-2018": (
        "BJ-1.3.2.Q1", "BJ-1.3.2.Q5", "BJ-1.3.3.S3", "BJ-1.3.3.Q3", "BJ-1.3.3.Q4.a", "BJ-1.3.3.Q4.b",
        "BJ-1.3.3.Q4.c", "BJ-1.3.3.Q5", "BJ-5.2.1", "BJ-5.3.3.Q3", "BJ-5.3.3.Q4", "BJ-1.3.2.Q7", "BJ-3.2.5", "BJ-0.3.4c",
    ),
    "cn-43-2016": ("HN-2.4", "HN-3.3.1", "HN-3.3.2", "HN-3.4.2", "HN-2.6", "HN-3.3.7", "HN-3.4.5", "HN-4.3.1", "HN-4.3.2", "HN-3.3.8", "HN-3.3.9"),
    "cn-22-2017": (
        "JL-2.3", "JL-3.1.3.1", "JL-3.1.3.3", "JL-3.1.3.4", "JL-3.1.3.6", "JL-3.1.3.11", "JL-3.1.3.12",
        "JL-3.1.3.13", "JL-3.2.1.1", "JL-3.2.2.1", "JL-3.2.2.2", "JL-3.2.2.4", "JL-3.2.2.8", "JL-3.2.2.9", "JL-3.3.7",
        "JL-3.3.10", "JL-3.3.12", "JL-3.4.1b", "JL-3.5.3", "JL-3.1.1.2", "JL-3.1.1.5", "JL-3.3.8", "JL-4.6", "JL-4.9",
    ),
    "cn-15-2013": (
        "NM-2.7", "NM-2.13", "NM-2.14", "NM-2.16", "NM-3.4.5", "NM-3.4.6", "NM-3.4.7", "NM-3.4.8", "NM-2.8", "NM-2.12",
    ),
    "cn-440704-2016": ("JH-4.2.1", "JH-4.3.2", "JH-4.3.3", "JH-5.1.3", "JH-5.4.3", "JH-4.3.1", "JH-5.2.10"),
}  # fmt: skip


USUAL = {"facility_kind": "employer", "post_kind": "commissioner"}  # where a case names no kind


def written_down(plan: Plan, case: TargetCaseSpec, of: Of, path: Path) -> Path | None:
    """The rows of a case that belong on one register, as people write it: Chinese heads and words."""
    rows = []
    for row in case.rows:
        facts = {name: value for name, value in row.given.items() if name in plan.facts}
        if {plan.facts[name].of for name in facts} == {of.value}:
            for _ in range(row.count):
                rows.append(_line(plan, of, facts, row.place, len(rows)))
    if not rows:
        return None
    heads = list(dict.fromkeys(name for line in rows for name in line))
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, heads, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def _line(plan: Plan, of: Of, facts: Mapping[str, Any], place: str, number: int) -> dict[str, str]:
    kind = KINDS.get(of.value)
    line = {HEADS["name"][0]: f"第{number}处", HEADS["area"][0]: normalise(place)}
    if kind is not None:
        line[HEADS["kind"][0]] = _word(plan, kind, facts.get(kind, USUAL[kind]))
    return line | {
        plan.facts[name].label.zh: _word(plan, name, value) for name, value in facts.items() if name != kind
    }


def _word(plan: Plan, name: str, value: Any) -> str:
    fact = plan.facts[name]
    labels = {code: label.zh for code, label in zip(fact.codes, fact.code_labels, strict=True)}
    if isinstance(value, bool):
        return "是" if value else "否"
    return (
        "、".join(labels[one] for one in value) if isinstance(value, list) else labels.get(value, str(value))
    )


def stand_alone(case: TargetCaseSpec, plan: Plan) -> None:
    """Only the places a case speaks of stand: any other that tells nothing leaves the figure open."""
    named = {*case.areas, *(row.place for row in case.rows), case.area, plan.areas[0]} - {""}
    codes = {code for one in map(normalise, named) for code in (one, *ancestors(one))}
    Area.objects.update(valid_to=dt.date(2000, 1, 1))
    Area.objects.filter(code__in=codes).update(valid_to=None)


@pytest.mark.parametrize("pack", NORMS)
def test_registers_that_come_in_are_what_a_norm_comes_to(pack: str, tmp_path: Path) -> None:
    install(demo=True)
    installed = services.install(actor=None, path=PACKS / pack)
    plan = selectors.plan(installed)
    (_, cases, _), *_more = [one for one in own_cases(read_pack(PACKS / pack)) if one[1].targets]
    chosen = [case for case in cases.targets if case.target in NORMS[pack]]
    places = {
        code
        for case in chosen
        for code in (*case.areas, *(row.place for row in case.rows), case.area)
        if code
    }
    he = settle(plan.areas[0], sorted(map(normalise, places)))
    tried = set()
    for number, case in enumerate(chosen):
        if any(set(row.given) - plan.facts.keys() for row in case.rows):
            continue
        day = case.on or cases.on
        assert day is not None
        clock.set_day(max(day, clock.today()))
        Entry.objects.all().delete()
        Register.objects.all().delete()
        stand_alone(case, plan)
        for of in Of:
            path = written_down(plan, case, of, tmp_path / f"{number}-{of.value}.csv")
            kind = plan.facts.get(KINDS.get(of.value, ""))
            whole = [one for one in case.whole if kind and one in kind.codes]
            if path is not None or whole:
                rows = register_rows(path, plan, of) if path else []
                receive(actor=he, of=of, area=plan.areas[0], as_of=day, rows=rows, whole=whole)
        run = services.run_screening(actor=he, pack=installed, area=plan.areas[0], as_of=day)
        area = normalise(case.area) if case.area else plan.areas[0]
        numbers = TargetTally.objects.get(run=run, area=area).numbers
        before = None if case.before is None else Figure("met", *[Fraction(case.before)] * 2)
        found = figure(plan.targets[case.target], numbers.get(case.target), day, before=before)
        assert isinstance(case.expect, FigureSpec)
        assert found.verdict == case.expect.verdict, (case.target, case.name, found)
        if case.expect.short is not None and form_of(plan.targets[case.target]) != "in_each":
            assert found.short == case.expect.short, (case.target, case.name, found)
        tried.add(case.target)
    assert tried == set(NORMS[pack])
