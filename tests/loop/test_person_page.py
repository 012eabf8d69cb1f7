"""The person page: everything known with its source, why, and nothing that rebuilds an identity number."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import asdict
from typing import Any

import pytest
from tests import factories as make
from tests.cast import NEXT_VILLAGE, Cast

from yice.loop.identify import selectors
from yice.loop.identify.models import Household, HouseholdMember, Person
from yice.terms.errors import Problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def lin(cast: Cast) -> Person:
    home = Household.objects.create(number="H1", area="440704001001", facts={"household_size": 4})
    lin = make.person(
        "林小禾",
        grade=3,
        birth=dt.date(2010, 3, 9),
        household=home,
        phone="11100000001",
        income_class="low_income",
    )
    make.person("林大河", grade=1, household=home, hukou=NEXT_VILLAGE)
    HouseholdMember.objects.create(household=home, name="陈桂", name_folded="陈桂", relation="母亲")
    lists = make.all_lists()
    make.on_list(lists["subsistence"], lin, income_class="subsistence")
    make.screened(cast)
    return lin


def test_it_says_why_with_clause_fact_source_and_day(cast: Cast, lin: Person) -> None:
    page = selectors.person_page(cast.chen, lin.uuid)
    (why,) = [row for row in page.why if row.benefit == "living_subsidy"]
    assert (why.status, why.kind, why.due_fen, why.sample) == ("eligible", "gap", 16500, True)
    (condition,) = [row for row in why.conditions if row.part == "when"]
    assert condition.result == "met" and condition.clause
    assert condition.facts == ["家庭经济类别：低保（最低生活保障对象名单，2020年6月1日）"]


def test_two_sources_that_differ_are_both_shown(cast: Cast, lin: Person) -> None:
    page = selectors.person_page(cast.chen, lin.uuid)
    (income,) = [row for section in page.facts for row in section.rows if row.name == "income_class"]
    assert (income.text, income.state) == ("低保", "conflict")
    assert [(other.text, other.source) for other in income.others] == [("低收入（低保边缘）", "残疾人登记册")]


def test_nothing_on_the_page_rebuilds_an_identity_number(cast: Cast, lin: Person) -> None:
    shown = repr(asdict(selectors.person_page(cast.he, lin.uuid)))
    number = lin.id_number
    for secret in (
        number,
        number[6:14],
        number[6:12],
        "2010-03",
        "2010年3月",
        "datetime.date(2010",
        "11100000001",
    ):
        assert secret not in shown
    assert "440**************" in shown or number[:3] + "*" in shown


def test_the_household_says_what_is_not_there(cast: Cast, lin: Person) -> None:
    home = selectors.person_page(cast.chen, lin.uuid).household
    assert home is not None
    assert (home.size_text, home.disabled_text) == ("4 人", "至少 2 人")
    names = {member.name: member.person for member in home.members}
    assert names.keys() == {
        "林小禾",
        "其他地区的成员",
        "陈桂",
    }  # 林大河 lives in another village: counted, not named
    assert names["其他地区的成员"] is None


def test_a_list_that_has_not_come_says_so(cast: Cast, lin: Person) -> None:
    states = {row.kind: row.state for row in selectors.person_page(cast.chen, lin.uuid).lists}
    assert states["subsistence"] == "on"
    assert states["living_subsidy"] == "not_on"
    assert states["medical_insurance"] == "not_received"


@pytest.mark.parametrize("who", ["zhou", "sheng", "admin", "pan", "tan", "nobody"])
def test_out_of_scope_reads_as_not_there(cast: Cast, lin: Person, who: str) -> None:
    with pytest.raises(Problem) as there:
        selectors.person_page(getattr(cast, who), lin.uuid)
    with pytest.raises(Problem) as absent:
        selectors.person_page(getattr(cast, who), uuid.uuid4())
    assert there.value.as_dict() == absent.value.as_dict()


def test_a_village_does_not_see_payment_matters(cast: Cast) -> None:
    lists = make.all_lists()
    zhou = make.person("周大山", grade=3)
    make.paid(lists["living_subsidy"], zhou, 16500)
    make.screened(cast)
    village, civil = selectors.person_page(cast.chen, zhou.uuid), selectors.person_page(cast.luo, zhou.uuid)
    assert "leak" not in {row.kind for row in (*village.why, *village.findings)}
    (leak,) = [row for row in civil.findings if row.kind == "leak"]
    assert leak.may_handle and "stopped" in dict(leak.codes)
    assert "不符合" in leak.because


def test_the_page_asks_a_bounded_number_of_queries(
    cast: Cast, lin: Person, django_assert_max_num_queries: Any
) -> None:
    selectors.person_page(cast.he, lin.uuid)
    with django_assert_max_num_queries(40):
        selectors.person_page(cast.he, lin.uuid)
