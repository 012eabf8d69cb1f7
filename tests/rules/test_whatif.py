"""Two plans over the same people: who gains, who loses, who can no longer be told; and what it comes to."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.rules.little_plan import DAY, MEI, PLAN, condition, plan

from yice.rules.columns import Columns
from yice.rules.kernel.screening import screen
from yice.rules.model import Plan
from yice.rules.whatif.compare import CHANGES, SIDES, compare, dropped_recipients, items
from yice.rules.whatif.tally import Tally, households_of, places_of

# 吴静 is of grade 2, 周大山 of grade 3; of 林小禾 no grade is known.
JING = {**MEI, "person_id": "jing", "grade": 2, "receives.nursing": False, "birth_date": dt.date(1955, 1, 1)}
DASHAN = {**MEI, "person_id": "dashan", "grade": 3, "receives.nursing": False}
XIAOHE = {**MEI, "person_id": "xiaohe", "grade": None, "receives.nursing": True}
PEOPLE = (MEI, JING, DASHAN, XIAOHE)


def first_grade_only() -> Plan:
    """The little plan whose severe are of grade 1 only."""
    severe = replace(PLAN.facts["severe"], derive="grade <= 1")
    return plan(facts={**PLAN.facts, "severe": severe})


def without_nursing() -> Plan:
    """The little plan without its nursing subsidy."""
    groups = {
        name: one for name, one in PLAN.groups.items() if name not in ("nursing", "nursing_adult", "both")
    }
    benefits = {name: one for name, one in PLAN.benefits.items() if name != "nursing"}
    return plan(groups=groups, benefits=benefits)


def changes(
    old: Plan, new: Plan, item: str, *people: dict[str, Any], kind: str = "benefit"
) -> dict[str, str]:
    """What becomes of each person, by id."""
    columns = Columns.from_records(old, people or PEOPLE)
    wanted = [one for one in items(old, new) if (one.kind, one.id) == (kind, item)]
    ((_, (one,)),) = compare(old, new, columns, DAY, only=wanted)
    return {str(columns.ids[row]): CHANGES[number] for row, number in enumerate(one.change)}


def tally(old: Plan, new: Plan, *people: dict[str, Any], runs: int = 1) -> Tally:
    made = Tally(items(old, new))
    for _ in range(runs):
        columns = Columns.from_records(new, people or PEOPLE)
        area = np.array([int(one.get("hukou") or -1) for one in people or PEOPLE])
        for _low, compared in compare(old, new, columns, DAY):
            made.add(compared, places_of(columns, DAY, area), households_of(columns))
    return made


def test_a_stricter_plan_takes_from_who_is_known_to_fail_it_and_from_nobody_unknown():
    assert changes(PLAN, first_grade_only(), "nursing") == {
        "mei": "",
        "jing": "loses",
        "dashan": "",
        "xiaohe": "",
    }


def test_a_wider_plan_gives_to_who_is_known_to_meet_it():
    assert changes(first_grade_only(), PLAN, "nursing")["jing"] == "gains"


def test_a_plan_that_asks_for_what_nobody_knows_makes_people_undecidable_not_losers():
    nursing = PLAN.groups["nursing"]
    asking = replace(nursing, when=(*nursing.when, condition("income", "income_pc_month < 100000")))
    new = plan(groups={**PLAN.groups, "nursing": asking})
    assert changes(PLAN, new, "nursing") == {
        "mei": "undecidable", "jing": "undecidable", "dashan": "", "xiaohe": "",
    }  # fmt: skip
    assert changes(new, PLAN, "nursing")["mei"] == "decidable"


def test_a_benefit_that_is_gone_is_lost_by_who_was_due_it_and_decided_for_who_was_not_known():
    assert changes(PLAN, without_nursing(), "nursing") == {
        "mei": "loses", "jing": "loses", "dashan": "", "xiaohe": "decidable",
    }  # fmt: skip
    assert changes(without_nursing(), PLAN, "nursing")["xiaohe"] == "undecidable"
    assert changes(PLAN, without_nursing(), "nursing_adult", kind="group")["mei"] == "loses"


def test_another_sum_is_a_change_and_a_sum_that_cannot_be_told_another():
    dearer = replace(PLAN.benefits["living"], amount="severe ? 25000 : 10000")
    new = plan(benefits={**PLAN.benefits, "living": dearer})
    assert changes(PLAN, new, "living") == {"mei": "amount", "jing": "amount", "dashan": "", "xiaohe": ""}
    by_income = replace(dearer, amount="income_pc_month / 10")
    new = plan(benefits={**PLAN.benefits, "living": by_income})
    assert set(changes(PLAN, new, "living", MEI).values()) == {"amount_unknown"}


def test_two_ways_to_one_benefit_count_as_one():
    wider = replace(PLAN.benefits["nursing"], routes=("old",))
    new = plan(benefits={**PLAN.benefits, "nursing": wider})
    old_enough = {**DASHAN, "birth_date": dt.date(1950, 1, 1)}
    assert changes(PLAN, new, "nursing", MEI, old_enough) == {"mei": "", "dashan": "gains"}


def test_the_months_cost_says_of_how_many_it_says_nothing():
    figures = tally(PLAN, first_grade_only()).all["benefit", "nursing"]
    assert (figures.before.fen, figures.after.fen) == (20000, 12000)  # grade 1 and 2; grade 1
    assert figures.stands["unknown"] == 1
    by_income = replace(PLAN.benefits["nursing"], amount="income_pc_month / 10")
    told = tally(PLAN, plan(benefits={**PLAN.benefits, "nursing": by_income}))
    assert (
        told.all["benefit", "nursing"].after.fen,
        told.all["benefit", "nursing"].after.amount_unknown,
    ) == (0, 2)
    assert told.monthly()[1].amount_unknown == 3  # 林小禾's living subsidy hangs on her grade


def test_changes_are_told_by_place_category_and_age():
    abroad = {**JING, "person_id": "ming", "hukou": None, "category": None, "birth_date": None}
    found = tally(PLAN, first_grade_only(), *PEOPLE, abroad)
    loses = {
        name: {place: one["benefit", "nursing"].changes["loses"] for place, one in places.items()}
        for name, places in found.by.items()
    }
    assert loses["county"] == {"": 0, "440704": 1}  # of where nothing is known nothing is told
    assert loses["township"]["440704001"] == 1
    assert {band for band, count in loses["age"].items() if count} == {"60-79"}
    assert {name for name, count in loses["category"].items() if count} == {"physical"}


def test_a_households_benefit_is_paid_once_however_often_its_people_come():
    home = replace(PLAN.benefits["living"], payee="household")
    fact = replace(PLAN.facts["uninsured_reason"], name="household_id")
    old = plan(benefits={"living": home}, facts={**PLAN.facts, "household_id": fact})
    together = [{**one, "household_id": "h1"} for one in (MEI, JING)]
    figures = tally(old, old, *together, MEI, runs=2).all["benefit", "living"]
    assert (figures.before.fen, figures.before.amount_unknown) == (20000, 2)  # 陈小梅 alone has no household


def test_who_receives_and_would_lose_it_is_dropped_and_who_was_a_leak_already_is_not():
    receiving = [{**one, "receives.nursing": True} for one in PEOPLE]
    assert dropped_recipients(PLAN, PLAN, Columns.from_records(PLAN, receiving), DAY) == []
    dropped = dropped_recipients(PLAN, first_grade_only(), Columns.from_records(PLAN, receiving), DAY)
    assert [(one.person_id, one.before, one.after, one.amount_before_fen) for one in dropped] == [
        ("jing", "eligible", "ineligible", 8000)
    ]
    gone = dropped_recipients(PLAN, without_nursing(), Columns.from_records(PLAN, receiving), DAY)
    assert [(one.person_id, one.before, one.after) for one in gone] == [
        ("mei", "eligible", "absent"), ("jing", "eligible", "absent"), ("xiaohe", "unknown", "absent"),
    ]  # fmt: skip
    silent = [{**one, "receives.nursing": None} for one in PEOPLE]
    assert dropped_recipients(PLAN, without_nursing(), Columns.from_records(PLAN, silent), DAY) == []


grades = st.one_of(st.none(), st.integers(1, 4))
needs = st.one_of(st.none(), st.booleans())


@given(st.lists(st.tuples(grades, needs), min_size=1, max_size=90))
def test_sides_are_what_screening_says_and_nobody_unknown_gains_or_loses(rows: list[tuple[Any, Any]]):
    people = [
        {**MEI, "person_id": str(n), "grade": g, "needs_personal_care": c} for n, (g, c) in enumerate(rows)
    ]
    new = first_grade_only()
    columns = Columns.from_records(PLAN, people)
    wanted = [one for one in items(PLAN, new) if (one.kind, one.id) == ("group", "nursing")]
    sides = [screen(each, columns.under(each), DAY).decisions() for each in (PLAN, new)]
    said = [
        [row["status"] for batch in side for row in batch.to_pylist() if row["group"] == "nursing"]
        for side in sides
    ]
    at = 0
    for _low, (one,) in compare(PLAN, new, columns, DAY, only=wanted, chunk=64):
        for before, after, change in zip(one.before, one.after, one.change, strict=True):
            assert (SIDES[before], SIDES[after]) == (said[0][at], said[1][at])
            if "unknown" in (SIDES[before], SIDES[after]):
                assert CHANGES[change] in ("", "undecidable", "decidable")
            at += 1
    assert at == len(people)


def test_every_benefit_is_compared_by_the_groups_that_lead_to_it():
    assert {one.id: one.before for one in items(PLAN, PLAN) if one.kind == "benefit"} == {
        name: (benefit.group,) for name, benefit in PLAN.benefits.items()
    }
