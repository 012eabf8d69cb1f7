"""Finding a door on the pages: masked until a reason is given, then in full for the day, on paper too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.web.desk_world import World, at_work

from yice.audit.models import Event
from yice.loop.identify.models import Ask, Finding

pytestmark = pytest.mark.django_db
PHONE = "13812340001"


@pytest.fixture
def world(cast: Cast, tmp_path: Path) -> World:
    return at_work(cast, tmp_path)


@pytest.fixture
def client(world: World) -> Client:
    client = Client()
    client.force_login(world.cast.chen)
    return client


def test_the_person_page_shows_it_after_a_reason_and_for_the_day(
    world: World, client: Client, clock_at: Any
) -> None:
    person, address = (reverse(name, args=[world.lin.uuid]) for name in ("desk:person", "desk:contact"))
    before = client.get(person).content.decode()
    assert address in before and PHONE not in before
    assert client.post(address, {}).status_code == 422
    answer = client.post(address, {"reason": "call"}, follow=True)
    text = answer.content.decode()
    assert PHONE in text and "江海区江南街道某路 1 号" in text
    assert world.lin.id_number not in text
    assert PHONE in client.get(person).content.decode()
    assert Event.objects.filter(code="person.contact_shown").count() == 1
    clock_at("2020-07-01")
    assert PHONE not in client.get(person).content.decode()


def test_work_that_is_done_masks_again(world: World, client: Client) -> None:
    person = reverse("desk:person", args=[world.lin.uuid])
    client.post(reverse("desk:contact", args=[world.lin.uuid]), {"reason": "visit"})
    Finding.objects.update(state="closed")
    Ask.objects.all().delete()
    assert PHONE not in client.get(person).content.decode()


def test_one_reason_opens_the_days_list_on_screen_and_on_paper(world: World, client: Client) -> None:
    address = reverse("desk:visit-list", args=[world.visits.uuid])
    assert PHONE not in client.get(address).content.decode()
    answer = client.post(address, {"contacts": "visit"}, follow=True)
    text = answer.content.decode()
    assert text.count(PHONE) >= 2
    paper = text[text.index("y-visit") : text.index("</table>", text.index("y-visit"))]
    assert PHONE in paper and "某路 1 号" in paper
    told = Event.objects.filter(code="person.contact_shown")
    assert set(told.values_list("subject_id", flat=True)) == {
        visit.person.uuid for visit in world.visits.visits.all()
    }
    assert all(event.values == {"why": "visit"} for event in told)


def test_another_sign_in_starts_masked(world: World, client: Client) -> None:
    client.post(reverse("desk:contact", args=[world.lin.uuid]), {"reason": "visit"})
    other = Client()
    other.force_login(world.cast.chen)
    assert PHONE not in other.get(reverse("desk:person", args=[world.lin.uuid])).content.decode()
