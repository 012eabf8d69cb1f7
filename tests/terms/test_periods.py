"""Months, ages and dates as they are written in the field."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yice.terms.errors import Problem
from yice.terms.periods import Month, age_on, parse_date

JUNE = Month(2020, 6)
months = st.builds(Month, st.integers(1950, 2100), st.integers(1, 12))
days = st.dates(dt.date(1900, 3, 1), dt.date(2199, 12, 31))


@pytest.mark.parametrize("text", ["2020-06", "2020年6月", "202006", "2020/6", "２０２０年６月", "2020.06 "])
def test_a_month_is_read_however_it_is_written(text: str) -> None:
    assert Month.parse(text) == JUNE


@pytest.mark.parametrize("text", ["2020-13", "2020-00", "六月", "", "2020", "20200630"])
def test_what_is_not_a_month_is_refused(text: str) -> None:
    with pytest.raises(Problem):
        Month.parse(text)


def test_a_month_knows_its_first_and_last_day() -> None:
    assert (Month(2020, 2).first, Month(2020, 2).last) == (dt.date(2020, 2, 1), dt.date(2020, 2, 29))
    assert dt.date(2020, 6, 30) in JUNE
    assert dt.date(2020, 7, 1) not in JUNE


def test_months_can_be_walked_through() -> None:
    assert [str(m) for m in Month(2019, 11).up_to(Month(2020, 2))] == [
        "2019-11",
        "2019-12",
        "2020-01",
        "2020-02",
    ]
    assert list(JUNE.up_to(JUNE - 1)) == []


@given(months, st.integers(-500, 500))
def test_adding_months_can_be_taken_back(month: Month, step: int) -> None:
    assert (month + step).since(month) == step
    assert (month + step) - step == month
    assert Month.parse(str(month)) == month


def test_a_person_is_eighteen_on_the_birthday_and_not_before() -> None:
    birth = dt.date(2002, 6, 30)
    assert age_on(birth, dt.date(2020, 6, 29)) == 17
    assert age_on(birth, dt.date(2020, 6, 30)) == 18


@pytest.mark.parametrize(("leap_day", "turned"), [("feb-28", 18), ("mar-01", 17)])
def test_who_is_born_on_a_leap_day_turns_as_the_plan_sets_it(leap_day: str, turned: int) -> None:
    assert age_on(dt.date(2000, 2, 29), dt.date(2018, 2, 28), leap_day) == turned  # type: ignore[arg-type]
    assert age_on(dt.date(2000, 2, 29), dt.date(2020, 2, 28), leap_day) == 19  # type: ignore[arg-type]


@given(days)
def test_every_writing_of_a_day_gives_that_day(day: dt.date) -> None:
    serial = (day - dt.date(1899, 12, 30)).days
    for value in (
        day.isoformat(),
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}.{day.month:02d}.{day.day:02d}",
        f"{day:%Y%m%d}",
        f"{day.year}年{day.month}月{day.day}日",
        f" {day.isoformat()} 00:00:00",
        serial,
        str(serial),
        float(serial),
        serial + 0.75,
        float(f"{day:%Y%m%d}"),
        day,
        dt.datetime(day.year, day.month, day.day, 8, 30),  # noqa: DTZ001 - a spreadsheet has no zone
    ):
        assert parse_date(value) == day


def test_full_width_digits_are_digits() -> None:
    assert parse_date("２０２０年６月３０日") == dt.date(2020, 6, 30)


@pytest.mark.parametrize("value", ["2019-02-29", "20201301", "2020/6/31", "0202-06-30", "2999-01-01"])
def test_a_day_that_never_was_is_refused(value: str) -> None:
    with pytest.raises(Problem, check=lambda problem: problem.code == "date-impossible"):
        parse_date(value)


@pytest.mark.parametrize("value", ["", "不详", "30/06/2020", "2020-6/30", "20-06-30", "12", 1.5, "2020-06"])
def test_a_guess_is_never_made(value: str | float) -> None:
    with pytest.raises(Problem, check=lambda problem: problem.code == "date-unreadable"):
        parse_date(value)


def test_a_death_cannot_be_in_the_future() -> None:
    today = dt.date(2020, 6, 30)
    assert parse_date("2020-06-30", not_after=today) == today
    with pytest.raises(Problem, check=lambda problem: problem.code == "date-future"):
        parse_date("2020-07-01", not_after=today)
