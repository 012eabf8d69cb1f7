"""How a target is counted: a form fixed by what it is written with, and the numbers kept of each area."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Literal

from yice.rules.model import Measured, Row, Target, TargetUnit
from yice.rules.targets.verdict import SCALES, Figure, Span, judge, scale_of
from yice.rules.words import Words

# What stands on a row when a unit is counted. A unit that is not here is summed up from rows of another kind (`of`).
ROW_OF: dict[TargetUnit, Row] = {
    "persons": "person", "households": "person", "areas": "area", "organisations": "organisation",
    "facilities": "organisation", "staff": "post",
}  # fmt: skip
Form = Literal["none", "part", "count", "share", "allocated", "ratio", "in_each", "of_each"]
# The numbers of an area by form. share: cells (d·n) = yes·yes, yes·no, yes·unknown, unknown·yes, unknown·no,
# unknown·unknown; count, part and allocated: yes, unknown; ratio: of either side known sum, rows unknown, 1 where
# the register is not whole; in_each and of_each: as share, of areas or of facilities.
WIDTH: dict[Form, int] = {
    "none": 0, "part": 2, "count": 2, "share": 6, "allocated": 2, "ratio": 6, "in_each": 6, "of_each": 6,
}  # fmt: skip


def row_of_measured(target: Target, measured: Measured) -> Row | None:
    """On which kind of row one side is counted."""
    return measured.of or ROW_OF.get(target.unit)


def has_source(measured: Measured | None) -> bool:
    """Whether some record is said to tell this side."""
    return measured is not None and (measured.where is not None or bool(measured.kinds) or bool(measured.sum))


def counted(target: Target) -> Iterator[tuple[tuple[str | int, ...], str, Row]]:
    """Every expression of a target: where it stands, its text, whose facts it reads."""
    for side, one in (("numerator", target.numerator), ("denominator", target.denominator)):
        if one is not None and one.where is not None and (row := row_of_measured(target, one)):
            yield (side, "where"), one.where, row
    for at, requirement in enumerate(target.requires):
        if requirement.where is not None:
            yield ("requires", at, "where"), requirement.where, requirement.of


def form_of(target: Target) -> Form:
    """How a target is counted; "none" where no record feeds it yet."""
    if target.requires:
        if target.unit == "areas":
            return "in_each" if all(one.kinds for one in target.requires) else "none"
        known = target.kinds and all(one.where for one in target.requires)
        return "of_each" if known else "none"
    numerator, denominator = target.numerator, target.denominator
    if numerator is None or not has_source(numerator):
        return "part" if denominator is not None and _countable(denominator) else "none"
    if denominator is None:
        return "ratio" if numerator.sum or numerator.kinds else "count"
    if not has_source(denominator):
        return "none"
    if target.allocates:
        return "allocated"
    same = row_of_measured(target, numerator) == row_of_measured(target, denominator)
    return "share" if same and not numerator.sum and not denominator.sum else "ratio"


def _countable(measured: Measured) -> bool:
    return measured.where is not None and not measured.sum


def missing(target: Target) -> tuple[Words, ...]:
    """What no record tells yet, in the target's own words."""
    if target.unit == "milestone":
        return ()
    sides = [
        one.says for one in (target.numerator, target.denominator) if one is not None and not has_source(one)
    ]
    if form_of(target) == "none" and target.requires:
        lacking = "kinds" if target.unit == "areas" else "where"
        sides += [one.what for one in target.requires if not getattr(one, lacking)]
        if target.unit != "areas" and not target.kinds:
            sides += [one.what for one in target.requires if one.what not in sides]
    return tuple(sides)


def figure(
    target: Target,
    numbers: Sequence[int] | None,
    on: dt.date,
    *,
    before: Figure | None = None,
    tiers: tuple[str, ...] = (),
    whole: Sequence[int] | None = None,
) -> Figure:
    """The figure of an area from its numbers. `whole`: the numbers of the plan's whole area, for what is allocated."""
    form = form_of(target)
    if target.unit == "milestone":
        return Figure("no_threshold")
    if numbers is None or form == "none":
        return Figure("no_source")
    match form:
        case "part":
            return Figure("no_source", denominator=Span(numbers[0], numbers[0] + numbers[1]))
        case "count":
            span = Span(numbers[0], numbers[0] + numbers[1])
            made = Figure("cannot_tell", Fraction(span.yes), Fraction(span.most or 0), span)
        case "ratio":
            made = _ratio(target, numbers)
        case "allocated":
            made = _allocated(numbers, whole)
        case _:
            made = _share(target, numbers)
    verdict = judge(target, made, on, before=before, tiers=tiers)
    return Figure(verdict, made.low, made.high, made.numerator, made.denominator, made.short)


def _share(target: Target, cells: Sequence[int]) -> Figure:
    """Each unknown row taken as it lowers the share most, then as it raises it most."""
    yes_yes, yes_no, yes_open, open_yes, open_no, open_open = cells
    counted, doubtful = yes_yes + yes_no + yes_open, open_yes + open_no + open_open
    numerator = Span(yes_yes, yes_yes + yes_open + open_yes + open_open)
    denominator = Span(counted, counted + doubtful)
    if not counted and not doubtful:
        return Figure("nothing", numerator=numerator, denominator=denominator, short=0)
    scale = SCALES[scale_of(target)]
    least_of, most_of = counted + open_no + open_open, counted + open_yes + open_open
    low = Fraction(scale * yes_yes, least_of) if least_of else Fraction(scale)
    high = Fraction(scale * (numerator.most or 0), most_of) if most_of else Fraction(0)
    return Figure("cannot_tell", low, high, numerator, denominator, yes_no)


def _ratio(target: Target, numbers: Sequence[int]) -> Figure:
    """A sum, over another or alone. Where a row's sum is not known, or rows may lack, there is no upper bound."""
    over, under = _sum(numbers[:3]), _sum(numbers[3:])
    if target.denominator is None:
        high = None if over.most is None else Fraction(over.most)
        return Figure("cannot_tell", Fraction(over.yes), high, over)
    if under.most == 0:
        return Figure("nothing", numerator=over, denominator=under)
    scale = SCALES[scale_of(target)]
    low = Fraction(scale * over.yes, under.most) if under.most else Fraction(0)
    high = Fraction(scale * over.most, under.yes) if over.most is not None and under.yes else None
    return Figure("cannot_tell", low, high, over, under)


def _sum(numbers: Sequence[int]) -> Span:
    known, unknown, not_whole = numbers
    return Span(known, None if unknown or not_whole else known)


def _allocated(numbers: Sequence[int], whole: Sequence[int] | None) -> Figure:
    """The area's share of the whole of the plan; each unknown row may be here only, or elsewhere only."""
    if whole is None:
        return Figure("no_source", numerator=Span(numbers[0], numbers[0] + numbers[1]))
    here, there = Span(numbers[0], sum(numbers)), Span(whole[0], sum(whole))
    if not there.most:
        return Figure("nothing", numerator=here, denominator=there)
    others = (there.most - (here.most or 0), there.yes - here.yes)  # most, fewest elsewhere
    low = Fraction(100 * here.yes, here.yes + others[0]) if here.yes + others[0] else Fraction(0)
    most = here.most or 0
    high = Fraction(100 * most, most + others[1]) if most + others[1] else Fraction(0)
    return Figure("no_threshold", low, high, here, there)
