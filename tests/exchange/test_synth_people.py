"""A synthetic county: nobody in it is real, and it looks like life."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pytest

from yice.exchange.synth import County, Settings, make
from yice.exchange.synth.lists import SHEETS
from yice.exchange.synth.lives import VALID
from yice.exchange.synth.settings import CATEGORY_SHARES, HOUSEHOLD_SIZES, SEVERAL_DISABLED
from yice.exchange.synth.sheets import Sheet
from yice.identifiers import bulk
from yice.identifiers.citizen_id import TEST_RANGE, Kind, clean
from yice.identifiers.contact import is_phone, is_test_phone, luhn
from yice.terms.errors import Problem

PEOPLE = 20_000


@pytest.fixture(scope="module")
def county() -> County:
    return make(Settings(people=PEOPLE, seed=11))


@pytest.fixture(scope="module")
def sheets(county: County) -> dict[str, Sheet]:
    return {name: make_sheet(county) for name, make_sheet in SHEETS.items()}


def test_every_number_is_valid_of_the_test_range_and_one_persons(county: County) -> None:
    numbers = county.people.id_number
    found = bulk.citizen_ids(numbers, allow_test_range=True)
    assert set(found.kind.tolist()) == {Kind.VALID}
    assert {number[:6] for number in numbers.to_pylist()} <= TEST_RANGE
    assert len(set(numbers.to_pylist())) == len(numbers)
    assert (found.birth == county.people.birth).all()
    assert ((found.sex == bulk.MALE) == county.people.male).all()


def test_beijing_has_its_own_unassigned_county() -> None:
    beijing = make(Settings(area="110101", people=300, seed=1))
    assert {number[:6] for number in beijing.people.id_number.to_pylist()} == {"110199"}


def test_no_cell_anywhere_is_a_real_looking_number(sheets: dict[str, Sheet]) -> None:
    for sheet in sheets.values():
        for heading, column in sheet.columns.items():
            for cell in column.to_pylist():
                number = clean(cell or "")
                if re.fullmatch(r"\d{17}[\dX].*", number) and heading not in ("银行账号", "账号"):
                    assert number[:6] in TEST_RANGE, heading


def test_phones_ring_nowhere(sheets: dict[str, Sheet]) -> None:
    phones = [cell for cell in sheets["registry"].columns["联系电话"].to_pylist() if cell]
    assert len(phones) == pytest.approx(PEOPLE * 0.97, rel=0.03)
    assert all(is_test_phone(phone) and not is_phone(phone) for phone in phones)


def test_bank_cards_fail_their_check(sheets: dict[str, Sheet]) -> None:
    cards = {
        *sheets["living_subsidy"].columns["银行账号"].to_pylist(),
        *sheets["nursing_subsidy"].columns["账号"].to_pylist(),
    }
    assert len(cards) > 1000
    assert not any(luhn(card) for card in cards)


def test_villages_are_real_and_of_the_area(county: County) -> None:
    assert len(county.villages) == 63
    assert all(code.startswith("440704") for code in county.villages.code.to_pylist())
    assert not any(code.startswith("440704") for code in county.outside.code.to_pylist())


def test_categories_grades_and_ages_are_met_as_often_as_stated(county: County) -> None:
    holders, age = county.holders, county.lives.age
    shares = np.bincount(holders.category, minlength=7) / PEOPLE
    assert shares == pytest.approx(CATEGORY_SHARES, abs=0.012)
    assert 0.38 < (holders.grade <= 2).mean() < 0.48
    assert ((age >= 16) & (age <= 59)).mean() == pytest.approx(0.55, abs=0.02)
    assert (age >= 60).mean() == pytest.approx(0.424, abs=0.02)
    assert holders.male.mean() == pytest.approx(0.55, abs=0.02)


def test_households_are_of_the_stated_sizes(county: County) -> None:
    members = county.members
    assert np.bincount(members.size)[1:5] / len(members.size) == pytest.approx(HOUSEHOLD_SIZES[:4], abs=0.04)
    disabled = np.bincount(county.holders.household)
    assert (disabled >= 2).mean() == pytest.approx(SEVERAL_DISABLED, abs=0.015)
    assert len(county.holders.grade) == PEOPLE
    assert (np.bincount(members.household) == members.size).all()


def test_each_household_has_one_grown_up_head_or_lives_alone(county: County) -> None:
    members = county.members
    assert (np.bincount(members.household[members.head], minlength=len(members.size)) == 1).all()
    assert (members.relation[members.head] == 0).all()
    assert ((members.relation == 0) == members.head).all()
    assert (members.age[members.head] >= 16).mean() > 0.999


def test_children_are_younger_than_their_parents(county: County) -> None:
    members = county.members
    head_age = members.age[members.head][members.household]
    for relation, sign in ((2, -1), (3, 1)):
        at = members.relation == relation
        assert (sign * (members.age[at] - head_age[at]) > 0).mean() > 0.98


def test_a_multiple_certificate_has_several_parts_and_the_heaviest_gives_the_grade(county: County) -> None:
    parts, holders = county.lives.parts, county.holders
    several = (parts > 0).sum(axis=1)
    assert (several[holders.category == 6] >= 2).all()
    assert (several[holders.category != 6] == 1).all()
    heaviest = np.where(parts > 0, parts, 9).min(axis=1)
    assert (heaviest == holders.grade).all()


def test_most_certificates_are_valid_and_none_ends_before_it_begins(county: County) -> None:
    lives = county.lives
    assert 0.93 < (lives.certificate_status == VALID).mean() < 0.97
    assert (lives.until > lives.issued)[~np.isnat(lives.issued)].all()
    assert (lives.issued > lives.birth)[~np.isnat(lives.issued)].all()


def test_same_names_are_met_and_rare_ones_too(county: County) -> None:
    names = Counter(county.people.name.to_pylist())
    assert names.most_common(1)[0][1] > 5
    text = "".join(names)
    assert all(mark in text for mark in ("·", "喆", "欧阳"))
    assert any(ord(character) > 0xFFFF for character in text)


def test_an_unknown_area_is_told() -> None:
    with pytest.raises(Problem, check=lambda problem: problem.code == "no-such-area"):
        make(Settings(area="449999", people=10))


def test_without_division_data_it_says_how_to_get_it(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YICE_DIVISIONS", str(tmp_path))
    with pytest.raises(Problem, check=lambda problem: problem.code == "no-divisions"):
        make(Settings(people=10))
