"""An assessment is recorded, disputed, replaced by a final opinion, and expires; it is never changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.audit.services import record
from yice.loop.assess.enums import AssessmentState
from yice.loop.assess.models import Assessment, Assessor
from yice.loop.assess.scoring import score as worked_out
from yice.loop.assess.services.certifying import certified
from yice.loop.identify.models import Person
from yice.loop.identify.services import taking
from yice.loop.identify.services.ties import refuse_kin
from yice.policy import selectors as policy
from yice.policy.models import InstalledPack
from yice.rules.services import Scale
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message
from yice.terms.once import require_same
from yice.terms.periods import Month


def record_assessment(
    *,
    actor: User,
    person: Person,
    kind: str,
    key: str,
    assessor: Assessor | None = None,
    on: dt.date | None = None,
    answers: Mapping[str, object] | None = None,
    score: int | None = None,
    findings: str = "",
    wishes: str = "",
    settles: Assessment | None = None,
) -> Assessment:
    """Record an assessment of `kind` (a scale of the plan) made on `on` by `assessor`.

    A scale that asks for a certificate refuses without one that holds on that day. An earlier valid one of the kind
    is replaced; one of a day before the one that stands is kept beside it and replaces nothing. `settles` is a
    disputed one of the kind: this is then the final opinion on it.
    """
    access.require(actor, Action.ASSESSMENT_RECORD, person)
    return write_assessment(
        actor=actor, person=person, kind=kind, key=key, assessor=assessor, on=on, answers=answers, score=score,
        findings=findings, wishes=wishes, settles=settles,
    )  # fmt: skip


def write_assessment(
    *,
    actor: User,
    person: Person,
    kind: str,
    key: str,
    assessor: Assessor | None,
    on: dt.date | None,
    answers: Mapping[str, object] | None,
    score: int | None,
    findings: str,
    wishes: str,
    settles: Assessment | None,
) -> Assessment:
    """`record_assessment` for callers that have authorised it themselves: a case whose step it is."""
    refuse_kin(actor, person)
    day = on or clock.today()
    if day > clock.today():
        raise Problem("date-future", Message("评估日期在今天之后。"), field="on")
    scale, pack_hash = _scale(person, kind)
    if scale.certified and (assessor is None or not certified(assessor, kind, day)):
        raise Problem(
            "not-certified",
            Message("评估人员在评估当天没有有效的资格。"),
            why=Message("依据：{clause}", clause=scale.clause),
            field="assessor",
        )
    if assessor is not None and assessor.user is not None:
        refuse_kin(assessor.user, person)
    disputed = (AssessmentState.DISPUTED, person.pk, kind)
    if settles is not None and (settles.state, settles.person_id, settles.kind) != disputed:
        raise Problem("not-disputed", Message("这份评估没有争议，不需要最终意见。"))
    if settles is not None and assessor is not None and settles.assessor_id == assessor.pk:
        raise Problem("same-assessor", Message("最终意见不能由原评估人员作出。"), field="assessor")
    found = worked_out(scale, answers or {}, score)
    with transaction.atomic():
        before = Assessment.objects.filter(key=key).first()
        if before is not None:
            taken = (before.person_id, before.kind, before.on, before.answers, before.recorded_by_id)
            require_same(taken, (person.pk, kind, day, found.answers, actor.pk))
            return before
        person = Person.objects.select_for_update().get(pk=person.pk)
        if settles is None:
            _refuse_around_dispute(person, kind)
        old = settles or _standing(person, kind)
        late = settles is None and old is not None and day < old.on  # written down after a newer one
        if old is not None and not late:
            if old.final and old.on == day:
                raise Problem("assessment-final", Message("已有最终意见，当天不能再评。"))
            old.state = AssessmentState.REPLACED
            old.save(update_fields=["state"])
        made = Assessment.objects.create(
            person=person,
            state=AssessmentState.REPLACED if late else AssessmentState.VALID,
            hukou=person.hukou,
            residence=person.residence,
            kind=kind,
            assessor=assessor,
            on=day,
            answers=found.answers,
            score=found.score,
            band=found.band.id if found.band else "",
            findings=findings,
            wishes=wishes,
            valid_until=_until(day, scale.expires_months),
            final=settles is not None,
            replaces=None if late else old,
            pack_hash=pack_hash,
            key=key,
            recorded_by=actor,
            recorded_at=clock.now(),
        )
        values = {
            "scale": scale.title.zh,
            "band": found.band.says.zh if found.band else "",
            "assessment": kind,
        }
        code = "assessment.settled" if settles is not None else "assessment.recorded"
        record(actor=actor, code=code, subject=person, area=person.hukou, values=values)
    return made


def dispute_assessment(*, actor: User, assessment: Assessment, grounds: str) -> Assessment:
    """The person objects: it no longer counts until a final opinion. A final opinion is not disputed again."""
    access.require(actor, Action.ASSESSMENT_RECORD, assessment)
    if not grounds.strip():
        raise Problem("reason-missing", Message("请写明异议的理由。"), field="grounds")
    with transaction.atomic():
        row = (
            Assessment.objects.select_for_update(of=("self",)).select_related("person").get(pk=assessment.pk)
        )
        if row.state == AssessmentState.DISPUTED:
            return row
        if row.final or row.state != AssessmentState.VALID:
            raise Problem("assessment-final", Message("最终意见和已失效的评估不能再提异议。"))
        row.state = AssessmentState.DISPUTED
        row.save(update_fields=["state"])
        scale, _ = _scale(row.person, row.kind)
        values = {"scale": scale.title.zh, "grounds_given": True}
        record(
            actor=actor, code="assessment.disputed", subject=row.person, area=row.person.hukou, values=values
        )
    return row


def expire_assessments(today: dt.date) -> int:
    """Mark what is past its last day: it blocks what rests on it and comes back as work (`selectors.to_assess`)."""
    late = Assessment.objects.filter(state=AssessmentState.VALID, valid_until__lt=today).order_by("id")
    for row in late.select_related("person"):
        with transaction.atomic():
            done = Assessment.objects.filter(pk=row.pk, state=AssessmentState.VALID).update(
                state=AssessmentState.EXPIRED
            )
            if done:
                values = {"scale": row.kind}
                record(
                    actor=None,
                    code="assessment.expired",
                    subject=row.person,
                    area=row.person.hukou,
                    values=values,
                )
    return Assessment.objects.filter(state=AssessmentState.EXPIRED, valid_until__lt=today).count()


def _scale(person: Person, kind: str) -> tuple[Scale, str]:
    plan = taking.plan_of(person)
    scale = plan.scales.get(kind)
    if scale is None:
        raise Problem("scale-unknown", Message("这个地方的策略包里没有这种评估。"), field="kind")
    pack: InstalledPack | None = policy.pack_for(person.hukou)
    return scale, pack.hash if pack else plan.hash


def _refuse_around_dispute(person: Person, kind: str) -> None:
    """What somebody objected to is settled by the final opinion, not by assessing once more."""
    if Assessment.objects.filter(person=person, kind=kind, state=AssessmentState.DISPUTED).exists():
        raise Problem(
            "assessment-disputed",
            Message("上一次评估有异议，还没有最终意见。"),
            fix=Message("请由另一名评估人员作出最终意见。"),
        )


def _standing(person: Person, kind: str) -> Assessment | None:
    rows = Assessment.objects.filter(
        person=person, kind=kind, state__in=(AssessmentState.VALID, AssessmentState.EXPIRED)
    )
    return rows.order_by("-on", "-id").first()


def _until(day: dt.date, months: int | None) -> dt.date | None:
    """The last day it counts: the day before its anniversary."""
    if months is None:
        return None
    month = Month.of(day) + months
    return min(month.last, month.first + dt.timedelta(days=day.day - 1)) - dt.timedelta(days=1)
