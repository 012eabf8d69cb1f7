"""The main job on a phone of 360 × 740 by touch: nothing scrolls sideways, what to do stands first."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from tests.axe import wider_than_window
from tests.browser.conftest import PHONE, Open
from tests.cast import PASSWORD
from tests.web.village import Village

from yice.loop.identify.models import Answer, Finding, Outcome, Visit

pytestmark = pytest.mark.browser


def sign_in(page: Page, username: str) -> None:
    page.goto("/sign-in/")
    page.get_by_label("登录名").fill(username)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    with page.expect_navigation():
        page.get_by_role("button", name="登录", exact=True).tap()


def touch(page: Page, name: str, *, role: str = "link") -> None:
    """Touch a link or button and arrive; the page fits the phone."""
    with page.expect_navigation():
        page.get_by_role(role, name=name).first.tap()  # type: ignore[arg-type]
    assert wider_than_window(page) == 0


def choose(page: Page, name: str) -> None:
    page.get_by_text(name, exact=True).first.tap()


def test_a_commissioner_helps_and_asks(village: Village, open_page: Open) -> None:
    page = open_page(PHONE)
    sign_in(page, "chen")
    touch(page, "疑似应享未享")
    touch(page, "林小禾")
    touch(page, "依据")
    touch(page, "待办 2")
    button = page.get_by_role("link", name="办理 疑似应享未享").first
    assert (button.bounding_box() or {"y": 9999})["y"] < 740, "what to do stands on the first screen"
    touch(page, "办理 疑似应享未享 重度残疾人护理补贴")
    reason = page.get_by_label("此前没有享受的原因")
    expect(reason).to_be_hidden()
    choose(page, "已纳入（待下期名单确认）")
    reason.select_option("did_not_know")
    touch(page, "登记", role="button")
    expect(page.get_by_text("已登记：已纳入")).to_be_visible()
    assert Outcome.objects.get().code == "included"

    touch(page, "工作清单")
    expect(page.get_by_label("残疾等级")).to_be_hidden()
    touch(page, "欧阳明")
    touch(page, "登记回答")
    choose(page, "是")
    page.get_by_label("全家一个月收入").fill("300")
    touch(page, "保存并重新判断", role="button")
    expect(page.get_by_text("新发现疑似应享未享：最低生活保障")).to_be_visible()
    assert Answer.objects.count() == 2
    assert Finding.objects.filter(person=village.ouyang, kind="gap").exists()


def test_a_fact_found_otherwise_is_corrected_where_it_stands(village: Village, open_page: Open) -> None:
    page = open_page(PHONE, user=village.cast.chen)
    page.goto(f"/finding/{village.gap.uuid}/")
    choose(page, "核实不符合条件")
    page.get_by_text("需要长期照护（六个月以上）：现在是").tap()
    page.locator("details[open]").get_by_text("否", exact=True).tap()
    touch(page, "登记", role="button")
    expect(page.get_by_text("已登记：核实不符合条件")).to_be_visible()
    assert Outcome.objects.get().corrected == {"long_term_care_need": False}


def test_a_leak_is_settled_after_told_and_heard(village: Village, open_page: Open) -> None:
    page = open_page(PHONE)
    sign_in(page, "luo")
    touch(page, "疑似应退未退")
    touch(page, "周大山")
    touch(page, "办理 疑似应退未退")
    choose(page, "已告知本人并听取意见")
    for group, day in (("told_on", "20"), ("heard_on", "25")):
        for at, part in enumerate(("2020", "6", day)):
            page.locator(f"#id_{group}_{at}").fill(part)
    touch(page, "登记", role="button")
    touch(page, "办理 疑似应退未退")
    choose(page, "自某月起停发")
    page.locator("#id_month_0").fill("2020")
    page.locator("#id_month_1").fill("7")
    touch(page, "登记", role="button")
    assert [one.code for one in Outcome.objects.order_by("id")] == ["told_and_heard", "stopped"]


def test_the_days_visits_are_made_and_an_unchanged_household_takes_one_touch(
    village: Village, open_page: Open
) -> None:
    page = open_page(PHONE, user=village.cast.chen)
    page.goto("/")
    touch(page, "生成今天的走访清单")
    touch(page, "生成走访清单", role="button")
    touch(page, "欧阳明")
    touch(page, "见到了，没有变化：保存", role="button")
    expect(page.get_by_text("已录入 1 户")).to_be_visible()
    assert Visit.objects.get(result="unchanged").person == village.ouyang
