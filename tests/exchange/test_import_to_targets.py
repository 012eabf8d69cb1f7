"""From a register and lists to what each target comes to: the rows of the packs' own cases come in as records.

Each case has a village of its own, so that one import and one screening give the figure of every case. Each target
named here is carried (docs/catalogue/carried.yaml).
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from tests.exchange.plan_cast import PACKS, Told, brought_in

from yice.exchange.vocabulary import fields
from yice.identifiers.division import normalise, prefix
from yice.loop.supervise.models import TargetTally
from yice.policy import selectors
from yice.rules.pack.cases import own_cases
from yice.rules.pack.target_schema import FigureSpec, TargetCaseSpec
from yice.rules.pack.written import read_pack
from yice.rules.targets.forms import figure

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]

SITE = "150199100201"  # the demonstration site of the cases
TARGETS = {
    "cn-11-2018": (
        "BJ-2.2.1.a", "BJ-2.2.1.b", "BJ-2.2.1.c", "BJ-2.2.1", "BJ-2.2.3", "BJ-2.2.4", "BJ-2.2.5c", "BJ-2.3.2.Q1",
        "BJ-2.3.3.S1", "BJ-3.2.1", "BJ-3.2.2", "BJ-2.3.3.Q2",
    ),
    "cn-15-2013": ("NM-3.1.2",),
    "cn-43-2016": ("HN-3.2.4",),
    "cn-440704-2016": ("JH-2.2", "JH-4.4.2", "JH-5.3.3c"),
}  # fmt: skip


def told(pack: str) -> tuple[list[Told], dict[str, TargetCaseSpec], dt.date]:
    """The rows of the cases as persons, each case in a village of its own; village → case."""
    (_, cases, _), *_more = [one for one in own_cases(read_pack(PACKS / pack)) if one[1].targets]
    plan_area = cases.given["hukou"][:6]
    people: list[Told] = []
    villages: dict[str, TargetCaseSpec] = {}
    for number, case in enumerate((one for one in cases.targets if one.target in TARGETS[pack]), start=1):
        expected = case.expect.verdict if isinstance(case.expect, FigureSpec) else case.expect
        if expected == "cannot_tell" or case.before is not None:
            continue  # lists that are whole tell what a case leaves open
        # A case that speaks of certain places keeps them; any other gets a village for itself.
        placed = case.area or pack == "cn-15-2013"
        village = normalise(case.area or SITE) if placed else f"{plan_area}001{number:03d}"
        if village in villages:
            continue
        villages[village] = case
        for row in case.rows:
            facts: dict[str, Any] = {**cases.given, **row.given} | ({} if placed else {"hukou": village})
            facts = {name: value for name, value in facts.items() if name in fields() or "." in name}
            people += [Told(case.name, facts, {}, ())] * row.count
    assert cases.on is not None
    return people, villages, cases.on


@pytest.mark.parametrize("pack", TARGETS)
def test_records_that_come_in_are_what_a_target_comes_to(pack: str, tmp_path: Path) -> None:
    people, villages, day = told(pack)
    _, run = brought_in(pack, tmp_path, people, day)
    plan = selectors.plan(run.pack)
    tallies = dict(TargetTally.objects.filter(run=run).values_list("area", "numbers"))
    wrong = []
    for village, case in villages.items():
        whole = tallies[plan.areas[0]][case.target]
        found = figure(plan.targets[case.target], tallies[village][case.target], run.as_of, whole=whole)
        assert isinstance(case.expect, FigureSpec)
        if (found.verdict, found.point) != (case.expect.verdict, case.expect.figure):
            wrong.append((case.target, case.name, found, case.expect))
    assert wrong == []
    assert {case.target for case in villages.values()} == set(TARGETS[pack])
    top = tallies[plan.areas[0]]
    for target in TARGETS[pack]:
        parts = [numbers[target] for area, numbers in tallies.items() if prefix(area) == area]
        assert top[target] == [sum(column) for column in zip(*parts, strict=True)]
