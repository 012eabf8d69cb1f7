"""Working days: the State Council's calendar where it is known, a place's own table after it, weekends beyond.

The library knows the announced years only. A year that neither it nor the table speaks of is counted by its
weekends, and `unknown_years` says so: a date that reaches into it is a guess until the year is announced.
"""

from __future__ import annotations

import csv
import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

import chinese_calendar
from chinese_calendar.constants import holidays, workdays

from yice.terms.errors import Problem
from yice.terms.messages import Message

REST, WORK = "rest", "work"
_SATURDAY = 5
_table: dict[dt.date, bool] = {}  # day → whether it is worked


def use_table(days: Mapping[dt.date, bool]) -> None:
    """Say which days a place's own table names, and whether they are worked. Replaces the one in use."""
    _table.clear()
    _table.update(days)
    _worked.cache_clear()


def read_table(path: Path) -> dict[dt.date, bool]:
    """A kept table: CSV with the columns day (2027-01-01) and kind (rest or work); no file, no days."""
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return dict(_rows(csv.DictReader(stream)))


def _rows(rows: Iterable[Mapping[str, str | None]]) -> Iterator[tuple[dt.date, bool]]:
    for at, row in enumerate(rows, start=2):
        kind = (row.get("kind") or "").strip()
        try:
            day = dt.date.fromisoformat((row.get("day") or "").strip())
        except ValueError:
            day = None
        if day is None or kind not in (REST, WORK):
            raise Problem(
                "workdays-table",
                Message("工作日表第 {row} 行看不懂。", row=at),
                fix=Message("每行写日期和 rest（休息）或 work（上班），如 2027-01-01,rest。"),
            )
        yield day, kind == WORK


def is_working_day(day: dt.date) -> bool:
    """Whether offices work on `day`."""
    said = _table.get(day)
    if said is not None:
        return said
    if day.year in _announced():
        return bool(chinese_calendar.is_workday(day))
    return day.weekday() < _SATURDAY


def add_working_days(start: dt.date, days: int) -> dt.date:
    """The last day of a term of `days` working days that begins after `start` (the day itself does not count).

    With no days it is `start`, or the first working day after it.
    """
    day, left = start, days
    while left > 0 or not is_working_day(day):
        day += dt.timedelta(days=1)
        left -= is_working_day(day)
    return day


def working_days_between(start: dt.date, end: dt.date) -> int:
    """Working days after `start` up to and with `end`; negative where `end` lies before `start`."""
    if end < start:
        return -working_days_between(end, start)
    whole_years = sum(_worked(year)[-1] for year in range(start.year, end.year))
    return whole_years + _worked(end.year)[_nth(end)] - _worked(start.year)[_nth(start)]


def _nth(day: dt.date) -> int:
    return day.timetuple().tm_yday - 1


@cache
def _worked(year: int) -> tuple[int, ...]:
    """For each day of a year the working days from its first: what is long overdue is counted as fast as what is not."""
    first = dt.date(year, 1, 1)
    length = (dt.date(year + 1, 1, 1) - first).days if year < dt.MAXYEAR else 365
    return tuple(itertools.accumulate(is_working_day(first + dt.timedelta(days=n)) for n in range(length)))


def unknown_years(first: dt.date, last: dt.date) -> tuple[int, ...]:
    """The years from `first` to `last` whose holidays nobody here knows: their days are counted by weekends."""
    known = _announced() | {day.year for day in _table}
    return tuple(year for year in range(first.year, last.year + 1) if year not in known)


@cache
def _announced() -> frozenset[int]:
    """The years the library knows: those with holidays or moved working days written down."""
    return frozenset(day.year for day in (*holidays, *workdays))
