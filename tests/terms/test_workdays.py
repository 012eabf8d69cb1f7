"""Terms in working days, by the announced calendar, a kept table, and weekends beyond them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yice.terms import workdays
from yice.terms.errors import Problem

DAYS = st.dates(dt.date(2005, 1, 1), dt.date(2030, 12, 1))


@pytest.fixture(autouse=True)
def _no_table() -> Iterator[None]:
    workdays.use_table({})
    yield
    workdays.use_table({})


def test_a_festival_is_stepped_over_and_a_moved_sunday_worked() -> None:
    # Dragon Boat Festival 2020: Thursday 25 to Saturday 27 June off, Sunday 28 June worked.
    assert workdays.add_working_days(dt.date(2020, 6, 24), 1) == dt.date(2020, 6, 28)
    assert workdays.add_working_days(dt.date(2020, 6, 24), 3) == dt.date(2020, 6, 30)


def test_no_days_is_the_day_itself_or_the_next_one_worked() -> None:
    assert workdays.add_working_days(dt.date(2020, 6, 24), 0) == dt.date(2020, 6, 24)
    assert workdays.add_working_days(dt.date(2020, 6, 25), 0) == dt.date(2020, 6, 28)


def test_a_year_nobody_announced_counts_weekends_and_is_named() -> None:
    assert workdays.unknown_years(dt.date(2026, 12, 1), dt.date(2028, 1, 1)) == (2027, 2028)
    assert workdays.is_working_day(dt.date(2027, 1, 1))  # a Friday; New Year is not announced here
    assert not workdays.is_working_day(dt.date(2027, 1, 2))


def test_a_kept_table_says_it(tmp_path: Path) -> None:
    table = tmp_path / "workdays.csv"
    table.write_text("day,kind\n2027-01-01,rest\n2027-01-02,work\n", "utf-8")
    workdays.use_table(workdays.read_table(table))
    assert not workdays.is_working_day(dt.date(2027, 1, 1))
    assert workdays.is_working_day(dt.date(2027, 1, 2))
    assert workdays.unknown_years(dt.date(2027, 1, 1), dt.date(2027, 12, 31)) == ()


def test_a_table_that_cannot_be_read_names_its_line(tmp_path: Path) -> None:
    table = tmp_path / "workdays.csv"
    table.write_text("day,kind\n2027-01-01,rest\n2027-13-01,rest\n", "utf-8")
    with pytest.raises(Problem) as told:
        workdays.read_table(table)
    assert "第 3 行" in str(told.value)


def test_no_table_is_no_days(tmp_path: Path) -> None:
    assert workdays.read_table(tmp_path / "none.csv") == {}


@given(DAYS, st.integers(1, 60))
def test_a_term_ends_on_a_working_day_and_counts_back(start: dt.date, days: int) -> None:
    end = workdays.add_working_days(start, days)
    assert workdays.is_working_day(end)
    assert workdays.working_days_between(start, end) == days
    assert workdays.working_days_between(end, start) == -days
