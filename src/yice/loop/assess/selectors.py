"""Which results hold, and whom to assess (again)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.loop.assess.enums import AssessmentState
from yice.loop.assess.models import Assessment, Assessor, Determination
from yice.loop.identify.models import Person
from yice.policy import selectors as policy
from yice.rules.services import Scale, Service, Step
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
    found = _due(actor, within_days).select_related("person")
    return [
        ToAssess(one, one.person, _why(one, today)) for one in found.order_by("valid_until", "id")[:limit]
    ]


def _due(actor: User, within_days: int) -> QuerySet[Assessment]:
    soon = Q(state=AssessmentState.VALID, valid_until__lte=clock.today() + dt.timedelta(days=within_days))
    back = soon | Q(state__in=(AssessmentState.EXPIRED, AssessmentState.DISPUTED))
    # By its own place, which an index finds; a copy that lags behind a move shows nobody who is out of reach.
    here = access.condition(actor, Action.ASSESSMENT_READ, Assessment.WORK)
    return access.scope(actor, Action.ASSESSMENT_READ, Assessment.objects.filter(back, here))


def _why(row: Assessment, today: dt.date) -> str:
    if row.state == AssessmentState.DISPUTED:
        return "disputed"
    past = row.valid_until is not None and row.valid_until < today
    return "expired" if past or row.state == AssessmentState.EXPIRED else "expiring"


def in_dispute(person: Person, kind: str) -> bool:
    """Whether an assessment of this kind waits for a final opinion."""
    return Assessment.objects.filter(person=person, kind=kind, state=AssessmentState.DISPUTED).exists()


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


def scales_of(person: Person) -> dict[str, Scale]:
    """The ways of assessing that the plan of the person's place knows; none where no plan is in force."""
    pack = policy.pack_for(person.hukou)
    return dict(policy.plan(pack).scales) if pack else {}


def scale_of(row: Assessment) -> Scale | None:
    """The scale by which it was made, while the place's plan still knows it."""
    return scales_of(row.person).get(row.kind)


@dataclass(frozen=True)
class DisputePath:
    """Where a service takes a dispute over this kind of assessment."""

    service: Service
    step: Step


def dispute_paths(person: Person, kind: str) -> list[DisputePath]:
    """By the pack: the steps that a dispute over an assessment of this kind leads to."""
    pack = policy.pack_for(person.hukou)
    found = []
    for service in policy.plan(pack).services.values() if pack else ():
        for step in service.steps.values():
            if step.assesses != kind:
                continue
            disputes = (one for one in step.outcomes.values() if one.kind == "dispute")
            found += [
                DisputePath(service, service.steps[name])
                for one in disputes
                for name in one.next
                if name in service.steps
            ]
    return found


def tally(actor: User, within_days: int = 30) -> int:
    """How many assessments come back as work: one query."""
    return _due(actor, within_days).count()


def determinations(actor: User, person: Person) -> list[Determination]:
    """Comprehensive conclusions about a person, the newest first."""
    rows = Determination.objects.filter(person=person).select_related("by")
    return list(access.scope(actor, Action.ASSESSMENT_READ, rows).order_by("-on", "-id"))


def assessors(actor: User) -> list[Assessor]:
    """Everybody certified within the area that the actor manages, those whose certificate holds first."""
    rows = access.scope(actor, Action.ASSESSOR_MANAGE, Assessor.objects.all()).order_by("name", "id")
    today = clock.today()
    return sorted(rows, key=lambda row: row.until is not None and row.until < today)
