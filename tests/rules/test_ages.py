"""A person is N from the Nth birthday on; who was born on 29 February turns on the 28th, or on 1 March."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.rules.little_plan import AT, PLAN, setting

from yice.rules.columns import Columns
from yice.rules.dates import ages, born_by
from yice.rules.expression.literals import days
from yice.rules.kernel.evaluator import Evaluator, Tables
from yice.rules.kernel.lower import Lowering

DATES = st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31)) | st.builds(
    dt.date, st.sampled_from([1900, 1960, 1999, 2000, 2003, 2004, 2020, 2100]), st.just(2), st.just(28)
).flatmap(lambda d: st.sampled_from([d, d + dt.timedelta(1), d + dt.timedelta(2)]))


def age(born: str, on: str, leap_day: str = "02-28") -> int:
    numbers = [np.array([days(dt.date.fromisoformat(text))]) for text in (born, on)]
    return int(ages(numbers[0], numbers[1], leap_day)[0])


@pytest.mark.parametrize(
    ("born", "on", "years"),
    [
        ("2004-06-30", "2020-06-29", 15),
        ("2004-06-30", "2020-06-30", 16),
        ("2004-06-30", "2004-06-30", 0),
        ("2004-06-30", "2004-06-29", -1),
        ("2004-02-29", "2020-02-28", 15),
        ("2004-02-29", "2020-02-29", 16),
        ("2004-02-29", "2021-02-27", 16),
        ("2004-02-29", "2021-02-28", 17),
        ("2004-03-01", "2021-02-28", 16),
        ("2004-02-28", "2020-02-28", 16),
        ("1960-02-29", "2100-02-28", 140),
    ],
)
def test_years_are_complete_on_the_birthday(born: str, on: str, years: int) -> None:
    assert age(born, on) == years


def test_a_plan_may_let_the_leap_day_turn_in_march() -> None:
    assert age("2004-02-29", "2021-02-28", "03-01") == 16
    assert age("2004-02-29", "2021-03-01", "03-01") == 17


@given(DATES, DATES, st.integers(-2, 120), st.sampled_from(["02-28", "03-01"]))
def test_the_threshold_of_an_age_is_the_age(born: dt.date, on: dt.date, years: int, leap_day: str) -> None:
    reached = int(ages(np.array([days(born)]), np.array([days(on)]), leap_day)[0]) >= years
    assert (days(born) <= born_by(years, on, leap_day)) == reached


@given(st.lists(DATES, min_size=1, max_size=70), DATES, st.integers(-1, 100), st.sampled_from(["==", "!=", "<", "<=", ">", ">="]),
       st.sampled_from(["02-28", "03-01"]))  # fmt: skip
def test_an_age_beside_a_number_is_the_same_as_an_age_worked_out(
    born: list[dt.date], on: dt.date, years: int, sign: str, leap_day: str
) -> None:
    plan = PLAN.__class__(
        **{**PLAN.__dict__, "settings": {"leap_day_birthday": setting("leap_day_birthday", leap_day)}}
    )
    lowering = Lowering(plan, on, lambda name: AssertionError(name))  # type: ignore[arg-type, return-value]
    columns = Columns.from_records(plan, [{"birth_date": day} for day in born])
    evaluator = Evaluator(columns, Tables(plan, on), lowering.leap_day)
    short = evaluator.bits(lowering.text(f"age_on(as_of) {sign} {years}", AT))
    long = evaluator.bits(lowering.text(f"age_on(as_of) + 0 {sign} {years}", AT))
    assert [words.tolist() for words in short] == [words.tolist() for words in long]
    flipped = evaluator.bits(lowering.text(f"{years} {sign} age_on(as_of)", AT))
    mirrored = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}.get(sign, sign)
    mirror = evaluator.bits(lowering.text(f"age_on(as_of) {mirrored} {years}", AT))
    assert [words.tolist() for words in flipped] == [words.tolist() for words in mirror]
