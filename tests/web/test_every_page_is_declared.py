"""Every address says who may open it, and does what it says: for every role, inside and outside its area."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import STAFF, Cast
from tests.web.desk_world import World, at_work
from tests.web.walk import ANYBODY, addresses, every_view, faults, pages

pytestmark = pytest.mark.django_db


def test_every_view_says_who_may_open_it() -> None:
    silent = [pattern for pattern, one in every_view() if not hasattr(one.callback, "actions")]
    assert silent == []
    assert len(list(every_view())) > 40


def test_every_address_has_a_name_and_no_two_share_one() -> None:
    names = [one.name for _pattern, one in pages()]
    assert None not in names
    assert len(names) == len(set(names))


@pytest.fixture
def world(cast: Cast, tmp_path: Path) -> World:
    return at_work(cast, tmp_path)


@pytest.mark.parametrize("who", STAFF)
def test_a_page_opens_for_whom_the_policy_names_and_shows_nobody_else(who: str, world: World) -> None:
    assert faults(who, world) == []


def test_a_stranger_is_led_to_the_door(world: World) -> None:
    client, wrong = Client(), []
    for address in addresses(world):
        response = client.get(address.href)
        if address.actions == ANYBODY:
            continue
        if response.status_code != 302 or not response["Location"].startswith(reverse("desk:sign-in")):
            wrong.append((address.name, response.status_code))
    assert wrong == []


def test_health_is_one_word(client: Client) -> None:
    assert client.get("/healthz").content == b"ok\n"
