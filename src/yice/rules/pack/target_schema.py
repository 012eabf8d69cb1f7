"""Targets, norms and quotas, and the cases that try them, as a pack writes them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field

from yice.rules.model import Basis, Compare, Row, Scale, TargetUnit
from yice.rules.pack.spec import ElementId, Expression, Name, Spec, Text, WordsSpec
from yice.rules.targets.verdict import Verdict

Tier = Literal["province", "prefecture", "county", "township", "village"]


class MeasuredSpec(Spec):
    """What a target counts, in words and, where facts know it, as an expression."""

    says: WordsSpec
    where: Expression | None = Field(default=None, description="over the facts of the rows that are counted")
    of: Row | None = Field(default=None, description="whose rows are counted (default: those of the unit)")
    kinds: list[Name] = Field([], description="kinds of registered facilities, organisations or posts")
    sum: Name | None = Field(default=None, description="an int fact to add up; absent: rows are counted")


class RequirementSpec(Spec):
    """So many of one kind, each perhaps of a least size."""

    what: WordsSpec
    at_least: int = Field(1, ge=1, le=1_000_000)
    size_at_least: int | None = Field(None, ge=1, le=1_000_000, description="beds")
    kinds: list[Name] = Field([], description="kinds of facilities (or posts) that are counted in each area")
    where: Expression | None = Field(default=None, description="what must be true of each facility or post")
    of: Literal["organisation", "post"] = "organisation"


class TargetSpec(Spec):
    """A target, norm or quota: numerator, denominator, threshold, boundary, unit, date and tier."""

    title: WordsSpec
    clause: Text
    duty: str = Field(default="", description="the duty it carries out, where its id is not the duty's own")
    unit: TargetUnit
    tier: Annotated[list[Tier], Field(min_length=1)]
    basis: Basis = Field(default="hukou", description="where persons are counted: services follow residence")
    numerator: MeasuredSpec | None = None
    denominator: MeasuredSpec | None = None
    scale: Scale = "number"
    compare: Compare = "at_least"
    threshold: int | Decimal | None = Field(default=None, description="absent: the document names none")
    threshold_setting: Name | None = None
    inclusive: bool | None = Field(
        default=None, description="whether the threshold itself meets it (default: yes)"
    )
    step: int | Decimal | None = Field(default=None, description="how much a rising share rises each year")
    by: dt.date | None = None
    by_implied: bool = False
    every: Literal["once", "year", "case", "always"] = "once"
    year: int | None = Field(None, ge=1990, le=2200)
    year_setting: Name | None = None
    requires: list[RequirementSpec] = []
    enough: int | None = Field(None, ge=1, description="how many of `requires` suffice (default: all)")
    kinds: list[Name] = Field([], description="the facilities or organisations that `requires` speaks of")
    allocates: ElementId | None = None
    check: bool = False
    soft: bool = False
    optional: bool = False
    among: Name | None = Field(default=None, description="a setting: the places that the target speaks of")


class RowsSpec(Spec):
    """So many rows alike: persons, or organisations, areas, posts, as their facts say."""

    count: int = Field(1, ge=1, le=1_000_000)
    given: dict[str, Any] = {}
    place: str = Field(default="", description="the area a facility, organisation or post stands in")
    home: int | None = Field(default=None, description="the household a person belongs to")


class FigureSpec(Spec):
    """What must come out; what is not written is not compared. Two numbers are a lower and an upper bound."""

    verdict: Verdict
    figure: int | Decimal | list[int | Decimal | None] | None = None
    short: int | None = None
    counted: int | None = Field(default=None, description="rows known to be in the denominator")
    doubtful: int | None = Field(default=None, description="rows of which that is not known")


class TargetCaseSpec(Spec):
    """A small table of rows, and the figure and verdict of one area that must follow."""

    name: Text
    target: ElementId
    on: dt.date | None = None
    lists: list[Name] | None = Field(default=None, description="lists received whole")
    set: dict[Name, bool | int | str | list[int | str]] = {}
    rows: list[RowsSpec] = []
    areas: list[str] = Field([], description="places below that stand, rows or not; 2 to 12 digits")
    whole: list[Name] = Field([], description="kinds of facilities whose register is complete")
    area: str = Field(default="", description="whose figure is expected; the plan's area where none is named")
    before: int | Decimal | None = Field(default=None, description="the figure of the year before")
    expect: Verdict | FigureSpec
    because: Text
