"""Where a case goes: steps begin and are over, the case ends; every move is a record and an event."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from yice.accounts.enums import Role
from yice.accounts.models import User
from yice.accounts.offices import TIERS, role_of
from yice.areas.models import Tier
from yice.audit.services import record as tell
from yice.loop.deliver.enums import CaseState, RecordKind
from yice.loop.deliver.models import Case, OpenStep, StepOffice, StepRecord
from yice.loop.deliver.services.standing import on_to, service_of
from yice.loop.identify.services.needs import note_result
from yice.rules.services import GUESTS, OUTSIDE, Party, Service, Span, Step
from yice.terms import clock
from yice.terms.periods import Month
from yice.terms.workdays import add_working_days


def enter(
    case: Case, step: Step, missing: Iterable[str] = (), holder: User | None = None, *, sleeps: bool = True
) -> OpenStep | None:
    """Begin a step, unless it waits already or steps it comes after are still open. Not `sleeps`: it is to be taken
    at once, though it were to wait for a day."""
    if step.after and OpenStep.objects.filter(case=case, step__in=step.after).exists():
        return None
    waiting = OpenStep.objects.filter(case=case, step=step.id).first()
    if waiting is not None:
        return waiting
    today = clock.today()
    wakes = later(today, step.lasts) if step.lasts and sleeps else None
    begins = wakes or today
    tier = next((TIERS[one.tier] for one in (*step.who, *step.recorded_by) if one.tier), Tier.COUNTY)
    waiting = OpenStep.objects.create(
        case=case,
        step=step.id,
        area=case.area,
        tier=tier,
        holder=holder,
        entered_at=clock.now(),
        wakes_on=wakes,
        due_on=add_working_days(begins, step.within) if step.within is not None else None,
        missing=list(missing),
    )
    StepOffice.objects.bulk_create(
        StepOffice(
            open_step=waiting,
            office=str(one),
            role=role,
            records_for=records_for,
            area=case.area,
            wakes_on=wakes,
        )
        for one, role, records_for in _offices(step)
    )
    return waiting


def _offices(step: Step) -> list[tuple[Party, Role, str]]:
    """Who may take the step: those with posts; guests it is handed to; those who enter it for somebody outside."""
    outside = next((one for one in step.who if one.office in (*OUTSIDE, *GUESTS)), None)
    able = [(one, role_of(one), "") for one in step.who if one.office not in OUTSIDE]
    recording = [(one, role_of(one), str(outside or "")) for one in step.recorded_by]
    return [*able, *recording]


def go(case: Case, service: Service, targets: Iterable[str]) -> None:
    """On to the next steps, or to the end."""
    for name in targets:
        if name in service.ends:
            finish(case, name, service.ends[name].kind)
            return
        enter(case, service.steps[name])


def finish(case: Case, end: str, kind: str) -> None:
    """The case is over: nothing waits any more."""
    OpenStep.objects.filter(case=case).delete()
    case.state, case.end, case.end_kind, case.ended_on = CaseState.ENDED, end, kind, clock.today()
    if case.need_id is not None and not case.restricted:
        note_result(case.need_id, case.number, kind)


def later(day: dt.date, span: Span) -> dt.date:
    """The day after a span of working days, days or months."""
    if span.working_days:
        return add_working_days(day, span.working_days)
    if span.months:
        month = Month.of(day) + span.months
        return min(month.last, month.first + dt.timedelta(days=day.day - 1))
    return day + dt.timedelta(days=span.days)


def written(
    case: Case, actor: User | None, kind: RecordKind, *, step: str = "", key: str = "", **more: Any
) -> StepRecord:
    """Add a record, count the case's version on, save it, and tell the audit."""
    case.version += 1
    case.save()
    made = StepRecord.objects.create(
        case=case,
        kind=kind,
        step=step,
        version=case.version,
        key=key or None,
        at=clock.now(),
        by=actor,
        **more,
    )
    service = service_of(case)
    about = service.steps.get(step)
    outcome = about.outcomes.get(made.outcome) if about else None
    values = {
        "case": case.number,
        "service": service.title.zh,
        "step": about.title.zh if about else "",
        "outcome": outcome.says.zh if outcome else "",
        "note_given": bool(made.note),
        "next": "、".join(one.zh for one in on_to(service, made.went)),
        "to": "、".join(made.reasons) if kind == RecordKind.HANDED else "",
    }
    # A restricted case leaves nothing on the person's own timeline: only those it concerns read of it.
    subject = case if case.restricted or case.person is None else case.person
    tell(actor=actor, code=f"case.{kind}", subject=subject, area=case.area, values=values)
    return made
