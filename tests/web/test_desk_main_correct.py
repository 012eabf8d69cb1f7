"""Correcting a fact: ours at once, a register's by a request; everything missing said together."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from tests.cast import Cast
from tests.web.village import CARE, Village, day, desk, errors_of, settle, text

from yice.loop.identify.models import CorrectionRequest, Facts

TODAY = dt.date(2020, 6, 30)


@pytest.fixture
def village(cast: Cast) -> Village:
    return settle(cast)


def send(village: Village, fact: str, who: str = "liang", **data: Any) -> Any:
    return desk(getattr(village.cast, who)).post(
        f"/person/{village.lin.uuid}/correct/{fact}/", data, follow=True
    )


def test_a_fact_of_ours_is_corrected_and_judged_again(village: Village) -> None:
    page = text(send(village, CARE, **{CARE: "false"}, **day("seen_on", TODAY), why="上门看过"))
    assert "已更正，并已重新判断" in page and "不再是疑似应享未享（重度残疾人护理补贴）" in page
    assert Facts.objects.get(person=village.lin).overrides[CARE][0]["value"] is False


def test_a_register_is_asked(village: Village) -> None:
    assert "已请登记机关更正" in text(send(village, "grade", grade="3", why="证上是三级"))
    assert CorrectionRequest.objects.get().asked == 3


def test_everything_missing_is_said_together(village: Village) -> None:
    said = errors_of(send(village, CARE))
    assert "核实后的情况" in said and "请填写核实日期" in said and "请填写依据" in said


def test_a_day_to_come_is_refused_and_the_rest_kept(village: Village) -> None:
    wrong = send(village, CARE, **{CARE: "false"}, **day("seen_on", dt.date(2020, 7, 1)), why="上门看过")
    assert wrong.status_code == 422 and "上门看过" in text(wrong)


def test_money_is_written_in_yuan(village: Village) -> None:
    send(village, "income_pc_month", income_pc_month="1,234.5", **day("seen_on", TODAY), why="看过流水")
    assert Facts.objects.get(person=village.lin).overrides["income_pc_month"][0]["value"] == 123450


@pytest.mark.parametrize("fact", ["no_such", "birth_date", "household_id", "receives.nursing_subsidy"])
def test_what_is_not_there_to_correct_is_not_found(village: Village, fact: str) -> None:
    assert desk(village.cast.liang).get(f"/person/{village.lin.uuid}/correct/{fact}/").status_code == 404


@pytest.mark.parametrize("who", ["chen", "luo", "sheng"])
def test_who_may_not_correct_is_refused(village: Village, who: str) -> None:
    answer = send(village, CARE, who=who, **{CARE: "false"}, **day("seen_on", TODAY), why="上门看过")
    assert answer.status_code == 403 and not Facts.objects.get(person=village.lin).overrides
