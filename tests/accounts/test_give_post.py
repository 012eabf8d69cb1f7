"""Posts are given by the security administrator, end on their day, and nobody gives one to themselves."""

from __future__ import annotations

import datetime as dt

import pytest

from yice.accounts import access, services
from yice.accounts.enums import Action, Role
from yice.accounts.models import Installation, User
from yice.areas.models import Area
from yice.audit.models import Event
from yice.terms import clock
from yice.terms.errors import Problem

pytestmark = pytest.mark.django_db


def test_a_new_account_may_do_nothing(cast):
    deng = services.create_account(
        actor=cast.admin, username="deng", name="邓新人", password="a long pass phrase"
    )
    assert not any(access.may(deng, action).allowed for action in Action)


def test_a_post_gives_its_role_in_its_area(cast):
    deng = services.create_account(
        actor=cast.admin, username="deng", name="邓新人", password="a long pass phrase"
    )
    area = Area.objects.get(code="440704001000")
    services.give_post(actor=cast.an, user=deng, role=Role.TOWNSHIP_CLERK, area=area)
    assert access.ranges(User.objects.get(pk=deng.pk), Action.PERSON_READ) == [(area.code, area.end)]
    assert Event.objects.filter(code="account.post_given").exists()


def test_nobody_gives_a_post_to_themselves(cast):
    with pytest.raises(access.Forbidden):
        services.give_post(
            actor=cast.an,
            user=cast.an,
            role=Role.COUNTY_FEDERATION,
            area=Area.objects.get(code="440704000000"),
        )


def test_a_clerk_gives_no_posts(cast):
    with pytest.raises(access.Forbidden):
        services.create_account(actor=cast.liang, username="x", name="x", password="a long pass phrase")


def test_who_makes_accounts_gives_no_power_and_who_gives_power_makes_no_accounts(cast):
    area = Area.objects.get(code="440704000000")
    with pytest.raises(access.Forbidden):
        services.give_post(actor=cast.admin, user=cast.nobody, role=Role.COUNTY_FEDERATION, area=area)
    with pytest.raises(access.Forbidden):
        services.create_account(actor=cast.an, username="deng", name="邓新人", password="a long pass phrase")


@pytest.mark.parametrize(
    ("who", "role"),
    [
        ("admin", Role.SECURITY_ADMINISTRATOR),
        ("shen", Role.COUNTY_FEDERATION),
        ("he", Role.AUDIT_ADMINISTRATOR),
    ],
)
def test_three_administrators_are_three_people_who_read_no_cases(cast, who, role):
    with pytest.raises(Problem) as problem:
        services.give_post(
            actor=cast.an, user=getattr(cast, who), role=role, area=Area.objects.get(code="440704000000")
        )
    assert problem.value.code == "post-not-apart"


def test_a_post_ends_after_its_last_day(cast):
    post = cast.chen.posts.get()
    services.end_post(actor=cast.an, post=post, last_day=clock.today())
    chen = User.objects.get(pk=cast.chen.pk)
    assert access.may(chen, Action.PERSON_READ).allowed
    with clock.on(clock.today() + dt.timedelta(days=1)):
        assert not access.may(chen, Action.PERSON_READ).allowed


def test_a_taken_user_name_is_said_beside_the_field(cast):
    with pytest.raises(Problem) as problem:
        services.create_account(
            actor=cast.admin, username=cast.chen.username, name="x", password="a long pass phrase"
        )
    assert problem.value.field == "username"


def test_a_demo_database_never_becomes_live(db):
    Installation.objects.all().delete()
    services.install(demo=True)
    with pytest.raises(Problem) as problem:
        services.install(demo=False)
    assert problem.value.code == "installation-kind-fixed"
