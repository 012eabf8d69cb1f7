"""Plans as they stand, within the actor's scope."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, Q

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.loop.identify.models import Person
from yice.loop.plan.enums import MeasureState, PlanState
from yice.loop.plan.models import HelpPlan, Measure, PlanVersion, Progress
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message


def plan_in_force(person: Person) -> HelpPlan | None:
    """The person's own plan that is signed and in force, else that of the household."""
    own = Q(person=person)
    if person.household_id is not None:
        own |= Q(household_id=person.household_id)
    return (
        HelpPlan.objects.filter(own, state=PlanState.IN_FORCE)
        .order_by(F("household_id").asc(nulls_first=True), "id")
        .first()
    )


@dataclass(frozen=True)
class MeasureRow:
    measure: Measure
    state: MeasureState
    last: Progress | None
    overdue: bool


@dataclass(frozen=True)
class PlanView:
    """The last version, or the one asked for, with how each measure stands."""

    plan: HelpPlan
    version: PlanVersion
    in_force: PlanVersion | None  # the last one that was signed
    measures: list[MeasureRow]


def plan(actor: User, plan_uuid: UUID) -> HelpPlan:
    """A plan the actor may read, else Problem "plan-not-found"."""
    rows = HelpPlan.objects.select_related("person", "household")
    found = access.scope(actor, Action.PLAN_READ, rows).filter(uuid=plan_uuid).first()
    if found is None:
        raise Problem("plan-not-found", Message("没有这份方案，或不在您负责的范围内。"))
    return found


def view(actor: User, plan_uuid: UUID, number: int | None = None) -> PlanView:
    row = plan(actor, plan_uuid)
    versions = row.versions.select_related("made_by", "determination")
    shown = versions.filter(number=number or row.version).first()
    if shown is None:
        raise Problem("plan-not-found", Message("没有这一版方案。"))
    signed = row.versions.filter(signed_on__isnull=False).order_by("-number").first()
    last: dict[UUID, Progress] = {}
    for one in row.progress.select_related("by").order_by("id"):
        last[one.measure] = one
    measures = [
        _measure(one, last.get(one.uuid))
        for one in shown.measures.select_related("responsible", "need").order_by("by", "id")
    ]
    return PlanView(row, shown, signed, measures)


def _measure(row: Measure, last: Progress | None) -> MeasureRow:
    state = MeasureState(last.state) if last else MeasureState.OPEN
    settled = state in (MeasureState.DONE, MeasureState.DROPPED)
    return MeasureRow(row, state, last, not settled and row.by < clock.today())


def plans_of(actor: User, person: Person) -> list[HelpPlan]:
    """Every plan of a person and of their household, open ones first."""
    own = Q(person=person)
    if person.household_id is not None:
        own |= Q(household_id=person.household_id)
    rows = access.scope(actor, Action.PLAN_READ, HelpPlan.objects.filter(own))
    return sorted(rows.order_by("-id"), key=lambda row: row.state == PlanState.CLOSED)


def to_review(actor: User, *, until: dt.date | None = None, limit: int = 200) -> list[HelpPlan]:
    """Plans whose follow-up is due by `until` (today), the longest overdue first."""
    rows = HelpPlan.objects.filter(state=PlanState.IN_FORCE, review_on__lte=until or clock.today())
    found = access.scope(actor, Action.PLAN_READ, rows.select_related("person", "household"))
    return list(found.order_by("review_on", "id")[:limit])
