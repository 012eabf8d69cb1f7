"""Months, ages and the ways a date is written in the field."""

from __future__ import annotations

import calendar
import datetime as dt
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from yice.terms.errors import Problem
from yice.terms.messages import Message, in_english

LeapDay = Literal["feb-28", "mar-01"]

EARLIEST = dt.date(1880, 1, 1)  # nobody in any register was born, and nothing in it happened, before
LATEST = dt.date(2199, 12, 31)  # "valid for ever" is written 2099 or 2199; anything later is a slip
_EXCEL_DAY_ZERO = dt.date(1899, 12, 30)  # right from 1900-03-01 on: Excel believes in 1900-02-29
_EXCEL_FIRST, _EXCEL_LAST = 61, 109575  # 1900-03-01 to 2199-12-31
_MONTH = re.compile(r"(\d{4})(?:-?(\d{1,2})|[./年](\d{1,2})月?)")
_DATE = re.compile(r"(\d{4})(?:([-./])(\d{1,2})\2(\d{1,2})|年(\d{1,2})月(\d{1,2})[日号]?|(\d{2})(\d{2}))")
_TIME = re.compile(r"[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$")


_MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)


def day(value: dt.date) -> str:
    """2020年6月30日, 30 June 2020: as the reader writes it."""
    if in_english():
        return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"
    return f"{value.year}年{value.month}月{value.day}日"


def month(value: dt.date | Month) -> str:
    """2020年6月, June 2020."""
    return f"{_MONTHS[value.month - 1]} {value.year}" if in_english() else f"{value.year}年{value.month}月"


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month, the period that benefits are paid for."""

    year: int
    month: int

    def __post_init__(self) -> None:
        if not (1 <= self.month <= 12 and EARLIEST.year <= self.year <= LATEST.year):
            raise Problem(
                "month-impossible", Message("没有这个月份。"), fix=Message("请写成 2020-06 或 2020年6月。")
            )

    @classmethod
    def of(cls, day: dt.date) -> Month:
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, text: str) -> Month:
        """Read "2020-06", "2020年6月", "2020/6", "2020.6" or "202006", full-width digits included."""
        match = _MONTH.fullmatch(_plain(text))
        if match is None:
            raise Problem(
                "month-unreadable", Message("看不懂这个月份。"), fix=Message("请写成 2020-06 或 2020年6月。")
            )
        return cls(int(match[1]), int(match[2] or match[3]))

    @property
    def first(self) -> dt.date:
        return dt.date(self.year, self.month, 1)

    @property
    def last(self) -> dt.date:
        return dt.date(self.year, self.month, calendar.monthrange(self.year, self.month)[1])

    def __add__(self, months: int) -> Month:
        year, month = divmod(self.year * 12 + self.month - 1 + months, 12)
        return Month(year, month + 1)

    def __sub__(self, months: int) -> Month:
        return self + -months

    def since(self, other: Month) -> int:
        """Whole months from `other` to this one; negative when this one is earlier."""
        return (self.year - other.year) * 12 + self.month - other.month

    def up_to(self, last: Month) -> Iterator[Month]:
        """This month and each one after it, `last` included; nothing when `last` is earlier."""
        for step in range(last.since(self) + 1):
            yield self + step

    def __contains__(self, day: object) -> bool:
        return isinstance(day, dt.date) and (day.year, day.month) == (self.year, self.month)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


def age_on(birth: dt.date, on: dt.date, leap_day: LeapDay = "feb-28") -> int:
    """Whole years on a day: N from the Nth birthday on; negative before birth.

    Someone born on 29 February has their birthday on 28 February in common years, or on 1 March
    (`leap_day`, a setting of the plan).
    """
    birthday = (birth.month, birth.day)
    if birthday == (2, 29) and leap_day == "feb-28" and not calendar.isleap(on.year):
        birthday = (2, 28)
    return on.year - birth.year - ((on.month, on.day) < birthday)


def parse_date(value: str | int | float | dt.date, *, not_after: dt.date | None = None) -> dt.date:
    """Read a date as spreadsheets hold it: ISO, 2020/6/30, 2020.6.30, 20200630, 2020年6月30日, Excel numbers.

    A time of day is dropped. With `not_after` (today, for births and deaths) a later day is a Problem, as is
    an impossible one. Never guesses: two-digit years and day-first orders are refused.
    """
    day = _read(value)
    if not EARLIEST <= day <= LATEST:
        raise _impossible()
    if not_after is not None and day > not_after:
        raise Problem(
            "date-future",
            Message("日期在今天之后。"),
            why=Message("这件事应当已经发生。"),
            fix=Message("请核对年份。"),
        )
    return day


def _read(value: str | int | float | dt.date) -> dt.date:
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    text = _plain(value) if isinstance(value, str) else repr(value)
    text = _TIME.sub("", text).removesuffix(".0")
    if text.isdecimal() and len(text) < 7 and _EXCEL_FIRST <= int(text) <= _EXCEL_LAST:
        return _EXCEL_DAY_ZERO + dt.timedelta(days=int(text))
    if not isinstance(value, str) and isinstance(value, float) and not value.is_integer():
        if _EXCEL_FIRST <= value <= _EXCEL_LAST:  # a day with a time of day
            return _EXCEL_DAY_ZERO + dt.timedelta(days=int(value))
        raise _unreadable()
    match = _DATE.fullmatch(text)
    if match is None:
        raise _unreadable()
    month, day = match[3] or match[5] or match[7], match[4] or match[6] or match[8]
    try:
        return dt.date(int(match[1]), int(month), int(day))
    except ValueError:
        raise _impossible() from None


def _plain(text: str) -> str:
    """Half-width, without the blanks and quotes that cling to cells; one blank before a time is kept."""
    text = unicodedata.normalize("NFKC", text).strip(" '\"`\u200b\ufeff\t\r\n")
    return text if _TIME.search(text) else re.sub(r"\s", "", text)


def _unreadable() -> Problem:
    return Problem(
        "date-unreadable", Message("看不懂这个日期。"), fix=Message("请写成 2020-06-30 或 2020年6月30日。")
    )


def _impossible() -> Problem:
    return Problem("date-impossible", Message("没有这一天。"), fix=Message("请核对年、月、日。"))
