"""Figures of an area by street and village in one pass, the rows behind each, and what changed between reports."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext

from yice.accounts import access
from yice.accounts.access import Place
from yice.accounts.enums import Action, Basis
from yice.accounts.models import User
from yice.areas import selectors as areas
from yice.areas.models import Area
from yice.identifiers.division import upper_bound
from yice.loop.identify.enums import FindingKind, OutcomeCode
from yice.loop.identify.models import Finding, Person
from yice.loop.identify.selectors import words
from yice.loop.identify.selectors.findings import closed_why
from yice.loop.identify.selectors.worklist import plans_of
from yice.loop.supervise.figures import (
    PEOPLE,
    AreaFigures,
    Figure,
    condition,
    figures,
    places,
    roll_up,
)
from yice.loop.supervise.models import Report, ReportLine
from yice.loop.supervise.months import Standing, counted, standing
from yice.loop.supervise.withheld import statistics_only
from yice.rules.model import Plan
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message
from yice.terms.periods import age_on

PAGE_SIZE = 50
MOST_NAMES = 500
CORRECTED = frozenset({OutcomeCode.NOT_ELIGIBLE.value, OutcomeCode.KEPT.value})


@dataclass(frozen=True)
class ReportRow:
    uuid: UUID
    area: str
    name: str
    as_of: dt.date
    frozen_at: dt.datetime
    frozen_by: str
    pack_title: str
    pack_hash: str


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
    open: frozenset[str]  # the figures whose rows the actor may open, here
    least: int = 0  # numbers below this one, and what tells them, are withheld; nought: nothing is
    stands: Standing | None = None  # for whoever sees statistics only


@dataclass(frozen=True)
class Named:
    """A person behind a figure, where the actor may see names."""

    person: UUID
    name: str
    age: int | None
    village: str
    group: str
    title: str
    kind: str
    kind_label: str
    why: str  # for comparison: why it left, in words


@dataclass(frozen=True)
class ReportPage:
    row: ReportRow
    lists: list[str]
    page: CountyPage


@dataclass(frozen=True)
class Comparison:
    report: ReportRow
    previous: ReportRow | None
    figures: list[Figure]
    counts: dict[str, tuple[int | None, int | None]]  # figure → before, after; None: withheld
    entered: list[Named]
    left: list[Named]
    corrected: list[Named]  # left because a fact, or the list, was corrected
    names: bool
    more: bool  # lists are cut at MOST_NAMES names; the export has all


def county_page(actor: User, area: str = "") -> CountyPage:
    """The area's figures (the actor's own area where none is named)."""
    ranges = access.ranges(actor, Action.REPORT_READ)
    code = area or (ranges[0][0] if ranges else "")
    access.require(actor, Action.REPORT_READ, Place(code))
    found = areas.area_of(code)
    lines = access.lines(actor, Action.REPORT_READ)
    named = figures(lines)
    shown = places(found)
    if not statistics_only(actor, code):
        return _page(actor, found, clock.today(), named, counted(found, named, lines), shown)
    stands = standing(code, [code, *(one.code for one in shown)])
    return _page(actor, found, stands.as_of, named, {}, shown, stands)


@dataclass(frozen=True)
class FigurePage:
    """One figure of a place with the rows behind it; a person may stand on several rows."""

    area: str
    name: str
    figure: Figure
    rows: list[Named]
    total: int


def figure_page(actor: User, area: str, figure: str, page: int = 1) -> FigurePage:
    """The rows behind a figure of a place where the actor may see names."""
    access.require(actor, Action.REPORT_NAMES, Place(area))
    shown = {one.name: one for one in figures(access.lines(actor, Action.REPORT_NAMES))}.get(figure)
    if shown is None:
        raise Problem("figure-unknown", Message("没有这一项数字。"))
    rows, total = behind(actor, area, figure, page)
    return FigurePage(area, areas.area_of(area).name, shown, rows, total)


def behind(actor: User, area: str, figure: str, page: int = 1) -> tuple[list[Named], int]:
    """The rows behind one figure, within the actor's scope and lines, and how many there are."""
    inside = {"hukou__gte": area, "hukou__lt": upper_bound(area)}
    start = (max(1, page) - 1) * PAGE_SIZE
    if figure == PEOPLE:
        people = access.scope(actor, Action.REPORT_NAMES, Person.objects.filter(**inside, removed_on=None))
        chosen = list(people.order_by("hukou", "name_folded", "id")[start : start + PAGE_SIZE])
        names = areas.names(words.place_codes(person.hukou for person in chosen))
        return [_named(person, names) for person in chosen], people.count()
    wanted = condition(figure)
    if wanted is None:
        raise Problem("figure-unknown", Message("没有这一项数字。"))
    rows = access.scope(actor, Action.REPORT_NAMES, Finding.objects.filter(wanted, **inside)).distinct()
    total = rows.count()
    found = list(
        rows.select_related("person").order_by("hukou", "person__name_folded", "id")[
            start : start + PAGE_SIZE
        ]
    )
    return _named_findings(found), total


