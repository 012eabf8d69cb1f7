"""An account is closed by the administrator, its sign-ins end at once, and it can be opened again."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.cast import PASSWORD, Cast

from yice.accounts import access, closing, services
from yice.accounts.enums import Role
from yice.accounts.models import User
from yice.areas.models import Area
from yice.audit.models import Event
from yice.audit.sentences import sentence
from yice.terms.errors import Problem, Problems

pytestmark = pytest.mark.django_db
NEW = "three unlike words here"


def signed_in(user: User) -> Client:
    client = Client()
    assert client.login(username=user.username, password=PASSWORD)
    return client


def at_home(client: Client) -> bool:
    return client.get("/").status_code == 200


@pytest.fixture(autouse=True)
def _plain_sign_in(settings: object) -> None:
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]  # type: ignore[attr-defined]


def test_whoever_is_signed_in_is_out_and_cannot_come_back(cast: Cast) -> None:
    client = signed_in(cast.liang)
    assert at_home(client)
    closing.close_account(actor=cast.admin, user=cast.liang, reason="已调离")
    assert not at_home(client)
    assert not Client().login(username="liang", password=PASSWORD)
    assert str(sentence(Event.objects.get(code="account.closed"))) == "停用了账号 liang，原因：已调离"


def test_opened_again_the_old_sign_in_stays_ended(cast: Cast) -> None:
    client = signed_in(cast.liang)
    closing.close_account(actor=cast.admin, user=cast.liang, reason="已调离")
    closing.reopen_account(actor=cast.admin, user=cast.liang)
    assert not at_home(client)
    assert at_home(signed_in(cast.liang))
    assert cast.liang.posts.count() == 1


def test_others_stay_signed_in(cast: Cast) -> None:
    client = signed_in(cast.chen)
    closing.close_account(actor=cast.admin, user=cast.liang, reason="已调离")
    assert at_home(client)


def test_closing_twice_is_recorded_once(cast: Cast) -> None:
    for _ in range(2):
        closing.close_account(actor=cast.admin, user=cast.liang, reason="已调离")
    assert Event.objects.filter(code="account.closed").count() == 1


def test_nobody_closes_their_own_account_or_one_outside_their_area(cast: Cast) -> None:
    with pytest.raises(access.Forbidden):
        closing.close_account(actor=cast.admin, user=cast.admin, reason="已调离")
    with pytest.raises(access.Forbidden):
        closing.close_account(actor=cast.he, user=cast.chen, reason="已调离")
    little = services.create_account(actor=cast.admin, username="xiao", name="小管理", password=NEW)
    area = Area.objects.get(code="440704000000")
    services.give_post(actor=cast.an, user=little, role=Role.SYSTEM_ADMINISTRATOR, area=area)
    little = User.objects.get(pk=little.pk)
    closing.close_account(actor=little, user=cast.chen, reason="已调离")
    with pytest.raises(access.Forbidden):
        closing.close_account(actor=little, user=cast.pan, reason="已调离")


def test_closing_needs_a_reason(cast: Cast) -> None:
    with pytest.raises(Problem) as told:
        closing.close_account(actor=cast.admin, user=cast.liang, reason=" ")
    assert told.value.code == "reason-missing"


def test_ones_own_password_is_changed_with_the_old_one(cast: Cast) -> None:
    here, elsewhere = signed_in(cast.chen), signed_in(cast.chen)
    answer = here.post("/account/", {"old": PASSWORD, "new": NEW, "again": NEW})
    assert answer.status_code == 302
    assert at_home(here) and not at_home(elsewhere)
    assert Client().login(username="chen", password=NEW)
    assert Event.objects.get(code="account.password_changed").actor == cast.chen


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [("wrong one entirely", NEW, "old"), (PASSWORD, "short", "new"), (PASSWORD, PASSWORD, "new")],
)
def test_a_wrong_old_or_a_weak_new_password_is_refused_beside_its_field(
    cast: Cast, old: str, new: str, field: str
) -> None:
    with pytest.raises((Problem, Problems)) as told:
        closing.change_password(actor=cast.chen, old=old, new=new)
    first = told.value.problems[0] if isinstance(told.value, Problems) else told.value
    assert first.field == field
    assert User.objects.get(pk=cast.chen.pk).check_password(PASSWORD)


def test_two_new_passwords_that_differ_are_told_apart(cast: Cast) -> None:
    answer = signed_in(cast.chen).post("/account/", {"old": PASSWORD, "new": NEW, "again": NEW + "!"})
    assert answer.status_code == 422 and "两次输入的新密码不一样" in answer.content.decode()


def test_the_last_sign_in_is_shown_in_the_places_own_day(cast: Cast) -> None:
    signed_in(cast.chen)
    page = signed_in(cast.admin).get("/accounts/").content.decode()
    assert "2020-06-30" in page


def test_an_account_is_closed_and_opened_by_pages_alone(cast: Cast) -> None:
    client = signed_in(cast.admin)
    address = f"/accounts/{cast.liang.pk}/"
    assert client.post(address, {"close": "1", "close-reason": ""}).status_code == 422
    text = client.post(address, {"close": "1", "close-reason": "已调离"}, follow=True).content.decode()
    assert "已停用" in text and 'name="reopen"' in text
    text = client.post(address, {"reopen": "1"}, follow=True).content.decode()
    assert 'name="reopen"' not in text
    assert User.objects.get(pk=cast.liang.pk).is_active
