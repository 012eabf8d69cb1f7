"""Months, quarters and years of a list: which period a day lies in, which are due, which are late."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

LENGTH = {"month": 1, "quarter": 3, "year": 12}  # months
MOST = 36  # periods looked back: a list nobody asked after for years is one matter, not forty


@dataclass(frozen=True, order=True)
class Period:
    """First and last day, both in it."""

    first: dt.date
    last: dt.date

    def due(self, days: int) -> dt.date:
        return self.last + dt.timedelta(days=days)


def period_of(every: str, day: dt.date) -> Period:
    """The month, quarter or year that `day` lies in."""
    months = LENGTH[every]
    start = (day.month - 1) // months * months + 1
    return Period(dt.date(day.year, start, 1), _month_end(day.year, start + months - 1))


def periods(every: str, since: dt.date, until: dt.date) -> Iterator[Period]:
    """Those that begin by `until`, from the one `since` lies in, the newest MOST of them, oldest first."""
    found: list[Period] = []
    at = period_of(every, until)
    while at.last >= since and len(found) < MOST:
        found.append(at)
        at = period_of(every, at.first - dt.timedelta(days=1))
    yield from reversed(found)


def late(
    every: str, since: dt.date, until: dt.date | None, due_days: int, received: set[dt.date], today: dt.date
) -> list[Period]:
    """Periods whose day has passed without a list, oldest first. `received`: months of the lists that came."""
    end = min(today, until) if until else today
    return [
        one
        for one in periods(every, since, end)
        if one.due(due_days) < today and not any(one.first <= month <= one.last for month in received)
    ]


def after_months(day: dt.date, months: int) -> dt.date:
    """The last day of the month that lies `months` after the one of `day`."""
    count = day.year * 12 + day.month - 1 + months
    return _month_end(count // 12, count % 12 + 1)


def _month_end(year: int, month: int) -> dt.date:
    return dt.date(year, month, calendar.monthrange(year, month)[1])
