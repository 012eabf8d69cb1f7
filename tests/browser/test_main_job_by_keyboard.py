"""The main job at a desk with the keyboard alone: whatever is needed is reached by Tab, and Enter or Space does it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import DESK, Open
from tests.cast import PASSWORD
from tests.web.village import Village

from yice.loop.identify.models import Answer, Outcome

pytestmark = pytest.mark.browser

# What the element that has the focus is called, the way a screen reader would say it.
FOCUSED = r"""() => {
  const at = document.activeElement;
  const named = at.labels && at.labels.length ? at.labels[0].innerText : at.innerText;
  return (named || "").trim().replace(/\s+/g, " ");
}"""


def to(page: Page, name: str, *, whole: bool = False) -> None:
    """Press Tab until the focus is on what is called `name`."""
    for _ in range(150):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused == name if whole else name in focused:
            return
    raise AssertionError(f"Tab never reaches {name!r}")


def go(page: Page, name: str, *, whole: bool = False) -> None:
    to(page, name, whole=whole)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def sign_in(page: Page, username: str) -> None:
    page.goto("/sign-in/")
    assert page.evaluate(FOCUSED) == "登录名"
    page.keyboard.type(username)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def type_day(page: Page, first: str, *parts: str) -> None:
    """A day in its three boxes; the first one is reached, the others follow."""
    to(page, first, whole=True)
    page.keyboard.type(parts[0])
    for part in parts[1:]:
        page.keyboard.press("Tab")
        page.keyboard.type(part)


def test_a_gap_is_understood_and_handled_then_a_question_answered(village: Village, open_page: Open) -> None:
    page = open_page(DESK)
    sign_in(page, "chen")
    go(page, "疑似应享未享")
    go(page, "林小禾")
    expect(page.get_by_text("告诉本人可以申请").first).to_be_visible()
    go(page, "依据", whole=True)
    expect(page.get_by_text("满足：").first).to_be_visible()
    go(page, "待办 2", whole=True)
    go(page, "办理 疑似应享未享 重度残疾人护理补贴")
    to(page, "协助申请")
    page.keyboard.press("ArrowDown")
    to(page, "此前没有享受的原因")
    page.keyboard.press("ArrowDown")
    go(page, "登记", whole=True)
    expect(page.get_by_text("已登记：已纳入")).to_be_visible()
    assert Outcome.objects.get().left_out_reason == "did_not_know"

    go(page, "工作清单")
    go(page, "欧阳明")
    go(page, "登记回答")
    to(page, "没有问到")
    page.keyboard.press("ArrowDown")
    go(page, "保存并重新判断")
    expect(page.get_by_text("已登记 1 项回答，并已重新判断")).to_be_visible()
    assert Answer.objects.get().value is True


def test_a_leak_is_settled_after_the_person_was_told_and_heard(village: Village, open_page: Open) -> None:
    page = open_page(DESK)
    sign_in(page, "luo")
    go(page, "疑似应退未退")
    go(page, "周大山")
    go(page, "办理 疑似应退未退")
    to(page, "已告知本人并听取意见")
    page.keyboard.press("Space")
    type_day(page, "年", "2020", "6", "20")
    type_day(page, "年", "2020", "6", "25")
    go(page, "登记", whole=True)
    expect(page.get_by_text("已登记：已告知本人并听取意见")).to_be_visible()
    go(page, "办理 疑似应退未退")
    to(page, "已告知本人并听取意见")
    page.keyboard.press("ArrowDown")
    type_day(page, "年", "2020", "7")
    go(page, "登记", whole=True)
    expect(page.get_by_text("2020年7月").first).to_be_visible()
    assert [one.code for one in Outcome.objects.order_by("id")] == ["told_and_heard", "stopped"]


def test_an_error_takes_the_keyboard_to_its_field(village: Village, open_page: Open) -> None:
    page = open_page(DESK, user=village.cast.luo)
    page.goto(f"/finding/{village.leak(village.zhou).uuid}/")
    to(page, "已告知本人并听取意见")
    page.keyboard.press("ArrowDown")
    go(page, "登记", whole=True)
    assert page.evaluate("document.activeElement.className") == "govuk-error-summary"
    to(page, "请填写从哪个月起")
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.id === 'id_month_0'")
