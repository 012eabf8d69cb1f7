"""The patterns page in Chromium: every mode, both languages, a desk and a phone."""

from __future__ import annotations

import json
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.template import RequestContext, Template
from django.urls import path
from playwright.sync_api import Browser, BrowserContext, Page
from tests.axe import violations, wider_than_window

from yice.web.ui import views

DESK, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
MODES = ("standard", "large", "contrast", "large-contrast")
BUILD = Path(views.__file__).parent / "static/ui/build"
asked = count(1)


def job(request: HttpRequest) -> HttpResponse:
    page = (
        '{% extends "ui/base.html" %}{% block content %}{% progress "核对" 0 3 url="/part/" %}{% endblock %}'
    )
    return HttpResponse(Template(page).render(RequestContext(request)))


def part(request: HttpRequest) -> HttpResponse:
    done = next(asked)
    context = RequestContext(request, {"done": done, "finished": done >= 2})
    return HttpResponse(
        Template('{% progress "核对" done 3 url="/part/" finished=finished %}').render(context)
    )


urlpatterns = [path("patterns/", views.patterns), path("job/", job), path("part/", part)]

pytestmark = [pytest.mark.browser, pytest.mark.urls(__name__), pytest.mark.django_db(transaction=True)]


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the browser complains of: scripts that fail, files that do not come, a policy that is broken."""
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("console", lambda line: found.append(line.text) if line.type in {"error", "warning"} else None)
    return found


def choose(context: BrowserContext, address: str, mode: str, language: str) -> None:
    values = {"yice_display": mode, "django_language": language}
    context.add_cookies([{"name": name, "value": value, "url": address} for name, value in values.items()])


@pytest.mark.parametrize("window", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("mode", MODES)
def test_every_component_is_open_to_everybody(
    page: Page, live_server: Any, complaints: list[str], mode: str, window: Any
) -> None:
    choose(page.context, live_server.url, mode, "zh-hans")
    page.set_viewport_size(window)
    page.goto(f"{live_server.url}/patterns/")
    assert violations(page) == []
    assert wider_than_window(page) == 0
    assert complaints == []


@pytest.mark.parametrize(
    ("mode", "window"), [("standard", DESK), ("large-contrast", PHONE)], ids=["desk", "phone"]
)
def test_so_it_is_in_english_whose_words_are_longer(
    page: Page, live_server: Any, mode: str, window: Any
) -> None:
    choose(page.context, live_server.url, mode, "en")
    page.set_viewport_size(window)
    page.goto(f"{live_server.url}/patterns/")
    assert violations(page) == []
    assert wider_than_window(page) == 0


def test_on_paper_nothing_is_left_of_the_dark(page: Page, live_server: Any) -> None:
    choose(page.context, live_server.url, "large-contrast", "zh-hans")
    page.emulate_media(media="print")
    page.goto(f"{live_server.url}/patterns/")
    assert violations(page) == []
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert not page.locator("nav.y-nav, form.y-filters, nav.y-tabs").first.is_visible()
    assert page.get_by_text("演示数据").first.is_visible()


def test_a_grey_that_is_too_pale_in_one_mode_only_is_seen(page: Page, live_server: Any) -> None:
    choose(page.context, live_server.url, "contrast", "zh-hans")
    page.goto(f"{live_server.url}/patterns/")
    page.evaluate("document.querySelector('main p.govuk-body').style.color = '#3a3a3a'")
    assert [one.split()[0] for one in violations(page, looks_only=True)] == ["color-contrast"]


def test_large_text_is_eighteen_point(page: Page, live_server: Any) -> None:
    choose(page.context, live_server.url, "large", "zh-hans")
    page.goto(f"{live_server.url}/patterns/")
    assert (
        page.evaluate("parseFloat(getComputedStyle(document.querySelector('.govuk-body')).fontSize)") >= 23.9
    )


def test_the_keyboard_meets_the_way_past_the_header_first(page: Page, live_server: Any) -> None:
    page.goto(f"{live_server.url}/job/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_an_error_leads_to_its_field(page: Page, live_server: Any) -> None:
    page.goto(f"{live_server.url}/patterns/")
    assert page.evaluate("document.activeElement.className") == "govuk-error-summary"
    page.get_by_role("alert").get_by_role("link", name="看不懂这个金额").click()
    assert page.evaluate("document.activeElement.id") == "wrong_sum"


def test_progress_renews_itself_and_stops(page: Page, live_server: Any, complaints: list[str]) -> None:
    page.goto(f"{live_server.url}/job/")
    page.get_by_role("status").get_by_text("已完成").wait_for(timeout=10_000)
    assert page.locator("[hx-get]").count() == 0
    assert complaints == []


def test_modes_and_language_change_without_a_script(browser: Browser, live_server: Any) -> None:
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{live_server.url}/patterns/?street=2")
    page.get_by_role("link", name="长辈版").click()
    page.get_by_role("link", name="高对比度").click()
    assert page.locator("html.is-large.is-contrast").count() == 1
    page.get_by_role("link", name="English").click()
    assert page.locator("html[lang=en].is-large").count() == 1
    assert page.url.endswith("/patterns/?street=2")
    context.close()


def test_a_page_is_light_and_what_it_shares_is_loaded_once(page: Page, live_server: Any) -> None:
    page.goto(f"{live_server.url}/patterns/")
    assert len(page.content().encode()) < 100_000
    files = json.loads((BUILD / "manifest.json").read_text("utf-8"))["files"]
    assert sum(of["gzip"] for of in files.values()) < 60_000
