"""Figures of an area by street and village in one pass, the rows behind each, and what changed between reports."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from yice.accounts.models import User


@dataclass(frozen=True)
class Figure:
    name: str  # people gaps leaks amounts duplicates asks settled help_to_apply included …
    label: str
    group: str  # people | findings | outcomes


@dataclass(frozen=True)
class AreaFigures:
    code: str
    name: str
    tier: int
    parent: str
    counts: dict[str, int]  # figure name → persons, each person counted once in its hukou area


@dataclass(frozen=True)
class CountyPage:
    area: str
    name: str
    basis: str  # label: 户籍地
    as_of: dt.date
    figures: list[Figure]
    total: AreaFigures
    rows: list[AreaFigures]  # streets, each followed by its villages
    reports: list[ReportRow]
    may_freeze: bool
    names: bool  # rows behind figures may be opened


@dataclass(frozen=True)
class ReportRow:
    uuid: uuid.UUID
    area: str
    name: str
    as_of: dt.date
    frozen_at: dt.datetime
    frozen_by: str
    pack_title: str
    pack_hash: str


@dataclass(frozen=True)
class Named:
    """A person behind a figure, where the actor may see names."""

    person: uuid.UUID
    name: str
    age: int | None
    village: str
    group: str
    title: str
    kind: str
    kind_label: str
    why: str  # for comparison: entered | left | corrected, in words


@dataclass(frozen=True)
class ReportPage:
    row: ReportRow
    lists: list[str]
    page: CountyPage


@dataclass(frozen=True)
class Comparison:
    report: ReportRow
    previous: ReportRow | None
    counts: dict[str, tuple[int, int]]  # figure → before, after
    entered: list[Named]
    left: list[Named]
    corrected: list[Named]  # left because a fact was corrected
    names: bool
    more: bool  # lists are cut at 500 names; the export has all


def county_page(actor: User, area: str = "") -> CountyPage:
    """The area's figures (the actor's own area where none is named)."""
    raise NotImplementedError


def behind(actor: User, area: str, figure: str, page: int = 1) -> tuple[list[Named], int]:
    """The rows behind one figure, within the actor's scope and lines, and how many there are."""
    raise NotImplementedError


def report(actor: User, report_uuid: uuid.UUID) -> ReportPage:
    """A frozen report as it stood."""
    raise NotImplementedError


def reports(actor: User, area: str = "") -> list[ReportRow]:
    raise NotImplementedError


def compare(actor: User, report_uuid: uuid.UUID, previous: uuid.UUID | None = None) -> Comparison:
    """Entered, left and corrected since `previous` (else the one the report follows)."""
    raise NotImplementedError
