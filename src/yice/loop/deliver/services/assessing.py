"""An assessment made within a case: by the assessor it was handed to, an arbitration group, or entered for them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from yice.accounts.models import User
from yice.loop.assess.enums import AssessmentState
from yice.loop.assess.models import Assessment, Assessor
from yice.loop.assess.services.recording import write_assessment
from yice.loop.deliver.models import Case, OpenStep
from yice.loop.deliver.services.standing import as_whom, lock, people_of, require_step, service_of
from yice.loop.identify.models import Person
from yice.terms.errors import Problem
from yice.terms.messages import Message


def assess_in_case(
    *,
    actor: User,
    case: Case,
    step: str,
    key: str,
    assessor: Assessor | None = None,
    person: Person | None = None,
    on: dt.date | None = None,
    answers: Mapping[str, object] | None = None,
    score: int | None = None,
    findings: str = "",
    wishes: str = "",
) -> Assessment:
    """Record the assessment that a waiting step takes in; then `take_step`.

    Who has an account as an assessor assesses as themselves. A disputed assessment of the kind is thereby settled.
    """
    with transaction.atomic():
        row = lock(case)
        about = service_of(row).steps.get(step)
        waiting = OpenStep.objects.select_related("holder").filter(case=row, step=step).first()
        if about is None or about.assesses is None or waiting is None:
            raise Problem("no-assessment", Message("这一步现在不登记评估。"))
        require_step(actor, row, step)
        as_whom(actor, row, waiting)
        whom = person or next(iter(people_of(row)), None)
        if whom is None or whom.pk not in {one.pk for one in people_of(row)}:
            raise Problem("assess-whom", Message("请选择评估的是谁。"), field="person")
        by = assessor or Assessor.objects.filter(user=actor).order_by("-since").first()
        disputed = Assessment.objects.filter(
            person=whom, kind=about.assesses, state=AssessmentState.DISPUTED
        ).first()
        return write_assessment(
            actor=actor, person=whom, kind=about.assesses, key=key, assessor=by, on=on, answers=answers,
            score=score, findings=findings, wishes=wishes, settles=disputed,
        )  # fmt: skip