def report(actor: User, report_uuid: UUID) -> ReportPage:
    """A frozen report as it stood."""
    found = _report(actor, report_uuid)
    area = areas.area_of(found.area)
    named = figures(access.lines(actor, Action.REPORT_READ))
    shown = [row for row in places(area) if row.code in found.figures or row.lowest_tier < 5]
    page = _page(actor, area, found.as_of, named, found.figures, shown, _stood(actor, found, shown))
    lists = [
        str(Message("{list} {month}", list=item.get("title") or item["kind"], month=item["month"][:7]))
        for item in found.lists
    ]
    return ReportPage(_row(found, area.name), lists, page)


def reports(actor: User, area: str = "") -> list[ReportRow]:
    """Frozen reports of the actor's areas (of one area, where it is named), newest first."""
    rows = access.scope(actor, Action.REPORT_READ, Report.objects.select_related("frozen_by"))
    rows = rows.filter(area=area) if area else rows
    found = list(rows.order_by("-frozen_at", "-id")[:50])
    names = areas.names(row.area for row in found)
    return [_row(row, names.get(row.area, row.area)) for row in found]


def compare(
    actor: User, report_uuid: UUID, previous: UUID | None = None, *, most: int | None = MOST_NAMES
) -> Comparison:
    """Entered, left and corrected since `previous` (else the one the report follows), `most` names each."""
    now = _report(actor, report_uuid)
    before = _report(actor, previous) if previous else now.previous
    name = areas.names([now.area]).get(now.area, now.area)
    named = figures(access.lines(actor, Action.REPORT_READ))
    may = bool(access.grants(actor, Action.REPORT_NAMES))
    if before is None:
        return Comparison(_row(now, name), None, named, {}, [], [], [], may, False)
    sides = [_total(actor, one) for one in (before, now)]
    counts = {one.name: (sides[0](one.name), sides[1](one.name)) for one in named}
    entered = _lines(actor, now, before)
    left = _lines(actor, before, now)
    fixed = {line.pk for line in left if line.finding.closed_why.get("code") in CORRECTED}
    gone = [line for line in left if line.pk not in fixed]
    return Comparison(
        _row(now, name),
        _row(before, name),
        named,
        counts,
        _named_lines(entered[:most]),
        _named_lines(gone[:most]),
        _named_lines([line for line in left if line.pk in fixed][:most]),
        may,
        most is not None and max(len(entered), len(left)) > most,
    )


def _total(actor: User, of: Report) -> Callable[[str], int | None]:
    """The numbers of a report's whole area, as far as they are told."""
    stood = _stood(actor, of)
    if stood is not None:
        return stood.of(of.area).get
    inside = {code: row for code, row in of.figures.items() if code != of.area}
    sums = roll_up(inside, [of.area])[of.area]
    return lambda name: sums.get(name, 0)


def _stood(actor: User, found: Report, shown: Iterable[Area] = ()) -> Standing | None:
    """What stood for the month when a report was frozen: all of it that is told to whoever sees statistics only."""
    if not statistics_only(actor, found.area):
        return None
    return standing(found.area, [found.area, *(one.code for one in shown)], found.as_of)


