"""A passkey in Chromium, with an authenticator of the browser's own making: added, asked for, and enough by itself."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import DESK, Open
from tests.browser.looks import faults
from tests.cast import PASSWORD, Cast

from yice.accounts.models import Factor
from yice.audit.models import Event

pytestmark = pytest.mark.browser
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def signed_out(page: Page) -> None:
    page.get_by_role("button", name="退出登录").click()
    expect(page.get_by_role("heading", name="登录", exact=True)).to_be_visible()


def test_a_passkey_is_made_shown_after_the_password_and_shown_alone(live_cast: Cast, open_page: Open) -> None:
    page = open_page(DESK, user=live_cast.he)
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})

    page.goto("/account/second-factor/")
    expect(page.get_by_text("没有完成")).to_be_hidden()  # nothing was tried yet
    page.get_by_role("button", name="添加通行密钥").click()
    expect(page.get_by_role("heading", name="恢复码")).to_be_visible()
    wrong = [*faults(page, "recovery codes")]
    page.goto("/account/second-factor/totp/")
    wrong += faults(page, "authenticator")
    page.goto("/account/second-factor/")
    wrong += faults(page, "second factors")
    page.goto("/account/session/")
    wrong += faults(page, "how long it holds")
    page.goto("/account/confirm/")
    wrong += faults(page, "proving anew")
    page.get_by_role("button", name="用通行密钥").click()
    expect(page.get_by_role("heading", name="今日待办")).to_be_visible()
    signed_out(page)

    page.get_by_label("登录名").fill("he")
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("heading", name="二次验证")).to_be_visible()
    wrong += faults(page, "the second factor")
    page.get_by_role("button", name="用通行密钥").click()
    expect(page.get_by_role("heading", name="今日待办")).to_be_visible()
    signed_out(page)

    page.get_by_role("button", name="用通行密钥登录").click()
    expect(page.get_by_role("heading", name="今日待办")).to_be_visible()
    signed_out(page)
    page.goto("/welcome/")
    wrong += faults(page, "welcome")
    assert wrong == []

    Factor.objects.update(counter=1 << 31)  # a copy on another device is behind
    page.goto("/sign-in/")
    page.get_by_role("button", name="用通行密钥登录").click()
    expect(page.get_by_text("没有认出这个通行密钥")).to_be_visible()
    assert Event.objects.filter(code="account.signed_in").count() == 3
