"""Which results hold, and whom to assess (again)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.loop.assess.enums import AssessmentState
from yice.loop.assess.models import Assessment, Assessor
from yice.loop.identify.models import Person
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message


def valid_assessment(person: Person, kind: str, day: dt.date | None = None) -> Assessment | None:
    """The assessment of this kind that holds on `day`; disputed, replaced and expired ones do not."""
    day = day or clock.today()
    rows = Assessment.objects.filter(person=person, kind=kind, state=AssessmentState.VALID, on__lte=day)
    return rows.filter(Q(valid_until=None) | Q(valid_until__gte=day)).order_by("-on", "-id").first()


@dataclass(frozen=True)
class ToAssess:
    """An assessment that ran out or soon will, or that is disputed."""

    assessment: Assessment
    person: Person
    why: str  # expired | expiring | disputed


def to_assess(actor: User, *, within_days: int = 30, limit: int = 200) -> list[ToAssess]:
    """Work that comes back: expired, expiring within so many days, disputed; the oldest first."""
    today = clock.today()
    soon = Q(state=AssessmentState.VALID, valid_until__lte=today + dt.timedelta(days=within_days))
    rows = Assessment.objects.filter(soon | Q(state__in=(AssessmentState.EXPIRED, AssessmentState.DISPUTED)))
    found = access.scope(actor, Action.ASSESSMENT_READ, rows.select_related("person"))
    return [
        ToAssess(one, one.person, _why(one, today)) for one in found.order_by("valid_until", "id")[:limit]
    ]


def _why(row: Assessment, today: dt.date) -> str:
    if row.state == AssessmentState.DISPUTED:
        return "disputed"
    past = row.valid_until is not None and row.valid_until < today
    return "expired" if past or row.state == AssessmentState.EXPIRED else "expiring"


def assessments(actor: User, person: Person) -> list[Assessment]:
    """Every assessment of a person that the actor may read, the newest first."""
    rows = Assessment.objects.filter(person=person).select_related("assessor", "recorded_by")
    return list(access.scope(actor, Action.ASSESSMENT_READ, rows).order_by("-on", "-id"))


def assessment(actor: User, assessment_uuid: UUID) -> Assessment:
    """One of them, else Problem "assessment-not-found"."""
    rows = Assessment.objects.select_related("person", "assessor")
    found = access.scope(actor, Action.ASSESSMENT_READ, rows).filter(uuid=assessment_uuid).first()
    if found is None:
        raise Problem("assessment-not-found", Message("没有这份评估，或不在您负责的范围内。"))
    return found


def assessors_on(area: str, kind: str, day: dt.date | None = None) -> list[Assessor]:
    """Those certified for `kind` on `day` in the area or above it."""
    day = day or clock.today()
    rows = (
        Assessor.objects.filter(since__lte=day)
        .filter(Q(until=None) | Q(until__gte=day))
        .order_by("name", "id")
    )
    prefixes = {area[:width].ljust(12, "0") for width in (2, 4, 6, 9, 12)}
    return [one for one in rows.filter(area__in=prefixes) if not one.kinds or kind in one.kinds]
