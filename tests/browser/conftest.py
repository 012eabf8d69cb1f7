"""The village in a browser: a live site with the cast committed, and somebody at a desk or a phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page
from tests.cast import Cast
from tests.web.village import Village, settle

from yice.accounts.models import User

DESK = {"viewport": {"width": 1280, "height": 900}}
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
Open = Callable[..., Page]


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
