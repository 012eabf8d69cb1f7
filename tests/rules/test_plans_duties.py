"""The five plans carry every eligibility duty of the documents: as a group, an alias, or noted as without condition."""

from __future__ import annotations

import functools
from pathlib import Path

import pytest

from yice.rules.model import Group, Plan
from yice.rules.pack.loader import load_pack

HERE = Path(__file__).resolve().parent
PACKS = HERE.parents[1] / "packs"
DUTIES = (HERE / "eligibility_ids.txt").read_text("utf-8").split()
PLANS = {
    "BJ": "cn-11-2018",
    "HN": "cn-43-2016",
    "JL": "cn-22-2017",
    "NM": "cn-15-2013",
    "JH": "cn-440704-2016",
}
WITHOUT_CONDITION = {"JH-3.1.2", "JH-3.2.1b"}


@functools.cache
def plan(letters: str) -> Plan:
    return load_pack(PACKS / PLANS[letters])


def own_groups(letters: str) -> list[Group]:
    return [group for name, group in plan(letters).groups.items() if name.startswith(f"{letters}-")]


def test_there_are_seventy_five_duties() -> None:
    assert len(DUTIES) == len(set(DUTIES)) == 75


@pytest.mark.parametrize("duty", DUTIES)
def test_each_duty_is_a_group_or_is_noted_as_without_condition(duty: str) -> None:
    of = plan(duty[:2])
    noted = any(note.startswith(f"{duty}：文中没有条件") for note in of.notes)
    assert (duty in of.groups) != noted
    assert noted == (duty in WITHOUT_CONDITION)


@pytest.mark.parametrize("letters", PLANS)
def test_each_group_says_which_duty_it_carries_and_where_the_document_has_it(letters: str) -> None:
    for group in own_groups(letters):
        assert group.duty in DUTIES
        assert group.id == group.duty or group.id.startswith(f"{group.duty}.")
        assert group.same_as or group.when
        assert all(condition.says.zh and condition.says.en.isascii() for condition in group.when)


def test_the_units_of_the_documents_are_kept() -> None:
    units = {group.id: group.unit for letters in PLANS for group in own_groups(letters)}
    named = {name for name, unit in units.items() if unit in ("organisation", "area", "post")}
    assert named == {
        "JH-3.2.10.hospital", "JH-4.2.4", "JH-4.2.8", "JH-4.3.6", "HN-3.2.2", "HN-3.2.13", "HN-3.4.7", "HN-3.4.7.passed",
        "NM-0.6", "NM-2.6", "NM-2.7",
    }  # fmt: skip
    assert {units[name] for name in ("BJ-2.1.3", "BJ-2.3.5.Q2", "JH-3.3.1", "JH-3.3.5")} == {"household"}


def test_a_priority_lies_within_its_group() -> None:
    within = {group.id: group.within for letters in PLANS for group in own_groups(letters) if group.within}
    assert within == {"BJ-5.1.2": "BJ-5.1.1", "BJ-1.3.1.S5": "BJ-1.1", "NM-2.7": "NM-2.6"}


def test_the_main_text_of_beijing_names_the_groups_of_its_annexes_again() -> None:
    again = {group.id: group.same_as for group in own_groups("BJ") if group.same_as}
    assert again == {
        "BJ-0.2.2a": "BJ-2.1.1",
        "BJ-0.2.2b": "BJ-2.1.2",
        "BJ-0.2.2c": "BJ-2.1.3",
        "BJ-0.2.5b": "BJ-5.1.1",
        "BJ-0.2.6b": "BJ-6.1",
    }


@pytest.mark.parametrize(
    ("letters", "setting", "readings"),
    [
        ("JH", "child_rehab_last_age", {6, 5}),
        ("HN", "training_classes_a_year", {"3-5", "35"}),
        ("HN", "train_up_to_stars", {2, 3}),
        ("BJ", "care_counts_parts", {True, False}),
        ("BJ", "compulsory_reading", {"special_school_for_anyone", "mainstream_for_both"}),
        ("JL", "care_priority_reading", {"all", "any"}),
        ("JH", "rent_waiver_reading", {"low_income_for_both", "low_income_for_several"}),
    ],
)
def test_what_the_text_leaves_open_is_a_setting_with_both_readings(
    letters: str, setting: str, readings: set[bool | int | str]
) -> None:
    found = plan(letters).settings[setting]
    assert {found.value, *found.alternatives} == readings
    assert found.author
    assert found.date


def test_the_plan_of_inner_mongolia_binds_chosen_sites_and_shows_that_they_are_samples() -> None:
    assert plan("NM").settings["demonstration_sites"].sample
    assert any("24个示范点" in note for note in plan("NM").notes)


@pytest.mark.parametrize("letters", PLANS)
def test_each_plan_cites_its_document_with_authority_and_a_date_or_why_there_is_none(letters: str) -> None:
    cited = {group.clause.split(" ")[0] for group in own_groups(letters)}
    sources = [s for s in plan(letters).sources.values() if (s.number or f"《{s.title}》") in cited]
    assert sources
    assert all(source.authority and (source.date or source.date_note) for source in sources)
