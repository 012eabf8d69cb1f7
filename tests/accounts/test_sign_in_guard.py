"""The door: weak passwords, guessing, shutting a colleague out, how long a sign-in holds."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.test import Client, RequestFactory
from django.utils import timezone
from tests.cast import PASSWORD, Cast

from yice.accounts import browsers, guard
from yice.accounts.closing import change_password
from yice.accounts.enums import Role
from yice.accounts.guard import Limits, client_address, limits
from yice.accounts.models import Post
from yice.accounts.services import create_account
from yice.audit.models import Event
from yice.terms.errors import Problems

HERE, ELSEWHERE = "127.0.0.1", "127.0.0.9"


@pytest.fixture
def door(settings: Any, cast: Cast) -> Any:
    """Sign in from an address; the lock is on, as on a site."""
    settings.AXES_ENABLED = True

    def knock(username: str, password: str, address: str = HERE) -> int:
        said = {"username": username, "password": password}
        return Client().post("/sign-in/", said, REMOTE_ADDR=address).status_code

    return knock


def test_eight_wrong_passwords_lock_this_account_from_this_address(door: Any) -> None:
    assert [door("chen", "wrong") for _ in range(8)][-1] == 429
    assert door("chen", PASSWORD) == 429


def test_nobody_shuts_a_colleague_out_from_elsewhere(door: Any) -> None:
    for _ in range(9):
        door("chen", "wrong", ELSEWHERE)
    assert door("chen", PASSWORD) == 302


def test_many_names_tried_from_one_address_shut_the_door_there_and_nowhere_else(
    door: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "FROM_ONE_ADDRESS", 5)
    for number in range(5):
        door(f"name{number}", "wrong", ELSEWHERE)
    assert door("chen", PASSWORD, ELSEWHERE) == 429
    assert door("chen", PASSWORD) == 302


def test_one_name_tried_from_many_addresses_is_shut_to_strange_browsers_and_open_to_the_owners(
    door: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(guard, "FOR_ONE_NAME", 4)
    said, mine = {"username": "chen", "password": PASSWORD}, Client()
    assert mine.post("/sign-in/", said).status_code == 302
    mine.post("/sign-out/")
    for last in range(4):
        door("chen", "wrong", f"127.0.0.{last + 20}")
    assert door("chen", PASSWORD) == 429 and door("liang", PASSWORD) == 302
    assert mine.post("/sign-in/", said).status_code == 302
    mine.cookies[browsers.KNOWN] = mine.cookies[browsers.KNOWN].value.replace(":", "x:", 1)
    mine.post("/sign-out/")
    assert mine.post("/sign-in/", said).status_code == 429
    # What was refused: four wrong passwords, each from somewhere else, in the record; the shut door in the log alone.
    told = [one.values for one in Event.objects.filter(code="account.sign_in_failed")]
    assert {one["check"] for one in told} == {"password"} and len({one["from"] for one in told}) == 4 == len(
        told
    )
    assert [one.check for one in caplog.records if one.name == "yice.door"] == ["password"] * 4 + [
        "locked"
    ] * 2
    assert "chen" not in str(told) and "127.0.0" not in str(told)


def test_a_lock_ends_by_itself_whoever_keeps_knocking(door: Any) -> None:
    for _ in range(12):
        door("chen", "wrong")
    AccessAttempt.objects.update(attempt_time=timezone.now() - dt.timedelta(minutes=16))
    assert door("chen", PASSWORD) == 302


def test_a_number_typed_as_the_name_is_kept_nowhere(door: Any) -> None:
    door("440799199001011234", "wrong-and-secret")
    kept = [*AccessAttempt.objects.values(), *AccessLog.objects.values(), *AccessFailureLog.objects.values()]
    assert len(kept) == 1
    assert "440799199001011234" not in str(kept) and "wrong-and-secret" not in str(kept)


def test_behind_a_proxy_the_address_is_the_one_the_proxy_saw(settings: Any) -> None:
    request = RequestFactory().get("/", headers={"X-Forwarded-For": "10.0.0.66, 10.1.2.3"})
    assert client_address(request) == HERE  # nobody's word is taken without a proxy
    settings.SECURE_SSL = True
    assert client_address(request) == "10.1.2.3"  # what the client wrote before it is not believed


WEAK = {
    "short": "kT4#mv9qWe2",
    "in every list of leaked passwords": "1qaz2wsx3edc",
    "a known one with figures and marks put to it": "!Sunshine2024@",
    "repeated": "abc1abc1abc1",
    "several spaces are one": "ab c      de f",
    "a telephone with a few figures more": "075013812340001",
    "longer than the longest": "k9 " * 43,
    "the login name": "chenxiaoyu12",
    "the name": "chen xiaoyu 1",
}


@pytest.mark.parametrize("password", WEAK.values(), ids=WEAK.keys())
def test_a_weak_password_is_refused(cast: Cast, password: str) -> None:
    with pytest.raises(Problems) as told:
        create_account(actor=cast.admin, username="chenxiaoyu", name="Chen Xiaoyu", password=password)
    assert len(told.value.problems) == 1  # each by the rule that is about it


@pytest.mark.parametrize(
    "password",
    ["k9 " * 42 + "zz", "748159763048517", "æøå 字 и ع ☂ ok"],
    ids=["128", "figures", "any letters"],
)
def test_a_long_one_and_any_character_is_taken_whole(cast: Cast, password: str) -> None:
    user = create_account(actor=cast.admin, username="deng", name="邓", password=password)
    assert user.check_password(password) and not user.check_password(password[:-1])


def test_a_new_password_is_held_against_the_name_too(cast: Cast) -> None:
    user = create_account(
        actor=cast.admin, username="chenxiaoyu", name="陈小雨", password="four unlike words here"
    )
    with pytest.raises(Problems):
        change_password(actor=user, old="four unlike words here", new="chenxiaoyu22")


def test_the_administrator_is_signed_in_for_an_hour_and_an_officer_for_a_working_day(cast: Cast) -> None:
    for who, hours in ((cast.admin, 1), (cast.he, 8), (cast.nobody, 8)):
        client = Client()
        client.force_login(who)
        assert client.session.get_expiry_age() == hours * 3600


def test_of_several_posts_the_shortest_time_counts(cast: Cast) -> None:
    Post.objects.create(user=cast.nobody, role=Role.VILLAGE_COMMISSIONER, area_id="440704001001")
    Post.objects.create(user=cast.nobody, role=Role.ASSESSOR, area_id="440704000000")
    assert limits(cast.nobody) == Limits(idle=30 * 60, whole=2 * 3600)


def test_at_an_open_page_nobody_tries_passwords(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.he)
    typed = {"old": "not this one at all", "new": "four unlike words here", "again": "four unlike words here"}
    told = [client.post("/account/", typed).status_code for _ in range(5)]
    assert told == [422] * 4 + [302]
    assert client.get("/").status_code == 302 and "密码错了太多次" in client.get("/sign-in/").content.decode()
