"""Freeze an area's figures with the names behind them."""

from __future__ import annotations

import datetime as dt

from django.db import connection, transaction

from yice.accounts import access
from yice.accounts.access import Place
from yice.accounts.enums import Action, Line
from yice.accounts.models import User
from yice.areas import selectors as areas
from yice.areas.models import Area
from yice.audit.services import record
from yice.loop.identify.models import Finding
from yice.loop.supervise.figures import figures
from yice.loop.supervise.models import Report, ReportLine, TargetTally
from yice.loop.supervise.months import counted, standing
from yice.loop.supervise.targets.standing import stood
from yice.policy import selectors as policy
from yice.policy.models import InstalledPack
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message


def freeze_report(*, actor: User, area: str) -> Report:
    """Keep today's figures, the pack's hash, the lists leaned on and one line for each live finding."""
    access.require(actor, Action.REPORT_FREEZE, Place(area))
    place = areas.area_of(area)
    run = policy.last_run(area)
    if run is None:
        raise Problem(
            "report-without-run",
            Message("这个区域还没有筛查过，没有可固定的数字。"),
            fix=Message("请先运行一次筛查。"),
        )
    both = frozenset(Line)
    counted_on, targets = counted_targets(place)
    (
        standing(area, ()),
        stood(place),
    )  # whoever sees statistics only reads in the report what stood when it was frozen
    with transaction.atomic():
        made = Report.objects.create(
            area=area,
            as_of=clock.today(),
            pack_hash=run.pack.hash,
            pack_title=run.pack.title_zh,
            lists=_lists(run.snapshot.lists, run.pack),
            figures=counted(place, figures(both), both),
            targets=targets,
            counted_on=counted_on,
            previous=Report.objects.filter(area=area).order_by("-frozen_at", "-id").first(),
            frozen_at=clock.now(),
            frozen_by=actor,
        )
        _keep_lines(made, place.code, place.end)
        values = {"as_of": made.as_of.isoformat(), "pack": made.pack_hash}
        record(actor=actor, code="report.frozen", subject=made, area=area, values=values)
    return made


def counted_targets(place: Area) -> tuple[dt.date | None, dict[str, dict[str, list[int]]]]:
    """The targets of an area and of the places right below it, as its last run counted them."""
    run = policy.last_run(place.code)
    codes = [place.code, *areas.children(place.code).values_list("code", flat=True)]
    rows = TargetTally.objects.filter(run=run, area__in=codes).values_list("area", "numbers")
    return (run.as_of if run else None), dict(rows)


def _lists(lists: list[dict[str, object]], pack: InstalledPack) -> list[dict[str, object]]:
    """The receipts by month, whole ones only, with the titles they have in the pack."""
    plan = policy.plan(pack)
    return [
        {**item, "title": plan.lists[str(item["kind"])].title.zh}
        for item in sorted(lists, key=lambda item: (str(item["kind"]), str(item["month"])))
        if item["whole"] and str(item["kind"]) in plan.lists
    ]


def _keep_lines(report: Report, low: str, high: str) -> None:
    """One statement, however many findings."""
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO {ReportLine._meta.db_table} (report_id, person_id, finding_id, "group", kind, line, state,'  # noqa: S608
            f' hukou) SELECT %s, person_id, id, "group", kind, line, state, hukou FROM {Finding._meta.db_table}'
            " WHERE state <> 'closed' AND hukou >= %s AND hukou < %s ORDER BY id",
            [report.pk, low, high],
        )
