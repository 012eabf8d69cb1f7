"""Every address says who may open it, and does what it says: for every role, inside and outside its area."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.web.desk_world import World, at_work
from tests.web.joined import join
from tests.web.roles import GUESTS, READERS, SHARES
from tests.web.walk import ANYBODY, addresses, every_view, faults, pages

from yice.accounts.enums import Role

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


def test_every_role_is_walked_inside_and_outside_and_every_guest_with_empty_hands() -> None:
    """A role that is added to the policy without a place in `roles.POSTS` fails here."""
    assert {one.role for one in READERS.values() if one.inside} - {None} == set(Role)
    assert {one.role for one in READERS.values() if not one.inside} - {None} == set(Role)
    assert {one.role for one in READERS.values() if one.username.endswith(".free")} == set(GUESTS)


@pytest.mark.parametrize("those", SHARES, ids=range(4))
def test_a_page_opens_for_whom_the_policy_names_and_shows_nobody_else(those: list[str], world: World) -> None:
    """And whoever read somebody's record stands in the record, who was refused does not."""
    found = {}
    world = join(world)
    for who in those:
        with transaction.atomic():
            found[who] = faults(who, world)
            transaction.set_rollback(True)
    assert {who: wrong for who, wrong in found.items() if wrong} == {}


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
