"""A plan written by hand for the tests of the kernel: two subsidies, a few groups, every kind of fact."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from yice.rules.model import Benefit, Condition, Exclusion, Fact, Group, Plan, Rate, Setting, Silence, Table
from yice.rules.words import Place as At
from yice.rules.words import Words

AT = At("groups/little.yaml", 1, 1)
DAY = dt.date(2020, 6, 30)
CATEGORIES = ("visual", "hearing", "speech", "physical", "intellectual", "psychiatric", "multiple")


def words(text: str) -> Words:
    return Words(text, text)


def fact(name: str, kind: Any, *codes: str, **more: Any) -> Fact:
    return Fact(name, kind, words(name), codes=codes, **more)


def condition(id: str, text: str, **more: Any) -> Condition:
    return Condition(id, text, words(f"{id} 成立"), "第一条", AT, **more)


def group(id: str, *when: Condition, applies: tuple[Condition, ...] = (), **more: Any) -> Group:
    return Group(id, words(id), more.pop("unit", "person"), "第一条", applies, when, AT, **more)


def setting(name: str, value: Any) -> Setting:
    return Setting(name, value, words(name), "测试", None)


FACTS = (
    fact("birth_date", "date", source="register"),
    fact("category", "code", *CATEGORIES, source="register"),
    fact("grade", "int", source="register"),
    fact("parts", "parts", *CATEGORIES[:-1], source="register"),
    fact("certificate_until", "date", source="register"),
    fact("hukou", "area", source="register"),
    fact("residence", "area", source="household"),
    fact("income_class", "code", "none", "subsistence", "low_income", source="list:subsistence"),
    fact("income_pc_month", "int", source="household"),
    fact("employed", "bool", source="person"),
    fact("needs_personal_care", "bool", source="person"),
    fact("work_injury_care_pay", "bool", source="list:injury"),
    fact("illness", "set", "major", "rare", "severe_mental", source="person"),
    fact("uninsured_reason", "text", source="person"),
    fact("deceased", "bool", source="register", silence=Silence(False)),
    fact("severe", "bool", derive="grade <= 2"),
    fact("hardship", "bool", derive='income_class in ["subsistence", "low_income"]'),
)
ALIVE = condition("alive", "!deceased")
HERE = condition("here", 'in_area(hukou, "440704")')
NURSING = Benefit(
    "nursing", words("护理补贴"), "nursing", "第一条", AT, amount='table("nursing", hukou, grade)',
    receipts="payroll",
    excludes=(
        Exclusion(condition("injury", "work_injury_care_pay"), "none"),
        Exclusion(condition("elder_higher", 'receives("elder")'), "choose_higher", other="elder"),
    ),
)  # fmt: skip
LIVING = Benefit(
    "living", words("生活补贴"), "living", "第一条", AT, amount="severe ? 20000 : 10000", receipts="payroll"
)
ELDER = Benefit("elder", words("失能护理补贴"), "old", "第一条", AT, amount="15000", receipts="elder")
RATES = Table(
    "nursing", ("area", "grade"), "fen",
    (
        Rate(("440704", "1"), dt.date(2018, 1, 1), 11000),
        Rate(("440704", "1"), dt.date(2020, 1, 1), 12000),
        Rate(("44", "1"), dt.date(2018, 1, 1), 9000),
        Rate(("440704", "2"), dt.date(2018, 1, 1), 8000),
        Rate(("440704", "2"), dt.date(2021, 1, 1), None),
    ),
)  # fmt: skip
GROUPS = (
    group(
        "nursing", condition("severe", "severe"), condition("care", "needs_personal_care"),
        applies=(ALIVE, HERE), benefit="nursing",
    ),
    group(
        "nursing_adult", condition("adult", "age_on(as_of) >= 16"), applies=(ALIVE, HERE), within="nursing"
    ),
    group("living", condition("hard", "hardship"), applies=(ALIVE,), benefit="living"),
    group("old", condition("age", "age_on(as_of) >= 60"), applies=(ALIVE,), benefit="elder"),
    group("both", condition("both", 'in_group("living") && in_group("nursing")')),
    group(
        "mind", condition("mind", 'has_part("intellectual", 4) || has_part("psychiatric", 2)'),
        condition("poor", "income_pc_month < 100000 || hardship", presume=True),
        condition("work", "!employed", practice="only_without_work"),
    ),
    group("ill", condition("ill", '"major" in illness || uninsured_reason == "无力缴费"')),
    group("home", condition("large", "employed"), unit="household"),
)  # fmt: skip
PLAN = Plan(
    "little", "1", "0" * 64, words("小方案"), "测试", dt.date(2016, 1, 1), dt.date(2020, 12, 31),
    ("440704000000",), {}, {f.name: f for f in FACTS}, {g.id: g for g in GROUPS},
    {b.id: b for b in (NURSING, LIVING, ELDER)},
    {s.name: s for s in (setting("only_without_work", False), setting("sites", ("440704001", "440799")))},
    {"nursing": RATES}, {}, {},
)  # fmt: skip

# 陈小梅, grade 1, in need of care, paid the sum of 2018: everything known.
MEI = {
    "person_id": "mei", "birth_date": dt.date(1970, 3, 1), "category": "physical", "grade": 1,
    "hukou": "440704001003", "income_class": "subsistence", "needs_personal_care": True, "employed": False,
    "work_injury_care_pay": False, "receives.nursing": True, "paid.nursing": 11000, "receives.living": False,
    "receives.elder": False,
}  # fmt: skip


def plan(**changes: Any) -> Plan:
    """The little plan with whole parts changed."""
    return replace(PLAN, **changes)


def plan_with(*groups: Group, facts: tuple[Fact, ...] = (), **more: Any) -> Plan:
    """The little plan's facts with these groups only."""
    return replace(
        PLAN, groups={g.id: g for g in groups}, facts={**PLAN.facts, **{f.name: f for f in facts}},
        benefits=more.pop("benefits", PLAN.benefits), **more,
    )  # fmt: skip
