"""Registers of facilities and posts: taken in from a file, shown in the words of the plan, counted when screened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests import factories as make
from tests.cast import COUNTY, VILLAGE, Cast
from tests.web.desk_world import World, at_work

from yice.accounts.models import User
from yice.audit.models import Event
from yice.network.models import Entry, Register

pytestmark = pytest.mark.django_db
HEAD = "种类,名称,区划代码,床位数,具备的功能和条件\n"
CENTRE = f"社区康园中心,江南康园,{VILLAGE},,日间照料、辅助性就业、康复训练、技能训练、康乐文体\n"


@pytest.fixture
def world(cast: Cast, tmp_path: Path) -> World:
    return at_work(cast, tmp_path)


def sent(user: User, folder: Path, text: str, **said: Any) -> tuple[int, str]:
    """The page's answer to a file."""
    client = Client()
    client.force_login(user)
    path = folder / "register.csv"
    path.write_text(text, "utf-8")
    with path.open("rb") as stream:
        form = {"area": COUNTY, "as_of_0": "2020", "as_of_1": "6", "as_of_2": "1", "file": stream, **said}
        answer = client.post(reverse("desk:network"), form, follow=True)
    return answer.status_code, answer.content.decode()


def test_a_register_that_comes_in_is_shown_and_counted(world: World, tmp_path: Path) -> None:
    status, text = sent(world.cast.he, tmp_path, HEAD + CENTRE, whole=["community_centre"])
    assert status == 200 and "江南康园" in text and "康复训练" in text
    assert Register.objects.get().whole == ["community_centre"]
    assert Event.objects.filter(code="network.received").exists()
    make.screened(world.cast)
    client = Client()
    client.force_login(world.cast.he)
    shown = client.get(reverse("desk:target", args=[COUNTY, "JH-4.3.2"])).content.decode()
    assert "100%" in shown and "达到" in shown


def test_a_whole_register_ends_what_is_no_longer_on_it_and_keeps_what_was(
    world: World, tmp_path: Path
) -> None:
    sent(world.cast.he, tmp_path, HEAD + CENTRE, whole=["community_centre"])
    other = CENTRE.replace("江南康园", "外海康园")
    sent(world.cast.he, tmp_path, HEAD + other, as_of_2="20", whole=["community_centre"])
    ended = dict(Entry.objects.values_list("name", "valid_to"))
    assert str(ended["江南康园"]) == "2020-06-19" and ended["外海康园"] is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD + CENTRE.replace("社区康园中心", "没有这一种"), "第 2 行"),
        (HEAD + CENTRE.replace(VILLAGE, "440703001001"), "不在这个区域"),
        ("名称,区划代码\n江南康园,440704001001\n", "没有这几列"),
    ],
)
def test_a_wrong_file_is_refused_with_the_row(world: World, tmp_path: Path, text: str, said: str) -> None:
    status, shown = sent(world.cast.he, tmp_path, text)
    assert status == 422 and said in shown
    assert not Entry.objects.exists()


def test_who_may_not_take_lists_in_may_look_but_not_send(world: World, tmp_path: Path) -> None:
    status, _ = sent(world.cast.liang, tmp_path, HEAD + CENTRE)
    assert status == 403 and not Register.objects.exists()
    client = Client()
    client.force_login(world.cast.liang)
    assert client.get(reverse("desk:network")).status_code == 200


def test_queries_of_the_registers_do_not_grow(world: World, django_assert_max_num_queries: Any) -> None:
    client = Client()
    client.force_login(world.cast.he)
    client.get(reverse("desk:network"))
    with django_assert_max_num_queries(20):
        client.get(reverse("desk:network"))