def _page(
    actor: User,
    area: Area,
    as_of: dt.date,
    named: list[Figure],
    counts: dict[str, dict[str, int]],
    shown: list[Area],
    stands: Standing | None = None,
) -> CountyPage:
    """`stands`: what is told instead of the counts to whoever sees statistics only."""
    wanted = {figure.name for figure in named}
    sums = {} if stands else roll_up(counts, [area.code, *(row.code for row in shown)])

    def made(row: Area) -> AreaFigures:
        numbers = stands.of(row.code) if stands else sums[row.code]
        kept = {name: numbers.get(name, None if stands else 0) for name in wanted}
        return AreaFigures(row.code, row.name, row.lowest_tier, row.parent_id or "", kept)

    rows = [made(row) for row in shown]
    return CountyPage(
        area.code,
        area.name,
        str(Basis.HUKOU.label),
        as_of,
        named,
        made(area),
        rows,
        reports(actor, area.code),
        access.may(actor, Action.REPORT_FREEZE, Place(area.code)).allowed,
        _open(actor, area.code),
        settings.YICE_LEAST_SHOWN if stands else 0,
        stands,
    )


def _open(actor: User, area: str) -> frozenset[str]:
    """Names reach only the actor's own lines, which may be fewer than the lines of the figures."""
    if not access.may(actor, Action.REPORT_NAMES, Place(area)).allowed:
        return frozenset()
    return frozenset(one.name for one in figures(access.lines(actor, Action.REPORT_NAMES)))


def _report(actor: User, report_uuid: UUID) -> Report:
    rows = Report.objects.select_related("frozen_by", "previous", "previous__frozen_by")
    found = access.scope(actor, Action.REPORT_READ, rows).filter(uuid=report_uuid).first()
    if found is None:
        raise Problem("report-not-found", Message("没有这份报告，或不在您负责的区域内。"))
    return found


def _lines(actor: User, of: Report, missing_in: Report) -> list[ReportLine]:
    """Lines of a report that another does not have, as far as the actor may see names."""
    other = ReportLine.objects.filter(
        report=missing_in, person=OuterRef("person"), group=OuterRef("group"), kind=OuterRef("kind")
    )
    rows: QuerySet[ReportLine] = access.scope(
        actor, Action.REPORT_NAMES, ReportLine.objects.filter(report=of)
    )
    return list(
        rows.exclude(Exists(other))
        .select_related("person", "finding")
        .order_by("hukou", "person__name_folded", "id")
    )


def _row(report_: Report, name: str) -> ReportRow:
    return ReportRow(
        report_.uuid, report_.area, name, report_.as_of, report_.frozen_at, report_.frozen_by.name,
        report_.pack_title, report_.pack_hash,
    )  # fmt: skip


def _named_findings(found: list[Finding]) -> list[Named]:
    plans = plans_of(finding.pack_id for finding in found)
    names = areas.names(words.place_codes(finding.hukou for finding in found))
    return [_named(finding.person, names, finding, plans.get(finding.pack_id)) for finding in found]


def _named_lines(lines: list[ReportLine]) -> list[Named]:
    plans = plans_of(line.finding.pack_id for line in lines)
    names = areas.names(words.place_codes(line.person.hukou for line in lines))
    return [_named(line.person, names, line.finding, plans.get(line.finding.pack_id)) for line in lines]


def _named(
    person: Person, names: dict[str, str], finding: Finding | None = None, plan: Plan | None = None
) -> Named:
    title = ""
    if finding is not None:
        group, benefit = words.titles(plan, finding.kind, finding.group, finding.benefit, finding.reason)
        title = benefit or group
    return Named(
        person.uuid,
        person.name,
        age_on(person.birth_date, clock.today()) if person.birth_date else None,
        words.place(person.hukou, names),
        finding.group if finding else "",
        title,
        finding.kind if finding else "",
        str(FindingKind(finding.kind).label) if finding else "",
        _why(finding),
    )


def _why(finding: Finding | None) -> str:
    if finding is None or finding.state != "closed":
        return ""
    return closed_why(finding) or gettext("已结")


__all__ = [
    "AreaFigures",
    "Comparison",
    "CountyPage",
    "Figure",
    "FigurePage",
    "Named",
    "ReportPage",
    "ReportRow",
    "behind",
    "compare",
    "county_page",
    "figure_page",
    "report",
    "reports",
]
