"""The targets that stand for a month, for whoever may only see statistics: of one run of each plan, the widest there is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db.models import F, Q

from yice.accounts.rows import beyond
from yice.areas import selectors as areas
from yice.areas.models import Area
from yice.identifiers.division import ancestors
from yice.loop.deliver.selectors.ledger import is_large
from yice.loop.supervise.models import MonthFigures, TargetTally
from yice.loop.supervise.months import Counts, Standing, keep, newest
from yice.loop.supervise.withheld import target_classes, target_shape
from yice.policy import selectors as policy
from yice.policy.models import ScreeningRun
from yice.terms import clock

Told = Mapping[str, list[int] | None]  # target → numbers; None: withheld


def stood(place: Area, on: dt.date | None = None) -> list[Standing]:
    """What stands today, or stood on a day, of each plan that a place was screened for, the newest run first."""
    tops = [*ancestors(place.code), place.code]
    if on is None:
        for run in _widest(Q(area__in=tops)):
            if not is_large(run.area):
                keep_targets(run)
    of = MonthFigures.objects.filter(area__in=tops, run__isnull=False).values_list("of", flat=True).distinct()
    found = [
        newest(one, tops, [*tops, *(each.code for each in areas.children(place.code))], on) for one in of
    ]
    shown = [one for one in found if one.month]
    return sorted(shown, key=lambda one: (one.as_of, one.month.pk if one.month else 0), reverse=True)


def keep_all() -> int:
    """Decide what stands for this month of every plan, for the daily run. Gives how many were decided."""
    return sum(keep_targets(run) for run in _widest(Q()))


def _widest(where: Q) -> list[ScreeningRun]:
    """The newest run of each plan and place, of its last year, without those that lie within another of the plan."""
    rows = TargetTally.objects.filter(where, area=F("run__area")).select_related("run__pack", "run__snapshot")
    newest_of: dict[tuple[str, str], ScreeningRun] = {}
    for one in rows.defer("numbers", "run__pack__files").order_by("-run__as_of", "-run_id"):
        newest_of.setdefault((one.run.pack.pack_id, one.area), one.run)
    years: dict[str, int] = {}
    for (pack, _area), run in newest_of.items():
        years[pack] = max(run.as_of.year, years.get(pack, 0))
    last = {key: run for key, run in newest_of.items() if run.as_of.year == years[key[0]]}
    return [
        run
        for (pack, area), run in last.items()
        if not any((pack, above) in last for above in ancestors(area))
    ]


def keep_targets(run: ScreeningRun) -> bool:
    """Decide what of a run's targets stands for this month, unless that was done before."""
    if MonthFigures.objects.filter(
        area=run.area, of=run.pack.pack_id, month=clock.today().replace(day=1)
    ).exists():
        return False
    tallies = dict(_tallies(run))
    widths = {name: len(row) for one in tallies.values() for name, row in one.items()}
    plan = policy.plan(run.pack)
    shape = target_shape(plan, widths)
    classes = target_classes(plan, shape, tallies.get(run.area, {}), run.snapshot.rows)
    persons = frozenset(name for group in shape.groups.values() for name in group)
    spread = {
        code: {f"{name}#{n}": int(one or 0) for name, row in numbers.items() for n, one in enumerate(row)}
        for code, numbers in tallies.items()
    }
    others = {
        code: {name: n for name, n in row.items() if name not in persons} for code, row in spread.items()
    }
    others.setdefault(run.area, {}).update(widths)
    top = areas.area_of(run.area)
    return keep(
        run.pack.pack_id, top, run.as_of, shape, classes, lambda: _own(spread, persons), run.pk, others
    )


@beyond()  # numbers only
def _tallies(run: ScreeningRun) -> list[tuple[str, dict[str, list[int]]]]:
    return list(TargetTally.objects.filter(run=run).values_list("area", "numbers"))


def _own(spread: Mapping[str, Mapping[str, int]], persons: frozenset[str]) -> Counts:
    """What is counted at each place itself, and at none below it."""
    own: Counts = {
        code: {name: n for name, n in row.items() if name in persons} for code, row in spread.items()
    }
    for code, row in spread.items():
        above = next((one for one in reversed(ancestors(code)) if one in own), None)
        for name in persons & row.keys() if above else ():
            own[above][name] = own[above].get(name, 0) - row[name]  # type: ignore[index]
    return own


def told_of(stands: Standing, code: str) -> Told:
    """The targets of one place as they are told."""
    row = stands.of(code)
    widths = stands.rows.get(stands.month.area, {}) if stands.month else {}
    found: dict[str, list[int] | None] = {}
    for name, width in widths.items():
        if "#" not in name:
            values = [row.get(f"{name}#{n}") for n in range(width)]
            found[name] = None if None in values else [int(one or 0) for one in values]
    return found


def whole(stands: Standing) -> Told:
    """Those of the plan's whole area, for what is shared out in proportion to it."""
    run = stands.month.run if stands.month else None
    plan = policy.plan(run.pack) if run else None
    if plan is None or not plan.areas or plan.areas[0] not in stands.rows:
        return {}
    return told_of(stands, plan.areas[0])


def year_before(stands: Standing, code: str) -> Told | None:
    """What was told of a place last in the year before, of the same plan."""
    month = stands.month
    if month is None:
        return None
    rows = MonthFigures.objects.filter(of=month.of, area=month.area, run__as_of__year=stands.as_of.year - 1)
    found = rows.defer("figures").order_by("-month").first()
    if found is None:
        return None
    shown = found.told.filter(area__in=[code, found.area]).values_list("area", "numbers")
    return told_of(Standing(found, dict(shown), stands.until), code)
