"""The door: the same sentence for a wrong name and a wrong password, back to where one wanted to go."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.cast import PASSWORD, Cast
from tests.web.village import Village, desk, settle, text


@pytest.fixture
def village(cast: Cast) -> Village:
    return settle(cast)


def test_one_comes_back_to_where_one_wanted_to_go(village: Village) -> None:
    client = Client()
    wanted = f"/person/{village.lin.uuid}/"
    door = client.get(wanted)
    assert door.status_code == 302 and door["Location"].startswith("/sign-in/?next=")
    answer = client.post(door["Location"], {"username": "chen", "password": PASSWORD})
    assert answer["Location"] == wanted


@pytest.mark.parametrize("name", ["chen", "no-such"])
def test_a_wrong_name_and_a_wrong_password_read_the_same(village: Village, name: str) -> None:
    answer = Client().post("/sign-in/", {"username": name, "password": "wrong"})
    assert "登录名或密码不对" in text(answer)


def test_nobody_is_led_to_another_host(village: Village) -> None:
    answer = Client().post("/sign-in/?next=https://example.org/", {"username": "chen", "password": PASSWORD})
    assert answer["Location"] == "/"


def test_signing_out_takes_a_post(village: Village) -> None:
    client = desk(village.cast.chen)
    assert client.get("/sign-out/").status_code == 405
    client.post("/sign-out/")
    assert client.get("/").status_code == 302
