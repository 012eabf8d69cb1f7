"""A figure between a lower and an upper bound, and what may be said of it against the threshold."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from yice.rules.model import Scale, Target

Verdict = Literal[
    "met", "not_met", "not_yet", "told", "cannot_tell", "no_threshold", "no_source", "nothing", "other_year",
    "other_tier", "withheld",
]  # fmt: skip
SCALES = {"percent": 100, "per_hundred": 100, "per_thousand": 1000, "each": 1, "number": 1}


@dataclass(frozen=True)
class Span:
    """How much is known: `yes` for certain, up to `most`; None where nothing says how much more there may be."""

    yes: int
    most: int | None

    @property
    def unknown(self) -> int | None:
        return None if self.most is None else self.most - self.yes


@dataclass(frozen=True)
class Figure:
    """What a target comes to in one area. `low` and `high` are on its scale; equal where everything is known.

    `short`: rows known to be in the denominator and known to be lacking. `high` None: no upper bound.
    """

    verdict: Verdict
    low: Fraction | None = None
    high: Fraction | None = None
    numerator: Span | None = None
    denominator: Span | None = None
    short: int | None = None

    @property
    def point(self) -> Fraction | None:
        """The figure, where there is one and not a range."""
        return self.low if self.low == self.high else None


def judge(
    target: Target, figure: Figure, on: dt.date, *, before: Figure | None = None, tiers: tuple[str, ...] = ()
) -> Verdict:
    """What may be said of a figure on a day. `before`: the figure a year earlier; `tiers`: what the area is."""
    if figure.low is None:
        return figure.verdict
    if threshold_of(target) is None and target.compare not in ("rising", "falling"):
        return "no_threshold"
    if target.year is not None and on.year != target.year:
        return "other_year"
    total = scale_of(target) == "number" and target.threshold != 0
    if total and tiers and not set(tiers) & set(target.tiers):
        return "other_tier"  # a province's total is no measure of a village
    held = _holds(target, figure, before)
    if held is None:
        return "cannot_tell"
    if held:
        return "met"
    if target.soft or target.optional:
        return "told"
    return "not_yet" if target.by is not None and on <= target.by else "not_met"


def threshold_of(target: Target) -> Fraction | None:
    """The threshold; a norm asks for what it requires in each area or facility, so for all of them."""
    if target.threshold is None:
        return Fraction(100) if target.requires else None
    return Fraction(target.threshold)


def scale_of(target: Target) -> Scale:
    """What the figure is counted in; the areas or facilities that meet a norm are a share of all."""
    return "percent" if target.requires else target.scale


def everybody(target: Target) -> bool:
    """A duty towards all in need: it is scored only where it is known who they are."""
    return scale_of(target) == "percent" and threshold_of(target) == 100 and target.compare != "at_most"


def _holds(target: Target, figure: Figure, before: Figure | None) -> bool | None:
    low, high = figure.low, figure.high
    assert low is not None  # noqa: S101 - the caller asked
    if everybody(target) and (figure.denominator is None or figure.denominator.unknown != 0):
        return None
    if figure.denominator is not None and not figure.denominator.yes:
        return None  # perhaps it applies to nobody
    wanted = threshold_of(target) or Fraction(0)
    match target.compare:
        case "at_least":
            return _reaches(low, high, wanted, strictly=not target.inclusive)
        case "at_most":
            reached = _reaches(low, high, wanted, strictly=target.inclusive)
            return None if reached is None else not reached
        case "exactly":
            if low == high:
                return low == wanted
            return False if wanted < low or (high is not None and wanted > high) else None
    if before is None or before.low is None or before.high is None:
        return None  # nothing to compare with
    if target.compare == "rising":
        step = Fraction(target.step or 0)
        rise = (low - before.high, None if high is None else high - before.low)
        return _reaches(*rise, step, strictly=not target.inclusive)
    fall = (None if high is None else before.low - high, before.high - low)
    return None if fall[0] is None else _reaches(fall[0], fall[1], Fraction(0), strictly=not target.inclusive)


def _reaches(low: Fraction, high: Fraction | None, wanted: Fraction, *, strictly: bool) -> bool | None:
    """Whether a number between `low` and `high` is at least (or, strictly, above) `wanted`."""
    if low > wanted or (low == wanted and not strictly):
        return True
    if high is not None and (high < wanted or (high == wanted and strictly)):
        return False
    return None
