"""A figure, a threshold and a verdict in words: never a point where there is a range, never met where it is not."""

from __future__ import annotations

import math
from fractions import Fraction

from django.utils.translation import gettext

from yice.rules.model import Target
from yice.rules.targets.verdict import Figure, Span, Verdict, scale_of, threshold_of
from yice.terms.messages import Message

VERDICTS: dict[Verdict, Message] = {
    "met": Message("达到"),
    "not_met": Message("没有达到"),
    "not_yet": Message("还没有达到，期限未到"),
    "told": Message("低于一般要求，只作提示"),
    "cannot_tell": Message("不能判断"),
    "no_threshold": Message("文件没有定数"),
    "no_source": Message("还没有数据来源"),
    "nothing": Message("没有应计的对象"),
    "other_year": Message("不是这一年的要求"),
    "other_tier": Message("由上级合计判断"),
    "withheld": Message("数字太小，不公开"),
}
UNITS = {
    "persons": Message("人"), "person_times": Message("人次"), "households": Message("户"),
    "areas": Message("个地方"), "organisations": Message("个单位"), "facilities": Message("处"),
    "staff": Message("人"), "beds": Message("张床"), "houses": Message("套"), "services": Message("项服务"),
    "cases": Message("件"), "projects": Message("个项目"), "yuan": Message("元"), "answers": Message("份答复"),
}  # fmt: skip
MARKS = {"percent": "%", "per_hundred": "", "per_thousand": "", "each": "", "number": ""}


def figure_text(target: Target, figure: Figure) -> str:
    """90%, 80%–90%, at least 3; a dash where there is none."""
    if figure.low is None:
        return "—"
    mark = MARKS[scale_of(target)]
    low = _number(figure.low, up=False) + mark
    if figure.high is None:
        return gettext("至少 {number}").format(number=low)
    if figure.low == figure.high:
        return low
    return f"{low}–{_number(figure.high, up=True)}{mark}"


def threshold_text(target: Target) -> str:
    """What the document asks for, with its boundary."""
    if target.unit == "milestone":
        return gettext("阶段目标，没有数")
    if target.compare == "rising":
        if target.step is None:
            return gettext("逐年上升") if not target.inclusive else gettext("逐年不降")
        points = _number(Fraction(target.step), up=False)
        return gettext("每年至少上升 {points} 个百分点").format(points=points)
    if target.compare == "falling":
        return gettext("差距逐年缩小")
    wanted = threshold_of(target)
    if wanted is None:
        return gettext("没有定数")
    sign = {"at_least": "≥" if target.inclusive else ">", "at_most": "≤" if target.inclusive else "<"}
    return f"{sign.get(target.compare, '=')} {_number(wanted, up=False)}{MARKS[scale_of(target)]}"


def counts_text(figure: Figure) -> str:
    """9 of 10; 9–12 of at least 10."""
    sides = [_span(side) for side in (figure.numerator, figure.denominator) if side is not None]
    return " / ".join(sides) or "—"


def unit_text(target: Target) -> str:
    found = UNITS.get(target.unit)
    return str(found) if found is not None else ""


def basis_text(target: Target) -> str:
    """By which place persons are counted; nothing where no persons are."""
    if target.unit not in ("persons", "households"):
        return ""
    return gettext("按居住地") if target.basis == "residence" else gettext("按户籍地")


def doubtful(figure: Figure) -> int | None:
    """Rows on which the figure still hangs; None where that cannot be said."""
    over, under = figure.numerator, figure.denominator
    if under is None:
        return None if over is None else over.unknown
    if over is None or figure.short is None or under.most is None:
        return under.unknown
    return under.most - over.yes - figure.short


def _span(span: Span) -> str:
    if span.most is None:
        return gettext("至少 {number}").format(number=f"{span.yes:,}")
    return f"{span.yes:,}" if span.most == span.yes else f"{span.yes:,}–{span.most:,}"


def _number(value: Fraction, *, up: bool) -> str:
    """At most two decimals, rounded away from looking better than it is known to be: 89.99 is never 90."""
    turned = math.ceil if up else math.floor
    hundredths = turned(value * 100)
    return f"{hundredths // 100:,}.{hundredths % 100:02d}".rstrip("0").rstrip(".")
