"""A telephone: one browser profile on one disk, on a line that can be cut."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, BrowserType, Error, Page, expect
from tests.browser.line import Line

from yice.accounts.models import User
from yice.loop.identify.models import VisitList

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
FORGET_SCRIPTS = (
    "caches.open('yice-assets').then(async (held) => (await held.keys()).map((one) => held.delete(one)))"
)


class Telephone:
    """One browser profile on one disk, opened, killed and opened again."""

    def __init__(
        self, browser_type: BrowserType, arguments: dict[str, Any], folder: Path, line: Line
    ) -> None:
        self.browser_type, self.arguments, self.folder, self.line = browser_type, arguments, folder, line
        self.context: BrowserContext | None = None

    def open(self) -> Page:
        self.context = self.browser_type.launch_persistent_context(
            self.folder, **self.arguments, **PHONE, locale="zh-CN", base_url=self.line.url
        )
        return self.context.pages[0]

    def kill(self) -> None:
        """As the battery does it: every process of this profile, without a word."""
        for process in Path("/proc").iterdir():
            if process.name.isdecimal() and str(self.folder) in _command(process):
                os.kill(int(process.name), signal.SIGKILL)
        if self.context is not None:
            with suppress(Error):
                self.context.close()
        self.context = None


def _command(process: Path) -> str:
    try:
        return (process / "cmdline").read_text("utf-8", "replace")
    except OSError:
        return ""


def sign_in(page: Page, user: User) -> None:
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    value = client.cookies[name].value
    page.context.add_cookies([{"name": name, "value": value, "domain": "127.0.0.1", "path": "/"}])


def stored(page: Page, today: VisitList) -> str:
    """The day's list, opened with a network and kept on the device."""
    address = f"/visits/{today.uuid}/"
    page.goto(address)
    expect(page.locator("html[data-stored]")).to_be_attached()
    return address
