"""An officer tries another reading, sees who would lose what, looks at the list, and signs for it or does not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests import factories as make
from tests.cast import COUNTY, Cast
from tests.web.desk_world import World, at_work

from yice.accounts.models import User
from yice.jobs.leases import claim
from yice.jobs.runner import attempt
from yice.policy.models import InstalledPack
from yice.policy.proposals import compare, propose

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(cast: Cast, tmp_path: Path) -> World:
    return at_work(cast, tmp_path)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def work() -> None:
    while (one := claim("test")) is not None:
        attempt(one)


def readings(world: World, client: Client, **changed: str) -> dict[str, Any]:
    """The form as it is served, with these readings changed."""
    form = client.get(reverse("desk:whatif-ask", args=[world.run.pack.hash])).context["form"]
    filled = {bound.html_name: bound.value() or "" for bound in form}
    return {
        **filled,
        "area": COUNTY,
        "other": "",
        **{f"setting.{name}": value for name, value in changed.items()},
    }


def test_a_reading_is_changed_and_compared_and_shows_what_changes(world: World) -> None:
    client = signed_in(world.cast.he)
    address = reverse("desk:whatif-ask", args=[world.run.pack.hash])
    answer = client.post(address, readings(world, client, severe_grade="1"))
    assert answer.status_code == 302
    work()
    page = client.get(answer["Location"], follow=True)
    text = page.content.decode()
    assert "改了什么" in text and "2 → 1" in text
    assert page.context["told"].figures["items"]


def test_nothing_changed_is_nothing_to_compare(world: World) -> None:
    client = signed_in(world.cast.he)
    answer = client.post(reverse("desk:whatif-ask", args=[world.run.pack.hash]), readings(world, client))
    assert answer.status_code == 422
    assert "没有什么可比" in answer.content.decode()


def test_a_value_that_cannot_be_is_refused_beside_its_field_and_kept(world: World) -> None:
    client = signed_in(world.cast.he)
    filled = readings(world, client, several_disabled_from="很多", nursing_subsidy_fen="很多钱")
    answer = client.post(reverse("desk:whatif-ask", args=[world.run.pack.hash]), filled)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "这个值不对" in text and 'value="很多"' in text and 'value="很多钱"' in text


def test_only_readings_that_can_change_what_somebody_is_due_are_offered_in_words_and_yuan(
    world: World,
) -> None:
    text = (
        signed_in(world.cast.he).get(reverse("desk:whatif-ask", args=[world.run.pack.hash])).content.decode()
    )
    assert "setting.leap_day_birthday" in text and "setting.decision_days" not in text
    assert 'value="220.00"' in text and 'value="22000"' not in text
    assert ">subsistence<" not in text and "低保" in text


def test_the_cases_of_a_plan_stand_beside_what_comes_of_them(world: World) -> None:
    address = reverse("desk:policy-cases", args=[world.run.pack.hash])
    text = signed_in(world.cast.chen).get(address).content.decode()
    assert "全部相符" in text and "应得出" in text and "不能判断" in text


def test_the_persons_behind_a_figure_are_named_for_whom_the_list_is(world: World) -> None:
    told = world.comparison
    address = reverse("desk:whatif-people", args=[told.uuid])
    query = "?kind=benefit&item=nursing_subsidy&change=loses"
    text = signed_in(world.cast.he).get(address + query).content.decode()
    assert "欧阳明" in text and "符合 → 不符合" in text
    assert signed_in(world.cast.pan).get(address + query).status_code == 404
    assert signed_in(world.cast.sheng).get(address + query).status_code == 403


def test_signing_without_having_seen_the_list_is_refused_with_the_number(world: World) -> None:
    ouyang = world.ouyang
    make.paid(make.received("nursing_subsidy"), ouyang, 22000)
    he, pack = world.cast.he, world.run.pack
    other = propose(actor=he, base=pack, settings={"severe_grade": 1})
    told = compare(actor=he, old=pack, new=other, area=COUNTY)
    client, address = signed_in(he), reverse("desk:whatif", args=[told.uuid])
    assert "有 1 人正在领取" in client.get(address).content.decode()
    refused = client.post(address, {"reason": "会议定"})
    assert refused.status_code == 422
    assert InstalledPack.objects.get(active=True) == pack
    client.post(address, {"reason": "会议定", "seen": "on"})
    work()
    assert InstalledPack.objects.get(active=True) == other
    assert "会议定" in client.get(address).content.decode()


def test_by_category_each_kind_has_its_own_table(world: World) -> None:
    address = reverse("desk:whatif", args=[world.comparison.uuid])
    assert "肢体" in signed_in(world.cast.he).get(f"{address}?by=category").content.decode()


def test_the_page_asks_the_database_a_bounded_number_of_questions(
    world: World, django_assert_max_num_queries: object
) -> None:
    client, address = signed_in(world.cast.he), reverse("desk:whatif", args=[world.comparison.uuid])
    client.get(address)
    with django_assert_max_num_queries(16):  # type: ignore[operator]
        client.get(f"{address}?by=township")
    with django_assert_max_num_queries(16):  # type: ignore[operator]
        client.get(reverse("desk:whatif-people", args=[world.comparison.uuid]))
