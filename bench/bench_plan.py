"""A plan of forty groups over the core facts, as wide as the five plans together: ages, categories, needs, money."""

from __future__ import annotations

import datetime as dt

from yice.rules.model import Benefit, Condition, Fact, FactType, Group, Plan, Rate, Silence, Table
from yice.rules.words import Place, Words

AT = Place("bench.yaml", 1, 1)
CATEGORIES = ("visual", "hearing", "speech", "physical", "intellectual", "psychiatric", "multiple")
FLAGS = [
    "certified",
    "employed",
    "work_ability",
    "wish_to_work",
    "seeks_work",
    "wants_business",
    "in_school_roll",
    "needs_personal_care",
    "cannot_attend_school",
    "literate",
    "need_rehab",
    "need_device",
    "need_home_service",
    "need_day_care",
    "need_residential",
    "need_adaptation",
    "long_term_care_need",
    "cannot_leave_home",
    "family_dependent",
    "can_form_own_household",
    "elderly_caring",
    "single_parent",
    "housing_difficulty",
    "public_housing_tenant",
    "parent_disabled",
    "orphan_allowance",
    "work_injury_care_pay",
    "in_welfare_institution",
    "rural",
    "registered_poor",
]
PROVINCES = (11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53,
             54, 61, 62, 63, 64, 65)  # fmt: skip
_ELSEWHERE = '!in_area(hukou, "71") && !in_area(hukou, "81") && !in_area(hukou, "82")'
STAGES = ("none", "preschool", "primary", "junior", "senior", "vocational", "college", "postgraduate")


def _words(text: str) -> Words:
    return Words(text, text)


def _fact(
    name: str, kind: FactType, codes: tuple[str, ...] = (), derive: str | None = None, top: int | None = None
) -> Fact:
    silence = Silence(False) if name == "deceased" else None
    return Fact(
        name,
        kind,
        _words(name),
        codes=codes,
        derive=derive,
        low=1 if top else None,
        high=top,
        silence=silence,
    )


FACTS = [
    _fact("birth_date", "date"), _fact("sex", "code", ("male", "female")), _fact("category", "code", CATEGORIES),
    _fact("grade", "int", top=4), _fact("hukou", "area"), _fact("certificate_until", "date"),
    _fact("income_class", "code", ("none", "subsistence", "low_income", "extreme_hardship")),
    _fact("income_pc_month", "int"), _fact("school_stage", "code", STAGES), _fact("household_disabled", "int", top=3),
    _fact("pension_kind", "code", ("none", "resident", "employee", "in_payment")), _fact("deceased", "bool"),
    _fact("severe", "bool", derive="grade <= 2"),
    _fact("hardship", "bool", derive='income_class in ["subsistence", "low_income"]'),
    *(_fact(name, "bool") for name in FLAGS),
]  # fmt: skip
_AGES = ("age_on(as_of) <= 6", "age_on(as_of) >= 7 && age_on(as_of) <= 17", "age_on(as_of) >= 16", "age_on(as_of) >= 60",
         "age_on(as_of) >= 16 && age_on(as_of) <= 59")  # fmt: skip
_CARE = ("severe", "grade <= 3", 'category in ["intellectual", "psychiatric"]', 'category == "visual" || category == "multiple"',
         'severe || category in ["intellectual", "psychiatric"] && grade == 3')  # fmt: skip
_MONEY = ("hardship", 'income_class == "subsistence"', "income_pc_month < 150000", "household_disabled >= 2 || hardship",
          'income_class != "extreme_hardship"', 'school_stage in ["senior", "vocational", "college"]')  # fmt: skip


def forty_groups(*, country: bool = False) -> Plan:
    """Forty groups of four to six conditions; every other one with a benefit, receipts and an amount.

    For one district, or for the country with its rates by province.
    """
    groups, benefits = {}, {}
    here = _ELSEWHERE if country else 'in_area(hukou, "440704")'
    areas = [f"{province}0000" for province in PROVINCES] if country else ["440704"]
    for i in range(40):
        texts = [_AGES[i % 5], _CARE[i // 2 % 5], _MONEY[i % 6], FLAGS[i % len(FLAGS)]]
        if i % 3 == 0:
            texts.append(f"!{FLAGS[(i * 7 + 3) % len(FLAGS)]}")
        when = tuple(_condition(f"c{n}", text) for n, text in enumerate(texts))
        applies = (_condition("alive", "!deceased"), _condition("here", here))
        benefit = f"b{i}" if i % 2 == 0 else None
        groups[f"G{i}"] = Group(
            f"G{i}", _words(f"G{i}"), "person", "", applies, when, AT, within=f"G{i - 1}" if i % 8 == 5 else None, benefit=benefit
        )  # fmt: skip
        if benefit:
            amount = (
                'table("rates", hukou, grade)' if i % 4 == 0 else "hardship && !severe ? 10000 : 5000 + 5000"
            )
            benefits[benefit] = Benefit(
                benefit, _words(benefit), f"G{i}", "", AT, amount=amount, receipts="payroll"
            )
    rates = Table("rates", ("area", "grade"), "fen", tuple(
        Rate((area, str(grade)), dt.date(2018, 1, 1), 10_000) for area in areas for grade in (1, 2, 3, 4)
    ))  # fmt: skip
    return Plan(
        "forty", "1", "", _words("forty"), "", None, None, ("440704000000",) if not country else (), {}, {f.name: f for f in FACTS}, groups,
        benefits, {}, {"rates": rates}, {}, {},
    )  # fmt: skip


def _condition(name: str, text: str) -> Condition:
    return Condition(name, text, _words(name), "", AT)
