"""The village in a browser: a live site with the cast committed, and somebody at a desk or a phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserType, Page
from tests.browser.line import Line
from tests.browser.telephone import PHONE, Telephone
from tests.cast import Cast
from tests.web.village import Village, settle

from yice.accounts.models import User
from yice.loop.identify.models import VisitList
from yice.loop.identify.services import make_visit_list
from yice.terms import clock

DESK = {"viewport": {"width": 1280, "height": 900}}
Open = Callable[..., Page]
__all__ = ["DESK", "PHONE", "Open"]


@pytest.fixture
def village(live_cast: Cast) -> Village:
    return settle(live_cast)


@pytest.fixture
def open_page(browser: Browser, live_server: Any) -> Iterator[Open]:
    """`open_page(PHONE, user=village.cast.chen, mode="large")`: a page of a fresh browser, signed in if told."""
    contexts = []

    def opened(
        window: dict[str, Any],
        *,
        user: User | None = None,
        mode: str = "standard",
        language: str = "zh-hans",
        **more: Any,
    ) -> Page:
        context = browser.new_context(**window, locale="zh-CN", base_url=live_server.url, **more)
        contexts.append(context)
        # The site is in Chinese until somebody chooses: what a browser would like to read decides nothing.
        cookies = {"yice_display": mode, settings.LANGUAGE_COOKIE_NAME: language}
        if user is not None:
            client = Client()
            client.force_login(user)
            cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": n, "value": v, "url": live_server.url} for n, v in cookies.items()])
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def line(live_server: Any) -> Iterator[Line]:
    made = Line(live_server.url)
    yield made
    made.cut()


@pytest.fixture
def telephone(
    browser_type: BrowserType, browser_type_launch_args: dict[str, Any], tmp_path: Path, line: Line
) -> Iterator[Telephone]:
    made = Telephone(browser_type, browser_type_launch_args, tmp_path / "profile", line)
    yield made
    if made.context is not None:
        made.context.close()


@pytest.fixture
def today(village: Village) -> VisitList:
    return make_visit_list(actor=village.cast.chen, day=clock.today())
