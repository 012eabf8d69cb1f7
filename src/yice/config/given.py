"""What several commands are given: the packs that come with Yice, settings as NAME=VALUE, a day."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from pathlib import Path

from yice.terms.errors import Problem
from yice.terms.messages import Message

LIBRARY = Path(__file__).resolve().parents[3] / "packs"


def library() -> Path | None:
    """Where packs that come with Yice are found when they are not beside the pack that extends them."""
    return LIBRARY if LIBRARY.is_dir() else None


def settings(given: Sequence[str]) -> dict[str, str]:
    """`name=value` options as settings still to be typed."""
    made = {}
    for one in given:
        name, sign, value = one.partition("=")
        if not sign:
            raise Problem("setting-form", Message("--set 应写作 名称=值，得到 {one}。", one=one[:60]))
        made[name.strip()] = value.strip()
    return made


def day(given: str) -> dt.date:
    """A date on the command line."""
    try:
        return dt.datetime.strptime(given, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", given):
            raise Problem("date-none", Message("日历上没有 {given} 这一天。", given=given)) from None
        raise Problem(
            "date-form", Message("日期应写作 2020-06-30，得到 {given}。", given=given[:40])
        ) from None
