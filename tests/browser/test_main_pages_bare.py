"""What the pages owe to a poor line, an old browser and a sheet of paper."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests import factories as make
from tests.browser.conftest import DESK, PHONE, Open
from tests.cast import PASSWORD
from tests.web.village import Village

from yice.loop.identify.models import Outcome, Visit
from yice.loop.identify.services import make_visit_list
from yice.terms import clock

pytestmark = pytest.mark.browser


def test_the_main_job_works_without_a_script(village: Village, open_page: Open) -> None:
    page = open_page(PHONE, java_script_enabled=False)
    page.goto("/sign-in/")
    page.get_by_label("登录名").fill("chen")
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    page.get_by_role("link", name="工作清单").click()
    page.get_by_text("筛选和排序").click()
    page.get_by_label("残疾等级").select_option("1")
    page.get_by_role("button", name="查询").click()
    page.get_by_role("link", name="林小禾").first.click()
    page.get_by_role("link", name="办理 疑似应享未享 重度残疾人护理补贴").click()
    page.get_by_label("已纳入").check()
    page.get_by_label("此前没有享受的原因").select_option("did_not_know")
    page.get_by_role("button", name="登记").click()
    expect(page.get_by_text("已登记：已纳入")).to_be_visible()
    assert Outcome.objects.get().code == "included"


TRANSFERRED = """() => performance.getEntriesByType("navigation")
  .concat(performance.getEntriesByType("resource"))
  .reduce((sum, one) => sum + one.transferSize, 0)"""


def test_a_page_after_the_first_is_light(village: Village, open_page: Open) -> None:
    page = open_page(DESK, user=village.cast.he)
    page.goto("/")
    person = f"/person/{village.lin.uuid}"
    for address in (
        "/",
        "/worklist/",
        f"{person}/",
        f"{person}/why/",
        f"{person}/facts/",
        f"/finding/{village.gap.uuid}/",
    ):
        page.goto(address)
        assert page.evaluate(TRANSFERRED) < 100_000, address


def on_paper(page: Page) -> int:
    """How many sheets the page takes when printed."""
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))


@pytest.mark.parametrize("mode", ["standard", "large-contrast"])
def test_twelve_households_with_their_questions_print_on_one_sheet(
    village: Village, open_page: Open, mode: str
) -> None:
    lists: Any = make.received("living_subsidy")
    for n in range(12):
        make.on_list(lists, make.person(f"某某{n}", grade=3 - n % 3, household=None), state="possible")
    make.screened(village.cast)
    today = make_visit_list(actor=village.cast.chen, day=clock.today())
    assert Visit.objects.filter(list=today).count() == 12
    page = open_page(DESK, user=village.cast.chen, mode=mode)
    page.goto(f"/visits/{today.uuid}/")
    assert on_paper(page) == 1
    page.emulate_media(media="print")
    expect(page.locator("table.y-visit tbody tr")).to_have_count(12)
    for form in page.locator("main form").all():
        expect(form).to_be_hidden()
    expect(page.get_by_text("演示数据").first).to_be_visible()
    page.emulate_media(media="null")
    page.get_by_role("button", name="显示完整的电话和住址").click()
    expect(page.get_by_text("某路 1 号").first).to_be_attached()
    assert on_paper(page) == 1  # with every address in full
