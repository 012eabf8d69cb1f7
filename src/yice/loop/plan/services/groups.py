"""Groups of help are entered and left as facts change, with the reason; what cannot be told changes nothing."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from yice.areas.selectors import within
from yice.audit.services import record
from yice.identifiers.division import upper_bound
from yice.loop.identify.models import Person
from yice.loop.identify.services import taking
from yice.loop.plan.enums import PlanState
from yice.loop.plan.models import GroupStay, HelpPlan
from yice.policy.models import ScreeningRun
from yice.policy.screening import Screened
from yice.policy.words import text
from yice.rules.bits import unpack
from yice.rules.kernel.screening import Decision
from yice.rules.model import Plan
from yice.terms import clock


def update_groups(person: Person) -> tuple[list[str], list[str]]:
    """Bring the groups of `person` up to today's facts; gives those entered and those left.

    A group is entered when the rules say yes and left when they say no. "Cannot tell" is neither.
    """
    screened = taking.screened_now([person.pk], person)
    if screened is None or not len(screened.keys):
        return [], []
    decided = {one.group: one for one in screened.screening.decide(0)}
    return apply_groups(person, decided, screened.plan, screened.pack.hash)


def follow_run(run: ScreeningRun, screened: Screened) -> dict[str, int]:
    """A screening run moves everybody of its area who has a plan: what the rules now say is entered or left.

    Only those whose statuses differ from where they stand are looked at one by one.
    """
    here = Q(hukou__gte=run.area, hukou__lt=upper_bound(run.area))
    moved_plans = follow_moves(run.area)
    if screened.ended:
        return {"groups_entered": 0, "groups_left": 0, "plans_moved": moved_plans}
    live = HelpPlan.objects.filter(state=PlanState.IN_FORCE)
    planned = Q(pk__in=live.values("person")) | Q(household__in=live.values("household"))
    found = {one.pk: one for one in Person.objects.filter(here & planned).order_by("id")}
    stays: dict[int, set[str]] = defaultdict(set)
    for person, group in GroupStay.objects.filter(person__in=found, left_on=None).values_list(
        "person", "group"
    ):
        stays[person].add(group)
    keys = np.array(sorted(set(found) & set(screened.keys.tolist())), np.int64)
    rows = np.searchsorted(screened.keys, keys)
    moved: set[int] = set()
    for group in screened.screening.groups:
        inside = np.array([group in stays[key] for key in keys.tolist()], bool)
        count = len(screened.keys)
        yes = unpack(screened.screening.eligible(group), count).astype(bool)[rows]
        no = unpack(screened.screening.ineligible(group), count).astype(bool)[rows]
        moved |= set(keys[(yes & ~inside) | (no & inside)].tolist())
    counts = [0, 0]
    for key, row in zip(keys.tolist(), rows.tolist(), strict=True):
        if key in moved or not stays[key] <= set(screened.plan.groups):
            decided = {one.group: one for one in screened.screening.decide(row)}
            entered, left = apply_groups(found[key], decided, screened.plan, screened.pack.hash)
            counts[0] += len(entered)
            counts[1] += len(left)
    return {"groups_entered": counts[0], "groups_left": counts[1], "plans_moved": moved_plans}


def follow_moves(area: str) -> int:
    """Live plans of `area`, and of whoever is there now, go where their people are: the person, or the first of the
    household."""
    first = Person.objects.filter(household=OuterRef("household"), removed_on=None).order_by("id")
    live = HelpPlan.objects.exclude(state=PlanState.CLOSED).annotate(
        hukou_now=Coalesce("person__hukou", Subquery(first.values("hukou")[:1])),
        residence_now=Coalesce("person__residence", Subquery(first.values("residence")[:1])),
    )
    away = Q(hukou_now__isnull=False) & (~Q(hukou=F("hukou_now")) | ~Q(residence=F("residence_now")))
    moved = 0
    for place in ("hukou", "person__hukou"):  # two queries, each by an index
        rows = live.filter(away, within(place, area)).order_by("id")
        for pk, hukou, residence in list(rows.values_list("pk", "hukou_now", "residence_now")):
            moved += HelpPlan.objects.filter(pk=pk).update(hukou=hukou, residence=residence)
    return moved


def apply_groups(
    person: Person, decided: dict[str, Decision], plan: Plan, pack_hash: str
) -> tuple[list[str], list[str]]:
    """As `update_groups`, for statuses that are known already."""
    entered, left = [], []
    with transaction.atomic():
        stays = {
            row.group: row
            for row in GroupStay.objects.select_for_update()
            .filter(person=person, left_on=None)
            .order_by("id")
        }
        for name, one in decided.items():
            if one.status == "eligible" and name not in stays:
                GroupStay.objects.create(
                    person=person, group=name, pack_hash=pack_hash, entered_on=clock.today(),
                    entered_why={"code": "rules", "clause": plan.groups[name].clause},
                )  # fmt: skip
                entered.append(name)
            elif one.status == "ineligible" and name in stays:
                _leave(stays[name], {"code": "rules", "failed": list(one.failed), "pack": pack_hash})
                left.append(name)
        for name, row in stays.items():
            if name not in plan.groups:
                _leave(row, {"code": "plan_changed"})
                left.append(name)
        for code, names in (("group.entered", entered), ("group.left", left)):
            for name in names:
                title = text(plan.groups[name].title) if name in plan.groups else name
                values = {"group": title, "id": name}
                record(actor=None, code=code, subject=person, area=person.hukou, values=values)
    return entered, left


def leave_all(person: Person, why: dict[str, Any]) -> None:
    """Out of every group: the plan was closed, the person died or moved."""
    for row in GroupStay.objects.filter(person=person, left_on=None).order_by("id"):
        _leave(row, why)


def _leave(row: GroupStay, why: dict[str, Any]) -> None:
    row.left_on, row.left_why = clock.today(), why
    row.save(update_fields=["left_on", "left_why"])
