"""The packs that come with Yice: they load, nothing is lacking, and every case comes out as its author wrote."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from yice.rules.pack.cases import run_cases
from yice.rules.pack.check import lacks
from yice.rules.pack.loader import load_pack, plan_of
from yice.rules.pack.written import read_pack

PACKS = Path(__file__).resolve().parents[2] / "packs"
SHIPPED = sorted(path.name for path in PACKS.iterdir() if (path / "pack.yaml").is_file())
ARCHITECTURE = [
    "birth_date",
    "sex",
    "category",
    "grade",
    "parts",
    "certified",
    "certificate_status",
    "certificate_until",
    "hukou",
    "residence",
    "rural",
    "income_class",
    "income_pc_month",
    "assets_within_limit",
    "registered_poor",
    "urban_hardship_aid",
    "employed",
    "self_employed",
    "work_ability",
    "wish_to_work",
    "seeks_work",
    "wants_business",
    "vocational_project",
    "school_stage",
    "school_kind",
    "kindergarten_kind",
    "in_school_roll",
    "education_need",
    "needs_personal_care",
    "cannot_attend_school",
    "literate",
    "literacy_need",
    "exam_passed",
    "need_rehab",
    "need_device",
    "need_home_service",
    "need_day_care",
    "need_residential",
    "need_adaptation",
    "long_term_care_need",
    "strong_care_need",
    "cannot_leave_home",
    "unwilling_to_leave_home",
    "pension_kind",
    "medical_kind",
    "uninsured_reason",
    "illness",
    "medical_self_paid_year",
    "relief_layers_used",
    "basic_living_difficulty",
    "sudden_event",
    "family_dependent",
    "can_form_own_household",
    "household_id",
    "household_size",
    "household_disabled",
    "elderly_caring",
    "single_parent",
    "housing_difficulty",
    "certified_dangerous_house",
    "public_housing_tenant",
    "low_income_farm",
    "low_income_village",
    "special_production_difficulty",
    "parent_disabled",
    "parent_hardship",
    "legal_capacity",
    "guardian_known",
    "orphan_allowance",
    "in_welfare_institution",
    "work_injury_care_pay",
    "elder_care_pay",
    "veteran_care_pay",
    "deceased",
    "severe",
    "mild",
    "hardship",
    "working_age",
    "child",
]


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_pack_lacks_nothing(name: str) -> None:
    written = read_pack(PACKS / name)
    assert [str(problem) for problem in lacks(plan_of(written), written)] == []


@pytest.mark.parametrize("name", SHIPPED)
def test_every_case_of_a_shipped_pack_comes_out_as_written(name: str) -> None:
    results = run_cases(read_pack(PACKS / name))
    assert results
    assert {result.name: result.differences for result in results if not result.passed} == {}


def test_cn_declares_every_core_fact_and_a_question_is_in_both_languages() -> None:
    facts = load_pack(PACKS / "cn").facts
    assert [name for name in ARCHITECTURE if name not in facts] == []
    asked = [fact.question for fact in facts.values() if fact.question]
    assert len(asked) > 40
    assert all(re.search(r"[\u4e00-\u9fff]", words.zh) and words.en.isascii() for words in asked)


def test_each_benefit_gives_its_three_facts() -> None:
    plan = load_pack(PACKS / "cn-440704-2016")
    for benefit in plan.benefits:
        assert {f"applied.{benefit}", f"receives.{benefit}", f"paid.{benefit}"} <= set(plan.facts)
    silence = plan.facts["receives.living_subsidy"].silence
    assert silence is not None
    assert (silence.means, silence.list) == (False, "living_subsidy")


def test_changle_needs_both_totals_of_its_quarter() -> None:
    vectors = {
        result.name for result in run_cases(read_pack(PACKS / "cn-350112-2022")) if "季度" in result.name
    }
    assert vectors == {"2022年第三季度生活补贴", "2022年第三季度护理补贴"}


def test_luquan_says_that_its_nursing_total_cannot_be_checked() -> None:
    assert any("300980" in note and "无法复核" in note for note in load_pack(PACKS / "cn-130110-2025").notes)


def test_jianghai_shows_its_amounts_as_samples() -> None:
    plan = load_pack(PACKS / "cn-440704-2016")
    assert plan.benefits["living_subsidy"].sample
    assert plan.benefits["nursing_subsidy"].sample
    assert plan.settings["nursing_subsidy_fen"].sample
    assert not any(rate.source for rate in plan.tables["subsistence_standard"].rates)
