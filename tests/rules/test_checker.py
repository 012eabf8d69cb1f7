"""Names and types are agreed before anything runs; what does not fit is told with the way to mend it."""

from __future__ import annotations

import pytest
from tests.rules.little_plan import PLAN

from yice.rules.expression import Scope, check, parse
from yice.rules.words import Place
from yice.terms.errors import Problem

HERE = Place("groups/a.yaml", 3, 5)


def kind_of(text: str, *, may_ask_known: bool = False) -> str:
    scope = Scope.of(PLAN, may_ask_known=may_ask_known)
    return check(parse(text, HERE), scope, text=text, place=HERE).kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("employed", "bool"),
        ("grade <= 2", "bool"),
        ("grade + 1", "int"),
        ("-grade", "int"),
        ("as_of", "date"),
        ('category == "physical"', "bool"),
        ('"physical" == category', "bool"),
        ('category in ["physical", "visual"]', "bool"),
        ('"major" in illness', "bool"),
        ("grade in [1, 2]", "bool"),
        ('certificate_until >= "2020-06-30"', "bool"),
        ("certificate_until >= as_of", "bool"),
        ('hukou == "440704001003"', "bool"),
        ("hukou == residence", "bool"),
        ('in_area(hukou, "4407")', "bool"),
        ("in_area(hukou, setting.sites)", "bool"),
        ('uninsured_reason == "无力缴费"', "bool"),
        ("age_on(as_of) >= 16 && age_on(as_of) <= 59", "bool"),
        ("days_between(certificate_until, as_of)", "int"),
        ('table("nursing", hukou, grade)', "int"),
        ('has_part("physical", 2)', "bool"),
        ('in_group("living")', "bool"),
        ('receives("nursing")', "bool"),
        ("receives.nursing", "bool"),
        ("paid.nursing", "int"),
        ("employed ? 1 : 2", "int"),
        ('(employed ? "physical" : "visual") == category', "bool"),
        ("setting.only_without_work", "bool"),
        ("employed == true", "bool"),
    ],
)
def test_what_fits_has_this_type(text: str, kind: str) -> None:
    assert kind_of(text) == kind


@pytest.mark.parametrize(
    ("text", "where", "told"),
    [
        ("gade == 1", "3:5", "是不是想写 grade"),
        ("setting.only_with_work", "3:5", "是不是想写 only_without_work"),
        ('category == "phisical"', "3:17", "是不是想写 physical"),
        ('"mayor" in illness', "3:5", "是不是想写 major"),
        ("grade && employed", "3:5", "此处应为真假，却是整数"),
        ("1 < grade < 3", "3:15", "请拆开"),
        ("category < \"physical\"", "3:14", "没有大小之分"),
        ("as_of - birth_date > 1", "3:11", "days_between"),
        ("birth_date == 1970", "3:19", "此处应为日期，却是整数"),
        ('birth_date < "2020-13-01"', "3:18", "2020-06-30"),
        ('illness == "major"', "3:13", '"代码" in 事实'),
        ('parts == "physical"', "3:11", "has_part"),
        ("grade in []", "3:14", "列表是空的"),
        ("grade in [employed]", "3:15", "此处应为整数"),
        ("grade in [grade]", "3:15", "数值或带引号"),
        ("employed ? 1 : true", "3:20", "此处应为整数，却是真假"),
        ("age(as_of) > 1", "3:5", "没有叫 age 的函数"),
        ("age_on() > 1", "3:5", "age_on(as_of)"),
        ('in_area(hukou, "江海")', "3:20", "2 到 12 位"),
        ('table("nursin", grade) > 1', "3:11", "是不是想写 nursing"),
        ('table("nursing", grade) > 1', "3:5", "2 个键"),
        ('table("nursing", "440705", grade) > 1', "3:22", "没有键 440705"),
        ('in_group("livin")', "3:14", "是不是想写 living"),
        ('receives("nursin")', "3:14", "是不是想写 nursing"),
        ("known(grade)", "3:5", "把未知变成否"),
        ('has_part("physical", 5)', "3:5", "1 到 4"),
        ("[1]", "3:5", "in 的右边"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_at_its_place(text: str, where: str, told: str) -> None:
    with pytest.raises(Problem) as caught:
        kind_of(text)
    assert str(caught.value).startswith(f"groups/a.yaml:{where}：")
    assert told in str(caught.value)


def test_known_is_for_forms_and_targets_only() -> None:
    assert kind_of("known(grade)", may_ask_known=True) == "bool"
