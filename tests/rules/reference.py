"""A slow, independent judge of rules: the Rust CEL binding, one row at a time, facts not known left unbound.

CEL answers an unbound name with an error that `&&`, `||` and `?:` absorb just as Kleene logic absorbs an unknown;
an error that reaches the top is our "cannot tell". Dates are ISO texts, which compare as dates do.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Mapping
from typing import Any

import cel


def verdict(text: str, facts: Mapping[str, Any], as_of: dt.date, settings: Mapping[str, Any]) -> Any:
    """What CEL says: a value, or None where it cannot tell."""
    context: dict[str, Any] = {
        "as_of": as_of.isoformat(),
        "setting": dict(settings),
        "age_on": _age,
        "days_between": lambda a, b: (dt.date.fromisoformat(b) - dt.date.fromisoformat(a)).days,
        "in_area": lambda code, prefix: code.startswith(prefix),
        "receives": {},
        "paid": {},
    }
    for name, value in facts.items():
        if value is None:
            continue
        told = value.isoformat() if isinstance(value, dt.date) else value
        if "." in name:
            head, tail = name.split(".")
            context[head][tail] = told
        else:
            context[name] = told
    try:
        return _program(text).execute(context)
    except (RuntimeError, TypeError, ValueError, OverflowError, KeyError, ArithmeticError):
        return None


@functools.lru_cache(maxsize=4096)
def _program(text: str) -> Any:
    return cel.compile(re.sub(r"\bage_on\(", "age_on(birth_date, ", text))


def _age(birth: str, on: str) -> int:
    born, day = dt.date.fromisoformat(birth), dt.date.fromisoformat(on)
    turns = (born.month, born.day)
    if turns == (2, 29) and not (day.year % 4 == 0 and (day.year % 100 != 0 or day.year % 400 == 0)):
        turns = (2, 28)
    return day.year - born.year - ((day.month, day.day) < turns)
