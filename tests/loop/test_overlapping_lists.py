"""A street's list and the county's for one month: for each person one of them speaks, by one rule."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from tests import factories as make
from tests.cast import COUNTY, FAR_VILLAGE, STREET, Cast

from yice.loop.identify.facts import settled
from yice.loop.identify.models import Batch, Finding, Person
from yice.policy import selectors as policy
from yice.policy.provided import Request

pytestmark = pytest.mark.django_db
EARLY, LATE = dt.date(2020, 6, 10), dt.date(2020, 6, 25)
NURSING = "receives.nursing_subsidy"


@pytest.fixture
def lin(cast: Cast) -> Person:
    make.all_lists()
    return make.person("林小禾", grade=1)


def delivered(area: str, as_of: dt.date, *, whole: bool = True) -> Batch:
    batch = make.received("nursing_subsidy", area=area, whole=whole)
    Batch.objects.filter(pk=batch.pk).update(as_of=as_of)
    return batch


def receives(who: Person) -> Any:
    plan = policy.plan(make.jianghai())
    (part,) = settled(Request(plan, "", "", dt.date(2020, 6, 30), [who.pk]))
    return part.columns[NURSING].values[0], part.payments["nursing_subsidy"].times.get(0, 0)


def test_paid_on_both_is_paid_once(cast: Cast, lin: Person) -> None:
    for area in (COUNTY, STREET):
        make.paid(delivered(area, LATE), lin, 22000)
    assert receives(lin) == (True, 1)
    make.screened(cast)
    assert not Finding.objects.filter(kind="duplicate").exists()


@pytest.mark.parametrize(
    ("county", "street", "on", "expected"),
    [
        (EARLY, LATE, COUNTY, False),  # the street's is newer and whole: who is not on it is not paid
        (EARLY, LATE, STREET, True),
        (LATE, EARLY, COUNTY, True),  # the county's is newer: it says who is paid, the street over
        (LATE, EARLY, STREET, False),
        (LATE, LATE, COUNTY, False),  # of one day: the smaller area knows its own
        (LATE, LATE, STREET, True),
    ],
)
def test_the_later_day_speaks_and_of_one_day_the_smaller_area(
    lin: Person, county: dt.date, street: dt.date, on: str, expected: bool
) -> None:
    lists = {COUNTY: delivered(COUNTY, county), STREET: delivered(STREET, street)}
    make.paid(lists[on], lin, 22000)
    assert receives(lin)[0] is expected


def test_a_list_that_is_not_whole_speaks_only_for_those_it_names(lin: Person) -> None:
    county, street = delivered(COUNTY, EARLY), delivered(STREET, LATE, whole=False)
    make.paid(county, lin, 22000)
    assert receives(lin) == (True, 1)
    make.paid(street, lin, 22000)
    assert receives(lin) == (True, 1)


def test_a_possible_row_of_a_list_that_is_not_whole_takes_nothing_away(lin: Person) -> None:
    county, street = delivered(COUNTY, EARLY), delivered(STREET, LATE, whole=False)
    make.paid(county, lin, 22000)
    make.paid(street, lin, 22000, state="possible")
    assert receives(lin) == (True, 1)


def test_whoever_lives_outside_the_smaller_area_is_left_to_the_larger_list(cast: Cast, lin: Person) -> None:
    far = make.person("欧阳明", hukou=FAR_VILLAGE, grade=1)
    county, _street = delivered(COUNTY, EARLY), delivered(STREET, LATE)
    make.paid(county, far, 22000)
    assert receives(far) == (True, 1)


def test_two_rows_of_one_list_stay_two_payments(lin: Person) -> None:
    delivered(STREET, EARLY)
    county = delivered(COUNTY, LATE)
    for _ in range(2):
        make.paid(county, lin, 22000)
    assert receives(lin) == (True, 2)
