"""Assessments go where their people are, so that they come back as work of the right place."""

from __future__ import annotations

from django.db.models import F, OuterRef, Q, Subquery

from yice.areas.selectors import within
from yice.loop.assess.models import Assessment
from yice.loop.identify.models import Person
from yice.policy.models import ScreeningRun
from yice.policy.screening import Screened


def follow_run(run: ScreeningRun, screened: Screened) -> dict[str, int]:
    """The registry's consumer."""
    return {"assessments_moved": follow_moves(run.area)}


def follow_moves(area: str) -> int:
    """Those of `area` whose person moved, and those whose person moved into it."""
    now = Person.objects.filter(pk=OuterRef("person"))
    there = {name: Subquery(now.values(name)[:1]) for name in ("hukou", "residence")}
    away = ~Q(hukou=F("person__hukou")) | ~Q(residence=F("person__residence"))
    moved = 0
    for place in ("hukou", "person__hukou"):  # two queries, each by an index
        rows = Assessment.objects.filter(away, within(place, area)).order_by("id")
        moved += Assessment.objects.filter(pk__in=list(rows.values_list("pk", flat=True))).update(**there)
    return moved
