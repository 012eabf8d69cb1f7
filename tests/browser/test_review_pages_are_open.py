"""axe on the review desk in every mode, on a desk and on a phone; a verdict by one key."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.urls import reverse
from tests.browser.conftest import Open
from tests.browser.looks import WIDTHS, faults
from tests.cast import Cast
from tests.web.desk_world import World, at_work

from yice.loop.identify.enums import PairState
from yice.loop.identify.models import Pair
from yice.loop.identify.services.merging import decide_duplicate
from yice.loop.identify.services.pairs import decide

pytestmark = pytest.mark.browser


@pytest.fixture
def world(live_cast: Cast, tmp_path: Path) -> World:
    return at_work(live_cast, tmp_path)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_review_desk_is_open_to_everybody(world: World, open_page: Open, language: str) -> None:
    page = open_page({"viewport": WIDTHS["1280"]}, user=world.cast.he, language=language)
    address = reverse("desk:pair", args=[world.pair.uuid])
    found: list[str] = []
    for name, where in (
        ("queue", reverse("desk:review")),
        ("pair", address),
        ("done", reverse("desk:review-done")),
        ("names alone", reverse("desk:review-names")),
        ("links of a person", reverse("desk:review-person", args=[world.lin.uuid])),
        ("duplicates", reverse("desk:duplicates")),
        ("two records", reverse("desk:duplicate", args=[world.double.uuid])),
    ):
        page.goto(where)
        found += faults(page, name)
    decide(actor=world.cast.he, pair=world.pair, verdict=PairState.DIFFERENT, version=0)
    page.goto(reverse("desk:pair-undo", args=[world.pair.uuid]))
    found += faults(page, "a verdict taken back")
    decide_duplicate(actor=world.cast.he, pair=world.double, verdict=PairState.SAME, version=0)
    page.goto(reverse("desk:duplicate-undo", args=[world.double.uuid]))
    page.locator(".govuk-button--warning").click()  # without a reason: the page with its error
    found += faults(page, "a merge taken back without a reason")
    assert found == []


def test_a_key_says_it(world: World, open_page: Open) -> None:
    page = open_page({"viewport": WIDTHS["1280"]}, user=world.cast.he)
    page.goto(reverse("desk:pair", args=[world.pair.uuid]))
    with page.expect_navigation():
        page.keyboard.press("2")
    assert Pair.objects.get().state == "different"
