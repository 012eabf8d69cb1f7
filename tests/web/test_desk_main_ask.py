"""Answers at the door: judged at once, what changed said; "does not know" and "refuses" are answers."""

from __future__ import annotations

from typing import Any

import pytest
from tests.cast import Cast
from tests.web.village import Village, desk, errors_of, settle, text

from yice.loop.identify.models import Answer, Ask, Finding


@pytest.fixture
def village(cast: Cast) -> Village:
    return settle(cast)


def ask(village: Village) -> Ask:
    return Ask.objects.get(person=village.ouyang)


def send(village: Village, who: str = "chen", version: int | None = None, **answers: Any) -> Any:
    data = {"version": ask(village).version if version is None else version, **answers}
    return desk(getattr(village.cast, who)).post(f"/person/{village.ouyang.uuid}/ask/", data, follow=True)


def test_questions_ask_for_what_they_mean_in_yuan(village: Village) -> None:
    page = text(desk(village.cast.chen).get(f"/person/{village.ouyang.uuid}/ask/"))
    assert "填写：家庭人均月收入" in page and "fen" not in page and ">元</div>" in page
    assert page.count("不愿回答</label>") == 2 and page.count("没有问到</label>") == 2


def test_an_answer_judges_at_once_and_says_what_changed(village: Village) -> None:
    page = text(send(village, assets_within_limit="true", income_pc_month="300"))
    assert "已登记 2 项回答，并已重新判断" in page and "新发现疑似应享未享：最低生活保障" in page
    assert Answer.objects.get(fact="income_pc_month").value == 30000
    assert Finding.objects.filter(person=village.ouyang, kind="gap", state="open").exists()


def test_an_answer_that_changes_nothing_says_so(village: Village) -> None:
    assert "判断没有变化" in text(send(village, **{"income_pc_month-kind": "refuses"}))


def test_does_not_know_and_refuses_are_answers(village: Village) -> None:
    send(village, assets_within_limit="does_not_know", **{"income_pc_month-kind": "refuses"})
    assert dict(Answer.objects.values_list("fact", "kind")) == {
        "assets_within_limit": "does_not_know",
        "income_pc_month": "refuses",
    }


def test_nothing_answered_is_said(village: Village) -> None:
    assert "还没有填写任何回答" in errors_of(send(village))


def test_a_value_and_a_refusal_contradict_each_other(village: Village) -> None:
    wrong = send(village, income_pc_month="300", **{"income_pc_month-kind": "refuses"})
    assert "请只留一个" in errors_of(wrong) and not Answer.objects.exists()


@pytest.mark.parametrize("typed", ["三百左右", "-5", "1,2.3.4"])
def test_a_sum_that_cannot_be_read_stays_with_its_error(village: Village, typed: str) -> None:
    wrong = send(village, income_pc_month=typed, assets_within_limit="true")
    assert errors_of(wrong) and typed in text(wrong) and not Answer.objects.exists()


def test_sent_twice_it_is_recorded_once(village: Village) -> None:
    version = ask(village).version
    for _ in range(2):
        send(village, version=version, assets_within_limit="false")
    assert Answer.objects.count() == 1


def test_questions_that_changed_meanwhile_are_said(village: Village) -> None:
    version = ask(village).version
    send(village, who="liang", assets_within_limit="true")
    late = send(village, version=version, income_pc_month="300")
    assert "要问的问题在您打开页面之后已经变了" in errors_of(late) and 'value="300"' in text(late)
    assert send(village, income_pc_month="300").redirect_chain


def test_a_village_is_not_told_of_payments(village: Village) -> None:
    assert "应退" not in text(send(village, assets_within_limit="false"))
