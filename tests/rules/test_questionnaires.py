"""The questionnaire of the yearly round: what a wrong one is told, and that gates never turn unknown into no."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yice.rules.pack.loader import load_pack
from yice.rules.questionnaires.asking import Asking
from yice.terms.errors import Problems

PACKS = Path(__file__).resolve().parents[2] / "packs"
DAY = dt.date(2018, 7, 1)
HEAD = """
id: trial
version: "1"
title: {zh: 试, en: trial}
authority: 岭前区残疾人联合会
period: {since: 2020-01-01}
areas: ["440799000000"]
"""
FACTS = """
farms: {type: int, of: area, counts: farm, label: {zh: 农场, en: farms}}
works: {type: bool, label: {zh: 在业, en: works}}
kind: {type: code, label: {zh: 类别, en: kind}, codes: {a: {zh: 甲, en: a}, b: {zh: 乙, en: b}}}
"""
WRONG = """
yearly:
  title: {zh: 表, en: form}
  edition: "1"
  sections: {all: {title: {zh: 全部, en: all}, gate: 'wroks && known(Q6)'}}
  statuses: {"1": {label: {zh: 死亡, en: died}}}
  modes: {visit: {zh: 入户, en: visit}}
  home: vsit
  items:
    Q1: {section: al, fact: works, official: false}
    Q2: {section: all, type: set, label: {zh: 项, en: item}, codes: {"1": {zh: 有, en: yes}}, alone: ["9"]}
    Q3: {section: all, fact: kind, type: code, codes: {"1": {zh: 甲, en: a}}, official: false}
    Q4: {section: all, fact: kind, shows: {c: a}, official: false}
    Q5: {section: all, fact: nothing}
    Q6: {section: all, type: text, label: {zh: 话, en: words}, gate: 'Q2 == "1"', official: false}
    works: {section: all, type: text, label: {zh: 话, en: words}, official: false}
    Q7: {section: all, fact: farms, official: false}
  checks: {one: {item: Q9, wrong_when: Q2, says: {zh: 不对, en: wrong}}}
  official: {columns: [{heading: 姓名, of: name}, {heading: 姓名, item: Q2, of: name}]}
more:
  extends: yearli
  title: {zh: 附加, en: more}
  edition: "1"
  sections: {all: {title: {zh: 全部, en: all}}}
  items: {M1: {section: all, fact: works}}
  official: {columns: [{heading: 在业, item: M1}]}
