"""Why, in the same words as the crowd's answer: each condition, the facts used, the sum, and what to ask."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rules.little_plan import DAY, ELDER, MEI, PLAN, condition, fact, group, plan_with
from tests.rules.rule_texts import PEOPLE

from yice.rules.columns import Columns
from yice.rules.explain.ask import ask
from yice.rules.explain.reasons import explain
from yice.rules.kernel.screening import screen


def outcomes(group_id: str, **changes: Any) -> dict[str, str]:
    told = explain(PLAN, {**MEI, **changes}, group_id, DAY)
    return {reason.key: reason.outcome for reason in told.reasons}


@settings(max_examples=50, deadline=None)
@given(PEOPLE)
def test_the_explanation_is_the_decision(person: dict[str, Any]) -> None:
    for decision in screen(PLAN, Columns.one(PLAN, person), DAY).decide():
        told = explain(PLAN, person, decision.group, DAY)
        assert (told.status, told.failed, told.missing) == (
            decision.status,
            decision.failed,
            decision.missing,
        )
        assert (told.amount_fen, told.receiving, told.finding) == (
            decision.amount_fen, decision.receiving, decision.finding,
        )  # fmt: skip
        holding = {r.key for r in told.reasons if r.section == "exclusions" and r.outcome == "met"}
        failing = {r.key for r in told.reasons if r.section != "exclusions" and r.outcome == "failed"}
        assert set(told.failed) == (holding | failing)
        assert (told.status == "unknown") == bool(told.missing)
        assert set(told.ask) <= set(told.missing)


def test_each_condition_is_met_failed_unknown_or_assumed() -> None:
    assert outcomes("nursing", grade=None, needs_personal_care=False, work_injury_care_pay=None) == {
        "alive": "met", "here": "met", "severe": "unknown", "care": "failed", "injury": "assumed",
        "elder_higher": "failed",
    }  # fmt: skip


def test_a_sum_that_cannot_be_weighed_is_assumed_not_to_be_the_higher() -> None:
    plan = replace(PLAN, benefits={**PLAN.benefits, "elder": replace(ELDER, amount=None)})
    received = {**MEI, "receives.elder": True}
    for paid, outcome in ((None, "assumed"), (9_000, "failed"), (19_000, "met")):
        told = explain(plan, {**received, "paid.elder": paid}, "nursing", DAY)
        assert {reason.key: reason.outcome for reason in told.reasons}["elder_higher"] == outcome
        assert (told.status == "ineligible") == (outcome == "met")


def test_a_reason_shows_the_facts_it_used_and_what_they_come_from() -> None:
    told = explain(PLAN, MEI, "nursing", DAY)
    (severe,) = [reason for reason in told.reasons if reason.key == "severe"]
    (used,) = severe.used
    assert (used.fact.name, used.value) == ("severe", True)
    assert [(of.fact.name, of.value) for of in used.of] == [("grade", 1)]
    assert severe.condition.clause == "第一条"


def test_what_is_due_shows_the_line_of_the_table() -> None:
    told = explain(PLAN, MEI, "nursing", DAY)
    assert told.amount is not None
    ((table, rate),) = told.amount.rates
    assert (table, rate.keys, rate.value, told.amount.fen) == ("nursing", ("440704", "1"), 12_000, 12_000)
    assert told.difference_fen == -1_000


def test_only_the_branch_that_was_taken_counts_for_the_sum() -> None:
    told = explain(PLAN, {**MEI, "hukou": "440799001001"}, "nursing", DAY)
    assert told.amount is None  # not eligible outside the area
    other = plan_with(
        PLAN.groups["nursing"], group("nursing", condition("care", "needs_personal_care"), benefit="nursing")
    )
    told = explain(other, {**MEI, "hukou": "440799001001"}, "nursing", DAY)
    assert told.amount is not None
    assert [rate.keys for _, rate in told.amount.rates] == [("44", "1")]


def test_a_table_without_a_line_is_named_where_no_fact_is_missing() -> None:
    plan = plan_with(group("g", condition("low", 'income_pc_month < table("nursing", hukou, grade)')))
    told = explain(plan, {**MEI, "grade": 4, "income_pc_month": 1}, "g", DAY)
    assert (told.status, told.missing, told.reasons[0].unlisted) == ("unknown", (), ("nursing",))


def test_a_list_is_asked_before_the_register_and_the_register_before_a_person() -> None:
    facts = tuple(
        fact(name, "bool", source=source)
        for name, source in (
            ("told", "person"),
            ("home", "household"),
            ("filed", "register"),
            ("sent", "list:x"),
        )
    )
    plan = plan_with(
        group("g", condition("c", "(told || sent || home) && (filed || told || home)")), facts=facts
    )
    assert explain(plan, {}, "g", DAY).ask == ("sent", "filed")
    assert explain(plan, {"sent": False}, "g", DAY).ask == ("home",)
    assert explain(plan, {"sent": False, "home": False}, "g", DAY).ask == ("told",)
    assert explain(plan, {"told": True}, "g", DAY).ask == ()


@settings(max_examples=60, deadline=None)
@given(st.permutations(["a", "b", "c", "d"]), st.sampled_from(["&&", "||"]), st.sampled_from(["&&", "||"]))
def test_the_asked_facts_can_show_that_the_person_belongs(names: list[str], outer: str, inner: str) -> None:
    facts = tuple(fact(name, "bool", source="person") for name in "abcd")
    w, x, y, z = names
    plan = plan_with(group("g", condition("c", f"({w} {inner} !{x}) {outer} ({y} {inner} {z})")), facts=facts)
    asked = explain(plan, {}, "g", DAY).ask
    answers = {name: name != x for name in asked}
    assert explain(plan, answers, "g", DAY).status == "eligible"
    for left_out in asked:
        fewer = {name: value for name, value in answers.items() if name != left_out}
        assert explain(plan, fewer, "g", DAY).status == "unknown"


class TestQuestions:
    def test_what_decides_most_groups_comes_first(self) -> None:
        person = {**MEI, "grade": None, "birth_date": None}
        first, second, *_ = ask(PLAN, person, list(PLAN.groups), DAY)
        assert (first.fact.name, first.decides) == ("grade", ("nursing", "nursing_adult", "both"))
        assert (second.fact.name, second.decides) == ("birth_date", ("nursing_adult", "old"))

    def test_what_another_list_can_answer_is_not_asked(self) -> None:
        questions = ask(PLAN, {**MEI, "income_class": None}, ["living"], DAY)
        assert questions == ()

    def test_nothing_is_asked_that_changes_nothing(self) -> None:
        assert ask(PLAN, {**MEI, "needs_personal_care": False, "grade": None}, ["nursing"], DAY) == ()

    def test_at_most_so_many_are_asked(self) -> None:
        assert len(ask(PLAN, {}, list(PLAN.groups), DAY, limit=2)) == 2
