"""What is shown once and has no place to break, a token, fits a phone in every mode."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import PHONE, Open
from tests.browser.looks import faults
from tests.cast import Cast

pytestmark = pytest.mark.browser


def test_a_token_shown_once_is_no_wider_than_the_window(live_cast: Cast, open_page: Open) -> None:
    page = open_page(PHONE, user=live_cast.he)
    page.goto("/account/tokens/")
    page.get_by_label("给哪个系统用").fill("区财政系统")
    page.get_by_label("查看人员", exact=True).check()
    page.get_by_role("button", name="办令牌").click()
    expect(page.get_by_text("yice_")).to_be_visible()
    assert [*faults(page, "a token made")] == []
