"""What a form says of a fact, read into the value that is kept; every mistake named beside its fact."""

from __future__ import annotations

import datetime as dt
from typing import Any

from yice.areas.models import Area
from yice.policy.words import text
from yice.rules.model import Fact
from yice.rules.values import decode, encode
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message

TEXT_LIMIT = 200


def read(fact: Fact, value: Any) -> Any:
    """The JSON value of `fact`: bool, int, ISO date, code, `;`-joined set or parts, 12-digit area, text."""
    number = encode(fact, value)
    if number is None:
        raise _problem(fact, "fact-empty", Message("“{fact}”还没有填写。", fact=text(fact.label)))
    known = decode(fact, number)
    match fact.type:
        case "int":
            _within(fact, known)
        case "date":
            return _day(fact, known)
        case "set":
            return ";".join(known) or "none"
        case "parts":
            return ";".join(f"{code}:{grade or ''}".rstrip(":") for code, grade in known.items())
        case "area":
            _stands(fact, known)
        case "text":
            known = str(known).strip()[:TEXT_LIMIT]
    return known


def _within(fact: Fact, value: int) -> None:
    low, high = fact.low, fact.high
    if (low is not None and value < low) or (high is not None and value > high):
        raise _problem(
            fact,
            "fact-range",
            Message("“{fact}”应在 {low} 到 {high} 之间。", fact=text(fact.label), low=low, high=high),
        )


def _day(fact: Fact, value: dt.date) -> str:
    if value > clock.today() and not fact.name.endswith("_until"):
        raise _problem(fact, "fact-future", Message("“{fact}”不能晚于今天。", fact=text(fact.label)))
    return value.isoformat()


def _stands(fact: Fact, code: str) -> None:
    if not Area.objects.filter(code=code).exists():
        raise _problem(
            fact,
            "area-unknown",
            Message("“{fact}”的区划代码不在区划表里。", fact=text(fact.label)),
            Message("请从列表中选择村（社区）。"),
        )


def _problem(fact: Fact, code: str, what: Message, fix: Message | None = None) -> Problem:
    return Problem(code, what, fix=fix, field=fact.name)
