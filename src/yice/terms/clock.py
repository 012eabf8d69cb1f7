"""The one clock. Everything asks here for today, so that a demo lives on its own day and a test on any."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")
_fixed: dt.date | None = None


def set_day(day: dt.date | None) -> None:
    """Hold the clock at `day` (a demo's own day), or let it run again with None."""
    global _fixed
    _fixed = day


def today() -> dt.date:
    """Today in China, or the day the clock is held at."""
    return _fixed or dt.datetime.now(BEIJING).date()


def now() -> dt.datetime:
    """Now in China; on a held day, that day at the present time of day."""
    moment = dt.datetime.now(BEIJING)
    return moment if _fixed is None else dt.datetime.combine(_fixed, moment.timetz())


@contextmanager
def on(day: dt.date) -> Iterator[None]:
    """Hold the clock at `day` within a block."""
    global _fixed
    before, _fixed = _fixed, day
    try:
        yield
    finally:
        _fixed = before
