"""A plan is kept: progress, follow-up visits, the end."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction
from django.db.models import Model

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.audit.services import record
from yice.loop.identify.services.needs import number_of
from yice.loop.plan.enums import CloseReason, MeasureState, PlanState
from yice.loop.plan.models import HelpPlan, Measure, Progress, Review
from yice.loop.plan.selectors import plan_in_force
from yice.loop.plan.services.freshness import refuse_stale, refuse_unseen
from yice.loop.plan.services.groups import leave_all
from yice.loop.plan.services.summing import sum_up
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message
from yice.terms.periods import Month

REVIEW_SETTING, REVIEW_MONTHS = "review_months", 6  # 定期 without a number: a place's own setting


def record_progress(
    *,
    actor: User,
    plan: HelpPlan,
    measure: uuid.UUID,
    state: MeasureState,
    note: str = "",
    result: str = "",
    fen: int | None = None,
    seen: int | None = None,
) -> Progress:
    """Say how a measure of the plan stands. Whoever is responsible for it may, and whoever writes plans there.

    `seen` is the last progress that the page showed, 0 for none. Said again in the same words it adds nothing.
    """
    last = Measure.objects.filter(version__plan=plan, uuid=measure).order_by("-version__number").first()
    if last is None:
        raise Problem("measure-unknown", Message("方案里没有这项措施。"))
    if last.responsible_id != actor.pk:
        access.require(actor, Action.PLAN_WRITE, plan)
    if state == MeasureState.DONE and not result.strip():
        raise Problem("result-missing", Message("请写明实际结果。"), field="result")
    with transaction.atomic():
        HelpPlan.objects.select_for_update().get(pk=plan.pk)  # its sums are worked out by one at a time
        said = Progress.objects.filter(plan=plan, measure=measure).select_related("by")
        before = said.order_by("-id").first()
        if before is not None and _same(before, by=actor, state=state, note=note, result=result, fen=fen):
            return before
        refuse_unseen(before, seen)
        made = Progress.objects.create(
            plan=plan, measure=measure, state=state, note=note, result=result, fen=fen, on=clock.today(),
            at=clock.now(), by=actor,
        )  # fmt: skip
        sum_up(HelpPlan.objects.filter(pk=plan.pk))
        was = before.state if before else MeasureState.OPEN
        values = {"plan": plan.number, "was": was, "progress": state}
        record(actor=actor, code="plan.progress", subject=plan.person or plan, area=plan.hukou, values=values)
    return made


def review_plan(
    *,
    actor: User,
    plan: HelpPlan,
    effect: str,
    change: bool = False,
    on: dt.date | None = None,
    next_on: dt.date | None = None,
) -> Review:
    """Record a follow-up and set the next one: the day given, else after the place's interval. Sent again it adds nothing."""
    access.require(actor, Action.PLAN_READ, plan)
    access.require(actor, Action.VISIT_PLAN, plan)
    day = on or clock.today()
    if not effect.strip():
        raise Problem("effect-missing", Message("请写明效果。"), field="effect")
    if day > clock.today() or (next_on is not None and next_on <= day):
        raise Problem("review-days", Message("回访日期不对。"), field="on")
    with transaction.atomic():
        row = HelpPlan.objects.select_for_update(of=("self",)).select_related("person").get(pk=plan.pk)
        month = Month.of(day) + number_of(row.hukou, REVIEW_SETTING, REVIEW_MONTHS)
        due_on = next_on or min(month.last, month.first + dt.timedelta(days=day.day - 1))
        before = row.reviews.order_by("-id").first()
        told = {"version": row.version, "on": day, "effect": effect, "change": change, "by": actor}
        if before is not None and row.review_on == due_on and _same(before, **told):
            return before
        made = Review.objects.create(plan=row, due_on=row.review_on, at=clock.now(), **told)
        row.review_on = due_on
        row.save(update_fields=["review_on"])
        values = {"plan": row.number}
        record(actor=actor, code="plan.reviewed", subject=row.person or row, area=row.hukou, values=values)
    return made


def close_plan(
    *,
    actor: User,
    plan: HelpPlan,
    version: int,
    reason: CloseReason,
    satisfied: int | None = None,
    note: str = "",
) -> HelpPlan:
    """End a plan. Where its aims are met, the person says how satisfied they are, 1 to 5, and every measure is settled."""
    access.require(actor, Action.PLAN_WRITE, plan)
    with transaction.atomic():
        row = HelpPlan.objects.select_for_update(of=("self",)).select_related("person").get(pk=plan.pk)
        closed = _same(row, version=version, close_reason=reason, satisfied=satisfied)
        if row.state == PlanState.CLOSED and closed:
            return row
        refuse_stale(row, version)
        if reason == CloseReason.MET:
            if satisfied is None or not 1 <= satisfied <= 5:
                raise Problem(
                    "satisfied-missing", Message("请登记本人的满意度，1 到 5 分。"), field="satisfied"
                )
            if _unsettled(row):
                raise Problem("measures-open", Message("还有措施没有落实，也没有说明不再需要。"))
        row.state, row.closed_on, row.close_reason = PlanState.CLOSED, clock.today(), reason
        row.satisfied, row.review_on = satisfied, None
        row.save()
        for one in row.people():
            if plan_in_force(one) is not None:  # the household's, or the person's own, goes on
                continue
            leave_all(one, {"code": "plan_closed", "reason": reason})
        values = {"plan": row.number, "reason": reason}
        record(actor=actor, code="plan.closed", subject=row.person or row, area=row.hukou, values=values)
    return row


def _same(row: Model, **said: object) -> bool:
    """Whether what was put down says just this: a second click, or a request sent again."""
    return all(getattr(row, name) == value for name, value in said.items())


def _unsettled(plan: HelpPlan) -> bool:
    measures = Measure.objects.filter(version__plan=plan, version__number=plan.version).order_by("id")
    for one in measures.values_list("uuid", flat=True):
        last = Progress.objects.filter(plan=plan, measure=one).order_by("-id").first()
        if last is None or last.state not in (MeasureState.DONE, MeasureState.DROPPED):
            return True
    return False