"""


def test_everything_wrong_is_told_with_its_place(tmp_path: Path) -> None:
    folder = tmp_path / "trial"
    (folder / "questionnaires").mkdir(parents=True)
    (folder / "pack.yaml").write_text(HEAD, "utf-8")
    (folder / "facts.yaml").write_text(FACTS, "utf-8")
    (folder / "questionnaires/form.yaml").write_text(WRONG, "utf-8")
    with pytest.raises(Problems) as first:
        load_pack(folder)
    assert [str(one.where) for one in first.value.problems] == [
        "questionnaires/form.yaml:14:30", "facts.yaml:2:38",  # Q5 and the kind counted
    ]  # fmt: skip
    (folder / "facts.yaml").write_text(FACTS.replace("counts: farm, ", ""), "utf-8")
    (folder / "questionnaires/form.yaml").write_text(WRONG.replace("fact: nothing}", "fact: works}"), "utf-8")
    with pytest.raises(Problems) as caught:
        load_pack(folder)
    told = {(one.code, str(one.where).partition(":")[2].partition(":")[0]) for one in caught.value.problems}
    assert told >= {
        ("expr-name", "5"), ("questionnaire-status", "6"), ("pack-reference", "8"), ("pack-reference", "10"),
        ("pack-reference", "11"), ("questionnaire-fact", "12"), ("questionnaire-fact", "13"), ("questionnaire-column", "14"),
        ("expr-type", "15"), ("questionnaire-order", "11"), ("questionnaire-item", "16"), ("pack-reference", "18"), ("expr-type", "18"),
        ("questionnaire-fact", "17"), ("questionnaire-column", "19"), ("pack-reference", "21"),
    }  # fmt: skip


@cache
def dynamic() -> Asking:
    plan = load_pack(PACKS / "cn")
    return Asking(plan, plan.questionnaires["dynamic_1_2018"], DAY)


def answers() -> st.SearchStrategy[dict[str, Any]]:
    items = dynamic().of.items.values()
    by_item = {
        one.id: st.lists(st.sampled_from(list(one.codes)), min_size=1, unique=True).map(";".join)
        if one.type == "set"
        else st.sampled_from(list(one.codes))
        for one in items
        if one.codes
    }
    return st.fixed_dictionaries({}, optional=by_item)


FACTS_OF = st.fixed_dictionaries(
    {},
    optional={
        "birth_date": st.dates(dt.date(1930, 1, 1), dt.date(2017, 12, 31)).map(str),
        "rural": st.booleans(),
        "category": st.sampled_from(["visual", "physical", "intellectual", "psychiatric"]),
        "grade": st.integers(1, 4),
    },
)


@settings(max_examples=60)
@given(answers(), FACTS_OF, st.data())
def test_a_gate_stands_by_what_is_kept_and_unknown_stays_unknown(
    said: dict[str, Any], facts: dict[str, Any], data: st.DataObject
) -> None:
    asked = dynamic().asked(said, facts)
    assert all(asked.applies[name] is not False for name in asked.answers)  # nothing kept that is not asked
    again = dynamic().asked(asked.answers, facts)
    assert (again.applies, again.answers) == (asked.applies, asked.answers)
    if not facts:
        return
    gone = data.draw(st.sampled_from(sorted(facts)))
    fewer = dynamic().asked(asked.answers, {name: value for name, value in facts.items() if name != gone})
    for name, applies in fewer.applies.items():  # less known: what was said with less is never taken back
        if name != "X5":  # its gate asks known(…)
            assert applies is None or applies == asked.applies[name]


@pytest.mark.parametrize(
    ("age", "item", "applies"),
    [
        (19, "R4", False), (20, "R4", True), (14, "R12", False), (15, "R12", True), (15, "R16", False),
        (16, "R16", True), (59, "R16", True), (60, "R16", False), (5, "R40", False), (6, "R40", True),
    ],
)  # fmt: skip
def test_ages_are_whole_years_both_ends_in(age: int, item: str, applies: bool) -> None:
    born = DAY.replace(year=DAY.year - age)
    assert dynamic().asked({"R7": "2"}, {"birth_date": born, "rural": True}).applies[item] is applies


def test_the_skips_of_the_form() -> None:
    facts = {"birth_date": dt.date(1970, 1, 1), "category": "intellectual", "grade": 3}

    def shown(**said: str) -> set[str]:
        return set(dynamic().asked({"R3": "2", "R7": "2", **said}, facts).shown())

    assert not shown(R7="1") & {"R8", "R16", "R39", "R40"}
    assert {"R17"} <= shown(R16="1") and not shown(R16="1") & {"R16a", "R18", "R19"}
    assert "R21" not in shown(R16="2", R19="3") and "R22" not in shown(R16="2", R19="1")
    assert not shown(R32="2") & {"R33", "R34"} and "R34" not in shown(R32="1", R33="1")
    assert "R30" not in shown(R29="1") and "R36" not in shown(R35="3") and "R36" in shown(R35="6")
    wrong = dynamic().wrong(dynamic().asked({"R26": "1", "R25": "1", "R27": "4"}, facts), facts)
    assert [one.id for one in wrong] == ["medical_help"]


def test_what_a_province_asks_besides_follows_on_the_same_form() -> None:
    plan = load_pack(PACKS / "cn")
    more, base = plan.questionnaires["dynamic_1_2018_g"], plan.questionnaires["dynamic_1_2018"]
    own = [name for name in more.items if name.startswith("G")]
    assert (
        list(more.items) == [name for name in base.items if name != "X3"] + own
    )  # X3 is G3 here: asked once
    assert {name.rstrip("abcdef") for name in own} == {f"G{n}" for n in range(1, 21) if n != 4}
    assert [one.of for one in more.official.columns if one.heading.startswith("G4 ")] == ["area"]
    assert more.statuses == base.statuses and more.key == base.key
    asking = Asking(plan, more, DAY)

    def shown(age: int, **said: str) -> set[str]:
        facts = {"birth_date": DAY.replace(year=DAY.year - age), "category": "visual", "grade": 3}
        return set(asking.asked({"R3": "1", "R7": "2", **said}, facts).shown()) & set(own)

    child, grown = shown(16, R14="2"), shown(19, R14="0", G12="1", G13="3")
    assert child >= {"G5", "G2", "G6a", "G8", "G10", "G16"} and not child & {"G6b", "G7", "G11"}
    assert grown >= {"G2", "G11", "G13", "G13a", "G14"} and not grown & {"G5", "G10", "G16"}
    assert "G5" in shown(15) and not shown(15) & {"G2", "G12"}
