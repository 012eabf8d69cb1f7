"""An area's figures as readers of statistics see them: counted once in a month, and standing still until it is over."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from yice.accounts.enums import Line
from yice.accounts.rows import beyond
from yice.areas.models import Area
from yice.loop.identify.models import Finding, Person
from yice.loop.supervise.figures import Figure, by_village, figures
from yice.loop.supervise.models import MonthFigures
from yice.terms import clock


@beyond()  # numbers only, of an area that was asked for
def counted(area: Area, named: list[Figure], lines: frozenset[Line]) -> dict[str, dict[str, int]]:
    """Hukou code → figure → persons in the area, now."""
    people = Person.objects.filter(hukou__gte=area.code, hukou__lt=area.end, removed_on=None)
    findings = Finding.objects.filter(hukou__gte=area.code, hukou__lt=area.end, line__in=sorted(lines))
    return by_village(people, findings, named)


def months(area: Area, lines: frozenset[Line], until: dt.date) -> list[MonthFigures]:
    """What readers of statistics were shown month by month up to a day; up to today, this month's is among them."""
    if until == clock.today():
        keep_month(area=area, lines=lines)
    return list(MonthFigures.objects.filter(**_of(area, lines), counted_on__lte=until).order_by("month"))


@transaction.atomic
def keep_month(*, area: Area, lines: frozenset[Line]) -> None:
    """Count this month's figures, unless somebody asked before: of two at once, the first counts. Nobody's act, so no
    actor and no event: the figures follow from what is on record, as a cache does."""
    day = clock.today()
    of = {**_of(area, lines), "month": day.replace(day=1)}
    if not MonthFigures.objects.filter(**of).exists():
        made = {"counted_on": day, "figures": counted(area, figures(lines), lines)}
        MonthFigures.objects.get_or_create(**of, defaults=made)


def _of(area: Area, lines: frozenset[Line]) -> dict[str, str]:
    return {"area": area.code, "lines": ",".join(sorted(lines))}
