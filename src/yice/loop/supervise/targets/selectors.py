"""The targets of a place as they stand or stood: by plan, with figure, verdict and source; one compared below."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from yice.accounts import access
from yice.accounts.access import Place
from yice.accounts.enums import Action, Line
from yice.accounts.models import User
from yice.areas import selectors as areas
from yice.areas.models import Area
from yice.loop.supervise import withheld
from yice.loop.supervise.models import Report, TargetTally
from yice.loop.supervise.months import Standing
from yice.loop.supervise.targets import standing
from yice.policy import selectors as policy
from yice.policy.models import InstalledPack, ScreeningRun
from yice.rules.model import Plan, Target
from yice.rules.targets.forms import Form, figure, form_of, missing
from yice.rules.targets.sheet import TIERS
from yice.rules.targets.verdict import Figure
from yice.rules.words import Words
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message

GROUPS = ("goals", "norms", "shares", "duties")
PERSONS = ("persons", "households")
LISTED: tuple[Form, ...] = ("share", "part", "count", "allocated")  # whose rows are people
Numbers = Mapping[str, Sequence[int]]  # target → numbers


@dataclass(frozen=True)
class Measure:
    """One target in one area."""

    target: Target
    group: str
    figure: Figure
    missing: tuple[Words, ...]
    listed: bool  # there are people behind it


@dataclass(frozen=True)
class PlanChoice:
    hash: str
    title: Words


@dataclass(frozen=True)
class TargetsPage:
    area: str
    name: str
    plan: Plan | None  # None: nothing that covers the area was screened yet
    digest: str
    as_of: dt.date
    choices: list[PlanChoice]
    measures: list[Measure]
    below: list[
        tuple[str, str]
    ]  # code, name: places below that were screened, where this one as a whole was not
    names: bool
    stands: Standing | None = None  # for whoever sees statistics only


@dataclass(frozen=True)
class AreaMeasure:
    code: str
    name: str
    figure: Figure  # verdict "withheld", without a number, where the reader sees statistics only
    tier: int


@dataclass(frozen=True)
class TargetPage:
    """One target in an area and right below it."""

    page: TargetsPage
    measure: Measure
    rows: list[AreaMeasure]


def targets_page(actor: User, area: str = "", digest: str = "") -> TargetsPage:
    """The targets of an area (the actor's own where none is named) under the plan last screened there."""
    ranges = access.ranges(actor, Action.REPORT_READ)
    code = area or (ranges[0][0] if ranges else "")
    access.require(actor, Action.REPORT_READ, Place(code))
    place = areas.area_of(code)
    if withheld.statistics_only(actor, code):
        return _stood_page(place, digest, standing.stood(place))
    tallies = _tallies(code)
    chosen = next((one for one in tallies if one.run.pack.hash == digest), tallies[0] if tallies else None)
    names = access.may(actor, Action.REPORT_NAMES, Place(code), line=Line.ENTITLEMENT).allowed
    if chosen is None:
        return TargetsPage(code, place.name, None, "", clock.today(), [], [], _screened_below(code), names)
    run = chosen.run
    plan = policy.plan(run.pack)
    choices = [PlanChoice(one.run.pack.hash, policy.plan(one.run.pack).title) for one in tallies]
    measures = _measures(
        plan, place, chosen.numbers, run.as_of, _before(run, [code]).get(code), _whole(plan, run)
    )
    return TargetsPage(code, place.name, plan, run.pack.hash, run.as_of, choices, measures, [], names)


def target_page(actor: User, area: str, target: str, digest: str = "") -> TargetPage:
    """One target of an area, and of every place right below it."""
    page = targets_page(actor, area, digest)
    measure = next((one for one in page.measures if one.target.id == target), None)
    if measure is None or page.plan is None:
        raise Problem("not-found", Message("这里的方案没有这一项目标，或还没有筛查过。"))
    places = list(areas.children(area))
    if page.stands is not None:
        return TargetPage(
            page,
            measure,
            [
                _area_measure(
                    one, _as_told(measure.target, page.stands, standing.told_of(page.stands, one.code), one)
                )
                for one in places
            ],
        )
    run = run_of(area, page.digest)
    numbers = dict(
        TargetTally.objects.filter(run=run, area__in=[one.code for one in places]).values_list(
            "area", "numbers"
        )
    )
    before, whole = _before(run, [one.code for one in places]), _whole(page.plan, run)
    return TargetPage(
        page,
        measure,
        [
            _area_measure(
                one,
                _figure(
                    measure.target, numbers.get(one.code, {}), run.as_of, one, before.get(one.code), whole
                ),
            )
            for one in places
        ],
    )


def _area_measure(place: Area, found: Figure) -> AreaMeasure:
    return AreaMeasure(place.code, place.name, found, place.lowest_tier)


def frozen_page(actor: User, report_uuid: UUID) -> tuple[Report, TargetsPage]:
    """The targets as a report keeps them: the same numbers and day, whatever came later."""
    rows = access.scope(actor, Action.REPORT_READ, Report.objects.select_related("frozen_by", "previous"))
    report = rows.filter(uuid=report_uuid).first()
    if report is None:
        raise Problem("report-not-found", Message("没有这份报告，或不在您负责的区域内。"))
    place = areas.area_of(report.area)
    if withheld.statistics_only(actor, report.area):
        same = [one for one in standing.stood(place, report.as_of) if _pack(one).hash == report.pack_hash]
        return report, replace(_stood_page(place, "", same), choices=[], below=[])
    pack = InstalledPack.objects.filter(hash=report.pack_hash).first()
    day = report.counted_on or report.as_of
    if pack is None or not report.targets:
        return report, TargetsPage(place.code, place.name, None, "", day, [], [], [], False)
    plan = policy.plan(pack)
    before = report.previous.targets.get(place.code) if report.previous and _year_apart(report) else None
    measures = _measures(plan, place, report.targets.get(place.code, {}), day, before, None)
    return report, TargetsPage(place.code, place.name, plan, pack.hash, day, [], measures, [], False)


def _stood_page(place: Area, digest: str, stood: list[Standing]) -> TargetsPage:
    """As whoever may see statistics only reads it: what stands for the month."""
    chosen = next((one for one in stood if _pack(one).hash == digest), stood[0] if stood else None)
    if chosen is None:
        day = clock.today()
        return TargetsPage(place.code, place.name, None, "", day, [], [], _screened_below(place.code), False)
    pack = _pack(chosen)
    plan = policy.plan(pack)
    choices = [PlanChoice(_pack(one).hash, policy.plan(_pack(one)).title) for one in stood]
    told, before = standing.told_of(chosen, place.code), standing.year_before(chosen, place.code)
    measures = [
        Measure(
            target, group_of(target), _as_told(target, chosen, told, place, before), missing(target), False
        )
        for target in plan.targets.values()
    ]
    return TargetsPage(
        place.code, place.name, plan, pack.hash, chosen.as_of, choices, measures, [], False, chosen
    )


def _as_told(
    target: Target, stands: Standing, told: standing.Told, place: Area, before: standing.Told | None = None
) -> Figure:
    if target.id in told and told[target.id] is None:
        return Figure("withheld")
    numbers, last, whole = (
        {name: row for name, row in one.items() if row is not None}
        for one in (told, before or {}, standing.whole(stands))
    )
    return _figure(target, numbers, stands.as_of, place, last or None, whole or None)


def _pack(stands: Standing) -> InstalledPack:
    assert stands.month and stands.month.run  # noqa: S101 - `stood` gives no others
    return stands.month.run.pack


def run_of(area: str, digest: str) -> ScreeningRun:
    """The newest run that counted an area under a plan."""
    found = next((one.run for one in _tallies(area) if one.run.pack.hash == digest), None)
    if found is None:
        raise Problem("not-found", Message("这里的方案没有这一项目标，或还没有筛查过。"))
    return found


def group_of(target: Target) -> str:
    """What kind of target it is, as a page lists them."""
    if target.check:
        return "duties"
    if target.requires or target.unit in ("areas", "facilities", "organisations", "staff", "beds", "houses"):
        return "norms"
    if target.unit == "yuan" or target.allocates or target.step is not None:
        return "shares"
    return "goals"


def _tallies(area: str) -> list[TargetTally]:
    """The newest of each plan, the newest first."""
    rows = TargetTally.objects.filter(area=area).select_related("run__pack", "run__snapshot")
    rows = rows.defer("run__pack__files").order_by("-run__as_of", "-run_id")
    newest: dict[str, TargetTally] = {}
    for one in rows[:50]:
        newest.setdefault(one.run.pack.pack_id, one)
    return list(newest.values())


def _before(run: ScreeningRun, codes: Sequence[str]) -> dict[str, Numbers]:
    """What the same plan came to in the year before, by area."""
    rows = TargetTally.objects.filter(
        area__in=list(codes), run__pack__pack_id=run.pack.pack_id, run__as_of__year=run.as_of.year - 1
    )
    return dict(rows.order_by("run__as_of", "run_id").values_list("area", "numbers"))


def _whole(plan: Plan, run: ScreeningRun) -> Numbers | None:
    """The numbers of the plan's whole area, for what is shared out in proportion."""
    if not plan.areas or not any(one.allocates for one in plan.targets.values()):
        return None
    return TargetTally.objects.filter(run=run, area=plan.areas[0]).values_list("numbers", flat=True).first()


def _screened_below(code: str) -> list[tuple[str, str]]:
    found = ScreeningRun.objects.filter(areas.within("area", code)).values_list("area", flat=True).distinct()
    names = areas.names(found)
    return [(one, names.get(one, one)) for one in sorted(set(found))[:100]]


def _measures(
    plan: Plan, place: Area, numbers: Numbers, day: dt.date, before: Numbers | None, whole: Numbers | None
) -> list[Measure]:
    made = []
    for target in plan.targets.values():
        found = _figure(target, numbers, day, place, before, whole)
        listed = target.unit in PERSONS and form_of(target) in LISTED and target.id in numbers
        made.append(Measure(target, group_of(target), found, missing(target), listed))
    return made


def _figure(
    target: Target, numbers: Numbers, day: dt.date, place: Area, before: Numbers | None, whole: Numbers | None
) -> Figure:
    earlier = None
    if before is not None and target.id in before:
        earlier = figure(target, before[target.id], day)
    return figure(
        target,
        numbers.get(target.id),
        day,
        before=earlier,
        tiers=tuple(TIERS[tier - 1] for tier in place.tiers),
        whole=whole.get(target.id) if whole else None,
    )


def _year_apart(report: Report) -> bool:
    day, last = report.counted_on, report.previous and report.previous.counted_on
    return bool(day and last and last.year == day.year - 1)
