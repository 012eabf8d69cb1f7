"""One value of a fact, as people and files write it, to the number its column holds; None is unknown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from yice.rules.dates import day_of
from yice.rules.expression.faults import KINDS
from yice.rules.expression.literals import days
from yice.rules.model import Fact
from yice.terms.errors import Problem
from yice.terms.messages import Message

PART_BITS = (
    4  # a part is four bits of its number: 0 not there, 1-4 the grade, 15 there with its grade unknown
)
PART_UNKNOWN = 15

DTYPES: dict[str, Any] = {
    "bool": np.bool_, "int": np.int64, "date": np.int32, "code": np.int8, "set": np.int64, "parts": np.int64,
    "area": np.int64, "text": np.int32,
}  # fmt: skip


def encode(fact: Fact, value: Any) -> int | str | None:
    """`value` as the column holds it (texts stay texts); a Problem names the fact, never the value."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, str):
        value = value.strip()
    try:
        return _ENCODERS[fact.type](fact, value)
    except (ValueError, TypeError, KeyError, OverflowError):
        what = Message("{fact} 的值不是这一类：{kind}。", fact=fact.label.zh, kind=Message(KINDS[fact.type]))
        raise Problem("fact-value", what, field=fact.name, fix=_how(fact)) from None


def decode(fact: Fact, number: int | str) -> Any:
    """The value a person would write, from what the column holds."""
    if isinstance(number, str):
        return number
    match fact.type:
        case "bool":
            return bool(number)
        case "date":
            return day_of(number)
        case "code":
            return fact.codes[number]
        case "set":
            return tuple(code for i, code in enumerate(fact.codes) if number >> i & 1)
        case "parts":
            grades = ((code, number >> PART_BITS * i & 15) for i, code in enumerate(fact.codes))
            return {code: None if grade == PART_UNKNOWN else grade for code, grade in grades if grade}
        case "area":
            return f"{number:012d}"
        case _:
            return number


def fits(fact: Fact, number: int) -> bool:
    """Whether a number is within the fact's bounds, and within 64 bits."""
    low = -(2**63) if fact.low is None else fact.low
    high = 2**63 - 1 if fact.high is None else fact.high
    return low <= number <= high


def _bool(fact: Fact, value: Any) -> int:
    if isinstance(value, str):
        return {"true": 1, "false": 0}[value.lower()]
    if value in (0, 1):
        return int(value)
    raise ValueError


def _int(fact: Fact, value: Any) -> int:
    if isinstance(value, bool):
        raise TypeError
    number = int(value)
    if isinstance(value, float) and number != value:
        raise ValueError
    if not fits(fact, number):
        raise OverflowError
    return number


def _date(fact: Fact, value: Any) -> int:
    if isinstance(value, dt.datetime):
        value = value.date()
    return days(value if isinstance(value, dt.date) else dt.date.fromisoformat(value))


def _code(fact: Fact, value: Any) -> int:
    return fact.codes.index(value)


def _set(fact: Fact, value: Any) -> int:
    number = 0
    for code in _listed(value):
        number |= 1 << fact.codes.index(code)
    return number


def _parts(fact: Fact, value: Any) -> int:
    items: Iterable[tuple[str, Any]]
    if isinstance(value, Mapping):
        items = value.items()
    else:
        items = [(code, grade) for code, _, grade in (item.partition(":") for item in _listed(value))]
    number = 0
    for code, grade in items:
        level = PART_UNKNOWN if grade in (None, "") else int(grade)
        if level not in (1, 2, 3, 4, PART_UNKNOWN):
            raise ValueError
        number |= level << PART_BITS * fact.codes.index(code.strip())
    return number


def _area(fact: Fact, value: Any) -> int:
    code = str(value)
    if not (code.isascii() and code.isdigit() and len(code) <= 12):
        raise ValueError
    return int(code.ljust(12, "0"))


def _text(fact: Fact, value: Any) -> str:
    return str(value)


def _listed(value: Any) -> list[str]:
    """The members of a `;`-joined list; `none` is the empty list, known to be empty."""
    if isinstance(value, str):
        return [] if value == "none" else [item.strip() for item in value.split(";") if item.strip()]
    return list(value)


def _how(fact: Fact) -> Message | None:
    if fact.codes:
        return Message("可写：{codes}", codes=" ".join(fact.codes))
    shown = {"bool": "true false", "date": "2020-06-30", "int": "12", "area": "440704001003"}.get(fact.type)
    return Message("例如：{shown}", shown=shown) if shown else None


_ENCODERS: dict[str, Callable[[Fact, Any], int | str]] = {
    "bool": _bool, "int": _int, "date": _date, "code": _code, "set": _set, "parts": _parts, "area": _area,
    "text": _text,
}  # fmt: skip
