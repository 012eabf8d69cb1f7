"""Handling a payment: by the deciding department, the person heard, and closed by the next list."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from tests import factories as make
from tests.cast import Cast

from yice.accounts.access import Forbidden
from yice.loop.identify import services
from yice.loop.identify.models import Finding, Outcome
from yice.terms import clock
from yice.terms.errors import Problem, Problems

pytestmark = pytest.mark.django_db
JULY, TODAY = dt.date(2020, 7, 1), dt.date(2020, 6, 30)
HEARD = {"told_on": dt.date(2020, 6, 20), "heard_on": dt.date(2020, 6, 25)}


def leak_of(cast: Cast, **facts: Any) -> Finding:
    lists = make.all_lists()
    zhou = make.person("周大山", grade=3, **facts)
    make.paid(lists["living_subsidy"], zhou, 16500)
    make.screened(cast)
    return Finding.objects.get(kind="leak")


@pytest.fixture
def leak(cast: Cast) -> Finding:
    return leak_of(cast)


def handle(cast: Cast, leak: Finding, code: str, **more: Any) -> Finding:
    leak.refresh_from_db()
    return services.handle_payment(actor=cast.luo, finding=leak, version=leak.version, code=code, **more)


def test_nothing_is_stopped_before_the_person_was_heard(cast: Cast, leak: Finding) -> None:
    with pytest.raises(Problems) as raised:
        handle(cast, leak, "stopped", month=JULY)
    assert [(one.code, one.field) for one in raised.value.problems] == [("not-heard", "told_on")]
    assert handle(cast, leak, "told_and_heard", **HEARD).state == "started"
    assert handle(cast, leak, "stopped", month=JULY).state == "provisional"


def test_everything_that_is_missing_is_said_at_once(cast: Cast, leak: Finding) -> None:
    with pytest.raises(Problems) as raised:
        handle(cast, leak, "stopped")
    assert {one.field for one in raised.value.problems} == {"month", "told_on"}
    with pytest.raises(Problems) as raised:
        handle(cast, leak, "told_and_heard")
    assert {one.field for one in raised.value.problems} == {"told_on", "heard_on"}


def test_the_dead_need_no_hearing(cast: Cast) -> None:
    leak = leak_of(cast, deceased=True)
    done = handle(cast, leak, "stopped", month=JULY)
    assert (done.state, done.confirm_from) == ("provisional", JULY)


def test_the_next_list_closes_a_stop_not_a_click(cast: Cast, leak: Finding) -> None:
    handle(cast, leak, "stopped", month=JULY, **HEARD)
    make.screened(cast)
    leak.refresh_from_db()
    assert leak.state == "provisional"
    make.all_lists(JULY)
    with clock.on(dt.date(2020, 7, 31)):
        make.screened(cast)
    leak.refresh_from_db()
    assert (leak.state, leak.closed_by, leak.closed_why["code"]) == ("closed", "list", "not_paid")


def test_paid_on_after_the_stop_opens_it_again(cast: Cast, leak: Finding) -> None:
    handle(cast, leak, "stopped", month=JULY, **HEARD)
    make.paid(make.all_lists(JULY)["living_subsidy"], leak.person, 16500)
    with clock.on(dt.date(2020, 7, 31)):
        make.screened(cast)
    leak.refresh_from_db()
    assert leak.state == "open"


def test_kept_stays_kept(cast: Cast, leak: Finding) -> None:
    assert handle(cast, leak, "kept", note="名单写错").state == "closed"
    make.screened(cast)
    assert not Finding.objects.exclude(state="closed").filter(kind="leak").exists()


def test_money_is_asked_back_after_the_stop(cast: Cast, leak: Finding) -> None:
    with pytest.raises(Problem) as raised:
        handle(cast, leak, "recover", sum_fen=16500, **HEARD)
    assert raised.value.code == "outcome-not-open"
    handle(cast, leak, "stopped", month=JULY, **HEARD)
    assert handle(cast, leak, "recover", sum_fen=16500).state == "provisional"
    assert [row.sum_fen for row in Outcome.objects.filter(code="recover")] == [16500]


@pytest.mark.parametrize(
    ("code", "more", "field"),
    [
        ("stopped", {}, "month"),
        ("told_and_heard", {}, "told_on"),
        ("told_and_heard", {"told_on": TODAY, "heard_on": dt.date(2020, 6, 1)}, "heard_on"),
        ("told_and_heard", {"told_on": TODAY, "heard_on": dt.date(2020, 7, 2)}, "heard_on"),
    ],
)
def test_what_is_missing_is_said_beside_its_field(
    cast: Cast, leak: Finding, code: str, more: dict[str, Any], field: str
) -> None:
    with pytest.raises(Problems) as raised:
        handle(cast, leak, code, **more)
    assert field in [problem.field for problem in raised.value.problems]


@pytest.mark.parametrize("who", ["chen", "liang", "he", "tan", "sheng", "admin"])
def test_only_the_deciding_department_settles_payments(cast: Cast, leak: Finding, who: str) -> None:
    with pytest.raises(Forbidden):
        services.handle_payment(actor=getattr(cast, who), finding=leak, version=leak.version, code="kept")


def test_a_village_cannot_even_fetch_it(cast: Cast, leak: Finding) -> None:
    with pytest.raises(Problem) as raised:
        services.finding(cast.chen, leak.uuid)
    assert raised.value.code == "finding-not-found"
