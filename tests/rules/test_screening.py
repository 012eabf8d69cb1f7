"""Everybody against every group: statuses, reasons, what is due, and what the receipts say against it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rules.little_plan import (
    DAY,
    LIVING,
    MEI,
    NURSING,
    PLAN,
    condition,
    group,
    plan_with,
    setting,
)
from tests.rules.rule_texts import PEOPLE

from yice.rules.columns import Columns
from yice.rules.kernel.screening import Decision, screen
from yice.rules.model import Exclusion, Plan
from yice.terms.errors import Problem


def decide(group_id: str, plan: Plan = PLAN, on: dt.date = DAY, **changes: Any) -> Decision:
    """陈小梅 with some facts changed, against one group."""
    (decision,) = screen(plan, Columns.one(plan, {**MEI, **changes}), on, groups=[group_id]).decide()
    return decision


def told(people: list[dict[str, Any]], **how: Any) -> list[dict[str, Any]]:
    screening = screen(PLAN, Columns.from_records(PLAN, people), DAY, **how)
    rows = [row for part in screening.decisions(difference=True) for row in part.to_pylist()]
    return sorted(rows, key=lambda row: (int(row["person_id"]), row["group"]))


def many(people: list[dict[str, Any]], rows: int) -> list[dict[str, Any]]:
    return [{**people[i % len(people)], "person_id": str(i)} for i in range(rows)]


@settings(max_examples=25, deadline=None)
@given(st.lists(PEOPLE, min_size=1, max_size=9), st.sampled_from([1, 63, 64, 65, 127, 128, 129, 200]))
def test_chunks_and_threads_change_nothing(people: list[dict[str, Any]], rows: int) -> None:
    crowd = many(people, rows)
    whole = told(crowd, threads=1)
    assert len(whole) == rows * len(PLAN.groups)
    assert told(crowd, chunk=64) == whole
    assert told(crowd, chunk=128, threads=3) == whole


@settings(max_examples=25, deadline=None)
@given(st.lists(PEOPLE, min_size=1, max_size=9))
def test_one_person_and_the_crowd_are_decided_alike(people: list[dict[str, Any]]) -> None:
    crowd = many(people, 70)
    bulk = screen(PLAN, Columns.from_records(PLAN, crowd), DAY)
    for row in (0, 63, 64, 69):
        alone = screen(PLAN, Columns.one(PLAN, crowd[row]), DAY).decide()
        assert bulk.decide(row) == alone
        for decision in alone:
            (written,) = [r for r in told([{**crowd[row], "person_id": "0"}]) if r["group"] == decision.group]
            assert written["status"] == decision.status
            assert written["failed"] == ";".join(decision.failed)
            assert written["missing"] == ";".join(decision.missing)
            assert written["amount_fen"] == decision.amount_fen
            assert written["receiving"] == decision.receiving
            assert written["finding"] == decision.finding
            assert written["difference_fen"] == decision.difference_fen


@settings(max_examples=25, deadline=None)
@given(st.lists(PEOPLE, min_size=1, max_size=9), st.integers(1, 300))
def test_findings_are_the_rows_with_something_to_follow(people: list[dict[str, Any]], rows: int) -> None:
    screening = screen(PLAN, Columns.from_records(PLAN, many(people, rows)), DAY, chunk=128)
    every = [row for part in screening.decisions() for row in part.to_pylist()]
    found = [row for part in screening.decisions("findings") for row in part.to_pylist()]
    assert found == [row for row in every if row["finding"] not in ("", "ok")]


def test_masks_counts_and_conditions_agree() -> None:
    people = [MEI, {**MEI, "grade": 3}, {**MEI, "grade": None}, {**MEI, "hukou": None, "grade": 4}]
    screening = screen(PLAN, Columns.from_records(PLAN, people), DAY)
    assert screening.counts("nursing") == {"eligible": 1, "ineligible": 2, "unknown": 1}
    assert [int(words[0]) for words in screening.conditions("nursing")["severe"]] == [0b0001, 0b1010]
    assert int(screening.unknown("nursing")[0]) == 0b0100


def test_nobody_at_all_is_screened_without_fuss() -> None:
    assert told([]) == []
    assert screen(PLAN, Columns.from_records(PLAN, []), DAY).counts("nursing")["eligible"] == 0


def test_batches_write_to_parquet_and_csv(tmp_path: Any) -> None:
    screening = screen(PLAN, Columns.from_records(PLAN, [MEI, {}]), DAY)
    table = pa.Table.from_batches(screening.decisions(), screening.schema())
    import pyarrow.csv
    import pyarrow.parquet

    pyarrow.parquet.write_table(table, tmp_path / "out.parquet")
    assert pyarrow.parquet.read_table(tmp_path / "out.parquet").to_pylist() == table.to_pylist()
    pyarrow.csv.write_csv(table, tmp_path / "out.csv")
    assert '"unknown","","grade;hukou;needs_personal_care",,,"ask"' in (tmp_path / "out.csv").read_text()


class TestStatus:
    def test_every_failed_condition_is_named(self) -> None:
        assert decide("nursing", grade=3, needs_personal_care=False).failed == ("severe", "care")

    def test_a_known_no_outweighs_an_unknown(self) -> None:
        assert decide("nursing", grade=None, needs_personal_care=False).status == "ineligible"

    def test_missing_names_what_a_derived_fact_comes_from(self) -> None:
        assert decide("living", income_class=None).missing == ("income_class",)

    def test_a_parent_group_counts_and_its_reasons_say_so(self) -> None:
        assert decide("nursing_adult", grade=3).failed == ("nursing/severe",)
        assert decide("nursing_adult", birth_date=dt.date(2010, 1, 1)).failed == ("adult",)

    def test_what_applies_to_both_is_told_once(self) -> None:
        assert decide("nursing_adult", deceased=True).failed == ("alive",)

    def test_a_group_over_groups_names_the_facts_beneath(self) -> None:
        assert decide("both", grade=None, income_class=None).missing == ("grade", "income_class")

    def test_an_alias_is_the_other_group_under_its_own_name(self) -> None:
        plan = plan_with(PLAN.groups["living"], group("also", same_as="living"))
        assert decide("also", plan, income_class="none").failed == ("hard",)

    def test_a_presumption_stands_until_the_fact_is_known(self) -> None:
        known = {"category": "intellectual", "grade": 4, "income_class": "none"}
        assert decide("mind", **known, income_pc_month=None).status == "eligible"
        assert decide("mind", **known, income_pc_month=200_000).failed == ("poor",)

    def test_what_only_practice_adds_is_off_until_its_setting_is_on(self) -> None:
        facts = {"category": "intellectual", "employed": True}
        assert decide("mind", **facts).status == "eligible"
        strict = replace(
            PLAN, settings={**PLAN.settings, "only_without_work": setting("only_without_work", True)}
        )
        assert decide("mind", strict, **facts).failed == ("work",)

    def test_groups_in_a_circle_are_refused(self) -> None:
        circle = plan_with(
            group("a", condition("c", 'in_group("b")')), group("b", condition("c", "employed"), within="a")
        )
        with pytest.raises(Problem, match="a → b → a"):
            decide("a", circle)

    def test_two_conditions_of_one_name_are_refused(self) -> None:
        double = plan_with(group("a", condition("c", "employed"), condition("c", "severe")))
        with pytest.raises(Problem, match="两个条件都叫 c"):
            decide("a", double)

    def test_after_the_last_day_a_plan_is_asked_as_of_that_day(self) -> None:
        screening = screen(PLAN, Columns.one(PLAN, MEI), dt.date(2022, 1, 1))
        assert screening.ended
        assert screening.as_of == dt.date(2020, 12, 31)
        assert not screen(PLAN, Columns.one(PLAN, MEI), DAY).ended


class TestParts:
    @pytest.mark.parametrize(
        ("facts", "status"),
        [
            ({"category": "psychiatric", "grade": 2}, "eligible"),
            ({"category": "psychiatric", "grade": 3}, "ineligible"),
            ({"category": "psychiatric", "grade": None}, "unknown"),
            ({"category": "intellectual", "grade": None}, "eligible"),
            ({"category": "physical", "grade": None}, "ineligible"),
            ({"category": None, "grade": 1}, "unknown"),
            ({"category": "multiple", "grade": 1}, "unknown"),
            ({"category": "multiple", "parts": "psychiatric:2;physical:1"}, "eligible"),
            ({"category": "multiple", "parts": "psychiatric:3;physical:1"}, "ineligible"),
            ({"category": "multiple", "parts": "psychiatric;physical:1"}, "unknown"),
            ({"category": "multiple", "parts": "intellectual;physical:1"}, "eligible"),
            ({"category": None, "parts": "visual:1"}, "ineligible"),
        ],
    )
    def test_a_multiple_certificate_counts_by_its_parts(self, facts: dict[str, Any], status: str) -> None:
        assert decide("mind", income_pc_month=1, **facts).status == status

    def test_a_part_of_unknown_grade_is_what_is_missing(self) -> None:
        parts = {"category": "multiple", "parts": "psychiatric;physical:1"}
        assert decide("mind", income_pc_month=1, **parts).missing == ("parts",)


class TestFindings:
    @pytest.mark.parametrize(
        ("grade", "receives", "finding"),
        [
            (1, False, "gap"),
            (1, None, "ask"),
            (3, True, "leak"),
            (3, False, "ok"),
            (3, None, ""),
            (None, True, "ask"),
            (None, False, "ask"),
            (None, None, "ask"),
        ],
    )
    def test_status_and_receipt_meet_as_the_table_says(self, grade: Any, receives: Any, finding: str) -> None:
        assert decide("nursing", grade=grade, **{"receives.nursing": receives}).finding == finding

    @pytest.mark.parametrize(
        ("paid", "finding", "difference"),
        [(12_000, "ok", 0), (11_000, "amount", -1_000), (13_000, "amount", 1_000), (None, "ok", None)],
    )
    def test_a_wrong_sum_is_signed(self, paid: Any, finding: str, difference: Any) -> None:
        decision = decide("nursing", **{"paid.nursing": paid})
        assert (decision.finding, decision.difference_fen, decision.amount_fen) == (
            finding,
            difference,
            12_000,
        )

    def test_a_leak_shows_what_was_paid(self) -> None:
        assert decide("nursing", grade=3).amount_fen == 11_000

    def test_a_sum_that_cannot_be_told_is_never_wrong(self) -> None:
        decision = decide("nursing", residence=None, hukou="440704001003", grade=2, on=dt.date(2020, 1, 1),
                          **{"paid.nursing": 1})  # fmt: skip
        assert decision.finding == "amount"
        ended = decide(
            "nursing", replace(PLAN, until=None), on=dt.date(2021, 1, 1), grade=2, **{"paid.nursing": 1}
        )
        assert (ended.finding, ended.amount_fen) == ("ok", None)

    def test_without_a_list_of_receipts_there_is_nothing_to_compare(self) -> None:
        quiet = plan_with(PLAN.groups["living"], benefits={"living": replace(LIVING, receipts=None)})
        assert decide("living", quiet, **{"receives.living": False}).finding == ""

    def test_a_route_that_others_need_not_take_is_no_leak(self) -> None:
        route = plan_with(replace(PLAN.groups["living"], leaks=False))
        assert decide("living", route, income_class="none", **{"receives.living": True}).finding == ""
        assert decide("living", route, income_class=None, **{"receives.living": True}).finding == ""
        assert decide("living", route, income_class=None).finding == "ask"

    def test_who_is_outside_the_plan_is_not_its_to_judge(self) -> None:
        """The benefit does not rest on being alive here: whoever fails only that, or that as well, is no leak."""
        told = replace(PLAN, benefits={"living": replace(LIVING, outside=("alive",))})
        gone = {"deceased": True, "receives.living": True}
        assert decide("living", **gone).finding == "leak"
        assert decide("living", told, **gone).finding == ""
        assert decide("living", told, income_class="none", **{"receives.living": True}).finding == "leak"

    @pytest.mark.parametrize(
        ("born", "finding"),
        [(dt.date(1950, 1, 1), "ok"), (dt.date(1990, 1, 1), "leak"), (None, "ask")],
    )
    def test_who_receives_by_another_route_is_no_leak(self, born: Any, finding: str) -> None:
        plan = replace(PLAN, benefits={"living": replace(LIVING, routes=("old",))})
        decision = decide("living", plan, income_class="none", birth_date=born, **{"receives.living": True})
        assert (decision.status, decision.finding) == ("ineligible", finding)


class TestExclusions:
    def test_one_known_to_hold_takes_the_benefit_away(self) -> None:
        decision = decide("nursing", work_injury_care_pay=True)
        assert (decision.status, decision.failed, decision.finding) == ("ineligible", ("injury",), "leak")

    def test_one_unknown_is_presumed_not_to_hold(self) -> None:
        assert decide("nursing", work_injury_care_pay=None).status == "eligible"

    def test_it_takes_the_benefit_away_and_not_the_membership(self) -> None:
        assert decide("nursing_adult", work_injury_care_pay=True).status == "eligible"

    @pytest.mark.parametrize(
        ("paid", "status", "finding"),
        [
            (13_000, "ineligible", "duplicate"),
            (12_000, "eligible", "amount"),
            (None, "ineligible", "duplicate"),
        ],
    )
    def test_the_higher_of_two_is_chosen(self, paid: Any, status: str, finding: str) -> None:
        """Where the month's list names no sum, what the other benefit owes (15,000) is weighed."""
        decision = decide("nursing", **{"receives.elder": True, "paid.elder": paid})
        assert (decision.status, decision.finding) == (status, finding)

    def test_one_of_two_that_exclude_each_other_received_together_is_a_duplicate(self) -> None:
        one = Exclusion(condition("with_living", "receives.living"), "one", other="living")
        plan = replace(PLAN, benefits={**PLAN.benefits, "nursing": replace(NURSING, excludes=(one,))})
        decision = decide("nursing", plan, **{"receives.living": True})
        assert (decision.status, decision.finding, decision.amount_fen) == ("ineligible", "duplicate", 11_000)
