"""A households file joins persons and keeps those who hold no certificate beside them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from tests.cast import COUNTY, VILLAGE, Cast
from tests.exchange import import_cast as people

from yice.accounts.services import install
from yice.loop.identify.models import Batch, Change, Household, HouseholdMember, Person


@pytest.fixture(autouse=True)
def _registered(cast: Cast, tmp_path: Path) -> None:
    install(demo=True)
    people.bring_in(cast.he, tmp_path, people.everybody())


def member(name: str, number: str = "", relation: str = "子", household: str = "H002") -> dict[str, Any]:
    return {
        "户编号": household,
        "姓名": name,
        "身份证号": number,
        "与户主关系": relation,
        "户籍地代码": VILLAGE,
    }


def whole_household() -> list[dict[str, Any]]:
    return [
        member("周大山", people.ZHOU, "户主"),
        member("吴静", people.WU, "孙女"),
        member("周小山", people.id_number("19790101", 13)),
        member("周奶奶", "", "配偶"),
    ]


def households(cast: Cast, folder: Path, rows: list[dict[str, Any]], **options: Any) -> Batch:
    return people.bring_in(cast.he, folder, rows, "households", **options)


def test_who_is_on_file_is_no_member_twice(cast: Cast, tmp_path: Path) -> None:
    households(cast, tmp_path, whole_household())
    household = Household.objects.get(number="H002")
    assert set(household.members.values_list("name", flat=True)) == {"周小山", "周奶奶"}
    assert set(household.persons.values_list("name", flat=True)) == {"周大山", "吴静"}
    assert Person.objects.count() == 4


def test_a_member_keeps_birth_sex_and_a_sealed_number(cast: Cast, tmp_path: Path) -> None:
    households(cast, tmp_path, whole_household())
    found = HouseholdMember.objects.get(name="周小山")
    assert (found.birth_date, found.sex) == (dt.date(1979, 1, 1), "male")
    assert found.id_index and found.id_sealed


def test_a_file_joins_persons_who_had_no_household(cast: Cast, tmp_path: Path) -> None:
    households(cast, tmp_path, [member("欧阳明", people.OUYANG, "户主", "H009")])
    joined = Person.objects.get(name_folded="欧阳明")
    assert joined.household is not None and joined.household.number == "H009"
    assert Change.objects.get(person=joined).fact == "household_number"


def test_the_same_households_twice_change_nothing(cast: Cast, tmp_path: Path) -> None:
    households(cast, tmp_path, whole_household())
    before = [list(m.objects.order_by("pk").values()) for m in (Person, Household, HouseholdMember, Change)]
    households(cast, tmp_path, whole_household())
    assert [
        list(m.objects.order_by("pk").values()) for m in (Person, Household, HouseholdMember, Change)
    ] == before


def test_a_household_that_comes_again_has_the_members_it_names(cast: Cast, tmp_path: Path) -> None:
    households(cast, tmp_path, whole_household())
    households(cast, tmp_path, whole_household()[:3])
    assert list(HouseholdMember.objects.values_list("name", flat=True)) == ["周小山"]


def test_a_households_file_never_removes_anybody_from_the_register(cast: Cast, tmp_path: Path) -> None:
    batch = households(cast, tmp_path, whole_household()[:1], whole=True, area=COUNTY)
    assert batch.counts["would_remove"] == 0
    assert not Person.objects.filter(removed_on__isnull=False).exists()
