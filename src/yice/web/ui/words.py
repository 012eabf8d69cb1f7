"""Dates, sums and counts as the reader writes them: Chinese, or English when that was chosen."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.translation import get_language, gettext

from yice.terms.messages import listed as listed
from yice.terms.money import format_fen
from yice.terms.periods import day as day
from yice.terms.periods import month as month


def english() -> bool:
    return (get_language() or "zh-hans").startswith("en")


def moment(value: dt.datetime) -> str:
    """2020年6月30日 14:05, in China's time."""
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{day(local)} {local:%H:%M}"


def when(value: dt.datetime | dt.date) -> str:
    return moment(value) if isinstance(value, dt.datetime) else day(value)


def sum_of(fen: int | None, *, signed: bool = False) -> str:
    """Yuan with two decimals; a sum not known says so."""
    if fen is None:
        return gettext("不明")
    minus = format_fen(fen).replace("-", "−")
    return f"+{minus}" if signed and fen > 0 else minus


def number(value: int | None) -> str:
    """12,345; a number not known says so."""
    return gettext("不明") if value is None else f"{value:,}"


def share(part: int, whole: int) -> str:
    """A share to whole percent, honest at both ends: neither 0% nor 100% unless it is."""
    if not whole:
        return "—"
    percent = 100 * part / whole
    if 0 < percent < 1:
        return "<1%"
    if 99 < percent < 100:
        return ">99%"
    return f"{percent:.0f}%"


def span(seconds: float) -> str:
    """About how long something still takes."""
    if seconds < 60:
        return gettext("不到 1 分钟")
    minutes = round(seconds / 60)
    if minutes < 90:
        return gettext("约 {minutes} 分钟").format(minutes=minutes)
    return gettext("约 {hours} 小时").format(hours=round(minutes / 60))
