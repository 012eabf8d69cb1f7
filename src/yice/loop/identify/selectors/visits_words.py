"""What two people wrote differently about a visit, and what was found, in words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from yice.loop.identify.enums import AnswerKind, VisitResult
from yice.loop.identify.models import Visit, VisitConflict
from yice.loop.identify.selectors import words
from yice.policy.words import text
from yice.rules.expression.scope import facts_of
from yice.rules.model import Plan
from yice.rules.services import NEEDS


@dataclass(frozen=True)
class ConflictRow:
    """Both values of one field, with who wrote the one that waits."""

    id: int
    field: str
    label: str
    now: str
    mine: str
    by: str
    at: dt.datetime
    outside: bool  # not taken because the person has moved out of the recorder's reach


def conflict(row: VisitConflict, plan: Plan | None) -> ConflictRow:
    return ConflictRow(
        row.pk,
        row.field,
        _label(row.field, plan),
        _said(row.field, row.now, plan),
        _said(row.field, row.mine, plan),
        row.record.by.name,
        row.record.at,
        row.why == "forbidden",
    )


def found(visit: Visit) -> str:
    """What came of a visit; empty before it was recorded."""
    return str(VisitResult(visit.result).label) if visit.result else ""


def _label(name: str, plan: Plan | None) -> str:
    labels = {
        "result": gettext("走访结果"),
        "note": gettext("备注"),
        "next_on": gettext("下次走访"),
        "signed_by": gettext("签名人"),
        "witness": gettext("见证人"),
        "need": gettext("提出的需求"),
    }
    if name in labels:
        return labels[name]
    fact = facts_of(plan).get(name) if plan else None
    return text(fact.label) if fact else name


def _said(name: str, value: Any, plan: Plan | None) -> str:
    if value in (None, ""):
        return gettext("未填写")
    if name == "result":
        return str(VisitResult(value).label)
    if name == "next_on":
        return words.day(dt.date.fromisoformat(value))
    if name == "need":
        return words.said(str(NEEDS.get(value["kind"], value["kind"])), value["said"])
    if name in Visit.FIELDS:
        return str(value)
    if value["kind"] != AnswerKind.VALUE:
        return str(AnswerKind(value["kind"]).label)
    fact = facts_of(plan).get(name) if plan else None
    return words.value(fact, value["value"]) if fact else str(value["value"])
