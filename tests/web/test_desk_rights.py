"""Somebody agrees, no longer agrees, objects, takes a copy home: by the pages, and what they then show."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import COUNTY, PASSWORD, Cast
from tests.web.desk_world import World, at_work

from yice.accounts.enums import Role
from yice.accounts.models import Post, User
from yice.audit.models import Event
from yice.loop.identify.models import Consent, Guardian, Objection, Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(cast: Cast, tmp_path: Path) -> World:
    return at_work(cast, tmp_path)


def desk(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_photograph_is_shown_while_somebody_agrees(world: World) -> None:
    photo = world.photo
    chen, person = desk(world.cast.chen), world.lin.uuid
    image = reverse("desk:visit-image", args=[world.visits.uuid, 1, photo.pk])
    visit, rights = (
        reverse("desk:visit", args=[world.visits.uuid, 1]),
        reverse("desk:person-rights", args=[person]),
    )
    assert chen.get(image).status_code == 200  # it was agreed to at the door
    page = chen.get(rights).content.decode()
    assert "已同意" in page and "提出异议" in page and len(page.encode()) < 100_000
    here = reverse("desk:person-consent", args=[person, "photo"])
    assert "撤回不需要理由" in chen.get(here).content.decode()
    assert chen.post(here, {"given_by": "person", "how": "spoken"})["Location"] == rights
    assert chen.get(image).status_code == 422
    shown = chen.get(visit).content.decode()
    assert image not in shown and "的同意已于" in shown
    wrong = chen.post(here, {"given_by": "person", "how": "written", **_day(dt.date(2020, 6, 30))})
    assert wrong.status_code == 422 and "存放在哪里" in wrong.content.decode()
    given = {"given_by": "person", "how": "written", "form": "第 3 号", **_day(dt.date(2020, 6, 30))}
    assert chen.post(here, given).status_code == 302 and chen.get(image).status_code == 200
    assert Consent.objects.filter(withdrawn_on=None).get().form == "第 3 号"


def test_the_offices_page_answers_renews_and_disposes(world: World) -> None:
    cast, lin = world.cast, world.lin
    Guardian.objects.create(
        person=lin, name="林母", ground="none", document="5 号", until=dt.date(2020, 7, 10)
    )
    Person.objects.filter(pk=world.far.pk).update(removed_on="2001-01-01")
    Person.objects.filter(pk=world.zhou.pk).update(removed_on="2001-01-01")
    he, objection = desk(cast.he), world.objection
    ask = reverse("desk:person-consent", args=[lin.uuid, "copy"])
    chen = desk(cast.chen)
    assert "要求什么" in chen.get(ask).content.decode()
    assert chen.post(ask, {"key": "k1", "given_by": "person", "said": "要一份副本"}).status_code == 302
    assert "要本人资料的副本" in he.get(reverse("desk:rights")).content.decode()
    given = Objection.objects.get(purpose="copy")
    he.post(reverse("desk:objection", args=[given.uuid]), {"answer": "given", "note": "当面交给本人"})
    page = he.get(reverse("desk:rights")).content.decode()
    assert lin.name in page and "林母" in page and "提出销毁：离开登记册的人" in page
    he.post(
        reverse("desk:objection", args=[objection.uuid]), {"answer": "explained", "note": "名单由民政核定"}
    )
    assert set(Objection.objects.values_list("answer", flat=True)) == {"explained", "given"}
    he.post(reverse("desk:rights"), {"act": "ask", "kind": "persons"})
    key = Event.objects.get(code="disposal.asked").values["disposal"]
    decide = {"act": "agree", "key": key}
    assert he.post(reverse("desk:rights"), decide).status_code == 403
    second = User.objects.create_user("cai", PASSWORD, name="蔡业务")
    Post.objects.create(user=second, role=Role.COUNTY_FEDERATION, area_id=COUNTY)
    assert desk(second).post(reverse("desk:rights"), decide).status_code == 302
    assert Person.objects.get(pk=world.zhou.pk).name == "（已销毁）"
    assert Person.objects.get(pk=world.far.pk).name == world.far.name  # another county's
    assert "删除本人的照片" in he.get(reverse("desk:person-rights", args=[lin.uuid])).content.decode()


def test_a_copy_is_handed_over_once_papers_were_checked(world: World) -> None:
    liang, here = desk(world.cast.liang), reverse("desk:record-copy", args=[world.lin.uuid])
    assert liang.post(here, {"given_by": "person"}).status_code == 422
    done = liang.post(f"{here}?format=csv", {"given_by": "person", "checked": "on"})
    text = b"".join(done.streaming_content).decode()  # type: ignore[attr-defined]
    assert world.lin.id_number in text and world.zhou.name not in text
    assert Event.objects.filter(code="export.made").exists()


def _day(day: dt.date) -> dict[str, str]:
    return {f"given_on_{n}": str(part) for n, part in enumerate((day.year, day.month, day.day))}
