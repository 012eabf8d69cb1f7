"""Ages by birthdays, in one place: whole years, and the birth date on which an age begins."""

from __future__ import annotations

import datetime as dt
from calendar import isleap
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yice.rules.expression.literals import days

LEAP_DAY_RULES = ("02-28", "03-01")  # when a person born on 29 February turns, in a common year


def day_of(number: int) -> dt.date:
    """The date of a number of days since 1970-01-01."""
    return dt.date(1970, 1, 1) + dt.timedelta(days=number)


def born_by(age: int, on: dt.date, leap_day: str) -> int:
    """The last birth date (in days) of a person who is `age` or older on `on`."""
    year = on.year - age
    if year < 1:
        return days(dt.date.min) - 1
    if year > 9998:
        return days(dt.date.max)
    month, day = on.month, on.day
    if (month, day) == (2, 29) and not isleap(year):
        day = 28
    if (month, day) == (2, 28) and not isleap(on.year) and isleap(year) and leap_day == "02-28":
        day = 29
    return days(dt.date(year, month, day))


def ages(birth: NDArray[Any], on: NDArray[Any], leap_day: str) -> NDArray[np.int64]:
    """Whole years from each birth date to each day `on` (both in days)."""
    birth_year, birth_key = _year_and_key(birth)
    on_year, on_key = _year_and_key(on)
    if leap_day == "02-28":
        common = (on_year % 4 != 0) | ((on_year % 100 == 0) & (on_year % 400 != 0))
        on_key = np.where(common & (on_key == 228), 229, on_key)
    return on_year - birth_year - (birth_key > on_key)


def _year_and_key(numbers: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The year, and month * 100 + day."""
    moments = numbers.astype("datetime64[D]")
    months = moments.astype("datetime64[M]")
    year = moments.astype("datetime64[Y]").astype(np.int64) + 1970
    month = months.astype(np.int64) - (year - 1970) * 12 + 1
    day = (moments - months.astype("datetime64[D]")).astype(np.int64) + 1
    return year, month * 100 + day
