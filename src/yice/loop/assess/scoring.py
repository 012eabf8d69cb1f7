"""Scores and bands by a scale of the plan: every item answered, every answer one of its scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from yice.rules.services import Band, Scale
from yice.terms.errors import Problem, Problems
from yice.terms.messages import Message


@dataclass(frozen=True)
class Scored:
    """`answers` as read, the score and its band; all None for an opinion without numbers."""

    answers: dict[str, int]
    score: int | None
    band: Band | None


def score(scale: Scale, answers: Mapping[str, object], entered: int | None = None) -> Scored:
    """Work out the score of `answers`, or take the one entered for a scale whose items are not ours to keep.

    Raises Problems naming every item that is missing or has another score than it may.
    """
    if not scale.items:
        if answers:
            raise Problem("scale-items", Message("这种评估只登记结果，不登记各题。"), field="answers")
        return Scored({}, _entered(scale, entered), _band(scale, entered))
    read: dict[str, int] = {}
    problems = []
    for item in scale.items:
        given = answers.get(item.id)
        text = str(given).strip() if given is not None else ""
        if not text.lstrip("-").isdecimal() or int(text) not in item.scores:
            what = Message("“{item}”还没有评分，或者分值不对。", item=item.says)
            problems.append(Problem("scale-item", what, field=item.id))
            continue
        read[item.id] = int(text)
    for name in answers:
        if all(item.id != name for item in scale.items):
            problems.append(Problem("scale-item", Message("没有这一题。"), field=name))
    if problems:
        raise Problems(problems)
    total = sum(read.values()) if scale.total == "sum" else max(read.values())
    return Scored(read, total, _band(scale, total))


def _entered(scale: Scale, entered: int | None) -> int | None:
    if entered is None:
        if scale.bands:
            raise Problem("scale-score", Message("请填写得分。"), field="score")
        return None
    if (scale.low is not None and entered < scale.low) or (scale.high is not None and entered > scale.high):
        raise Problem(
            "scale-score",
            Message("得分应在 {low} 到 {high} 之间。", low=scale.low, high=scale.high),
            field="score",
        )
    return entered


def _band(scale: Scale, total: int | None) -> Band | None:
    if total is None:
        return None
    return next((band for band in scale.bands if band.low <= total <= band.high), None)
