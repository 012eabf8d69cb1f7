"""The comprehensive determination: policy by the kernel, professional by assessments, conclusion by a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.audit.services import record
from yice.loop.assess.enums import AssessmentState
from yice.loop.assess.models import Assessment, Determination
from yice.loop.identify.models import Person
from yice.loop.identify.services import taking
from yice.loop.identify.services.ties import refuse_kin
from yice.rules.services import NEEDS
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message
from yice.terms.once import require_same


def determine(
    *,
    actor: User,
    person: Person,
    conclusion: str,
    needs: Sequence[str],
    key: str,
    valid_until: dt.date | None = None,
) -> Determination:
    """Draw the conclusion. The statuses of every group today and all valid assessments are kept beside it."""
    access.require(actor, Action.ASSESSMENT_RECORD, person)
    refuse_kin(actor, person)
    if not conclusion.strip():
        raise Problem("conclusion-missing", Message("请写明综合认定的结论。"), field="conclusion")
    if any(one not in NEEDS for one in needs):
        raise Problem("need-kind", Message("没有这一类需求。"), field="needs")
    screened = taking.screened_now([person.pk], person)
    with transaction.atomic():
        before = Determination.objects.filter(key=key).first()
        if before is not None:
            sent = (person.pk, conclusion, actor.pk)
            require_same((before.person_id, before.conclusion, before.by_id), sent)
            return before
        made = Determination.objects.create(
            person=person,
            on=clock.today(),
            statuses={one.group: one.status for one in screened.screening.decide(0)}
            if screened is not None and len(screened.keys)
            else {},
            pack_hash=screened.pack.hash if screened is not None else "",
            needs=list(needs),
            conclusion=conclusion,
            valid_until=valid_until,
            key=key,
            by=actor,
            at=clock.now(),
        )
        made.assessments.set(
            Assessment.objects.filter(person=person, state=AssessmentState.VALID).order_by("id")
        )
        values = {"count": len(needs), "needs": list(needs)}
        record(actor=actor, code="assessment.determined", subject=person, area=person.hukou, values=values)
    return made
