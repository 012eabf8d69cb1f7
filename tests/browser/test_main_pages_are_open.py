"""axe on every state of the main job's pages in every mode: no violation, and nothing wider than the window."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page
from tests.axe import violations, wider_than_window
from tests.browser.conftest import DESK, PHONE, Open
from tests.web.village import CARE, Village

from yice.loop.identify import services
from yice.loop.identify.models import Facts
from yice.loop.identify.services import make_visit_list
from yice.terms import clock

pytestmark = pytest.mark.browser
Steps = Callable[[Page, Village], None]


def at(address: str) -> Steps:
    """An address; names in braces are filled in from the village."""

    def go(page: Page, village: Village) -> None:
        page.goto(
            address.format(
                lin=f"/person/{village.lin.uuid}",
                ouyang=f"/person/{village.ouyang.uuid}",
                zhou=f"/person/{village.zhou.uuid}",
                gap=f"/finding/{village.gap.uuid}/",
                leak=f"/finding/{village.leak(village.zhou).uuid}/",
            )
        )

    return go


def sent(address: str, choose: str = "", fill: dict[str, str] | None = None) -> Steps:
    """The form at an address, filled in so far and sent."""

    def go(page: Page, village: Village) -> None:
        at(address)(page, village)
        if choose:
            page.locator(f"input[name=code][value={choose}]").check(force=True)
        for name, value in (fill or {}).items():
            page.locator(f"[name={name}]").fill(value)
        with page.expect_navigation():
            page.locator("main form button[type=submit]").last.click()

    return go


def chosen(address: str, choose: str) -> Steps:
    def go(page: Page, village: Village) -> None:
        at(address)(page, village)
        page.locator(f"input[name=code][value={choose}]").check(force=True)
        for summary in page.locator("main summary:visible").all():
            summary.click()

    return go


def visit_list(page: Page, village: Village) -> None:
    page.goto(f"/visits/{make_visit_list(actor=village.cast.chen, day=clock.today()).uuid}/")
    for summary in page.locator("main summary:visible").all():
        summary.click()


def visit_list_wrong(page: Page, village: Village) -> None:
    visit_list(page, village)
    page.get_by_label("备注").first.fill("在家")
    with page.expect_navigation():
        page.get_by_role("button", name="按这张清单录入").click()


def stale(page: Page, village: Village) -> None:
    at("{gap}")(page, village)
    finding = village.gap
    services.handle_gap(
        actor=village.cast.liang,
        finding=finding,
        version=finding.version,
        code="help_to_apply",
        note=str(finding.version),
    )
    page.locator("input[name=code][value=help_to_apply]").check(force=True)
    with page.expect_navigation():
        page.get_by_role("button", name="登记").click()


# who, what the state is, how to get there
STATES: list[tuple[str, str, Steps]] = [
    ("", "the door", at("/sign-in/")),
    ("", "a wrong password", sent("/sign-in/", fill={"username": "chen", "password": "wrong"})),
    ("chen", "home", at("/")),
    ("he", "home of the county", at("/")),
    ("luo", "home of civil affairs", at("/")),
    ("sheng", "home of a viewer", at("/")),
    ("chen", "worklist", at("/worklist/")),
    ("he", "worklist filtered", at("/worklist/?kind=leak&grade=4&sort=amount")),
    ("chen", "worklist empty", at("/worklist/?state=closed")),
    ("chen", "search", at("/search/")),
    ("chen", "search without words", sent("/search/")),
    ("chen", "somebody found", sent("/search/", fill={"text": "林"})),
    ("chen", "nobody found", sent("/search/", fill={"text": "无此人"})),
    ("chen", "a person with a gap", at("{lin}/")),
    ("chen", "a person to ask", at("{ouyang}/")),
    ("he", "a person whose matter others decide", at("{zhou}/")),
    ("chen", "why", at("{lin}/why/")),
    ("liang", "facts", at("{lin}/facts/")),
    ("liang", "what happened", at("{lin}/log/")),
    ("chen", "questions", at("{ouyang}/ask/")),
    ("chen", "nothing answered", sent("{ouyang}/ask/")),
    ("chen", "a sum that is none", sent("{ouyang}/ask/", fill={"income_pc_month": "很多"})),
    ("chen", "a gap", at("{gap}")),
    ("chen", "a gap, no step chosen", sent("{gap}")),
    ("chen", "a gap, every fact open", chosen("{gap}", "not_eligible")),
    ("chen", "a gap, no fact corrected", sent("{gap}", "not_eligible")),
    ("chen", "a gap, no reason given", sent("{gap}", "included")),
    ("chen", "a gap, referred to nobody", sent("{gap}", "refer")),
    ("chen", "a gap, out of date", stale),
    ("luo", "a leak", chosen("{leak}", "stopped")),
    ("luo", "a leak, nobody heard", sent("{leak}", "stopped")),
    ("he", "a leak to look at", at("{leak}")),
    ("liang", "unmask", at("{lin}/whole/phone/")),
    ("liang", "unmask without a reason", sent("{lin}/whole/phone/")),
    ("liang", "a number unmasked", sent("{lin}/whole/phone/", fill={"reason": "电话联系办理补贴"})),
    ("liang", "correct", at(f"{{lin}}/correct/{CARE}/")),
    ("liang", "correct, nothing filled in", sent(f"{{lin}}/correct/{CARE}/")),
    ("liang", "ask a register", at("{lin}/correct/parts/")),
    ("chen", "visits", at("/visits/")),
    ("chen", "visits of no size", sent("/visits/", fill={"size": "很多"})),
    ("chen", "a day's visits", visit_list),
    ("chen", "a day's visits, a line half filled in", visit_list_wrong),
    ("zhou", "a person out of reach", at("{lin}/")),
]


@pytest.mark.parametrize(
    ("mode", "window", "language"),
    [
        ("standard", DESK, "zh-hans"),
        ("standard", PHONE, "zh-hans"),
        ("large", PHONE, "zh-hans"),
        ("contrast", DESK, "zh-hans"),
        ("large-contrast", PHONE, "zh-hans"),
        ("large", PHONE, "en"),
    ],
    ids=["standard", "standard-phone", "large", "contrast", "large-contrast", "english"],
)
def test_every_state_is_open_to_everybody(
    village: Village, open_page: Open, mode: str, window: dict[str, Any], language: str
) -> None:
    Facts.objects.filter(person=village.lin).update(rest={"income_class": "none", CARE: True})
    pages: dict[str, Page] = {}
    found: list[str] = []
    for who, name, steps in STATES:
        if who not in pages:
            user = getattr(village.cast, who) if who else None
            pages[who] = open_page(
                window, user=user, mode=mode, extra_http_headers={"Accept-Language": language}
            )
        page = pages[who]
        steps(page, village)
        found += [f"{name}: {one}" for one in violations(page)]
        if (over := wider_than_window(page)) > 0:
            found.append(f"{name}: {over} px wider than the window")
    assert found == []
