"""Break the glass: three hours with one person out of reach, a reason, the supervisor told, and a review afterwards."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import Glass, User
from yice.audit import services as audit
from yice.terms.errors import Problem
from yice.terms.messages import Message

HOLDS = dt.timedelta(hours=3)
A_DAY = 5  # at most, of one account
REASON_AT_LEAST = 10


@transaction.atomic
def break_glass(*, actor: User, person: uuid.UUID, reason: str) -> Glass:
    """Open one person for three hours. Nothing can be done with it but read."""
    held = access.grants(actor, Action.GLASS_BREAK)
    access.require(actor, Action.GLASS_BREAK)
    if len(reason.strip()) < REASON_AT_LEAST:
        raise Problem("reason-missing", Message("请写明发生了什么，至少十个字。"), field="reason")
    now = timezone.now()
    User.objects.select_for_update().get(pk=actor.pk)
    if Glass.objects.filter(user=actor, opened_at__gt=now - dt.timedelta(days=1)).count() >= A_DAY:
        raise Problem(
            "glass-often",
            Message("一天最多紧急查看 {most} 人。", most=A_DAY),
            fix=Message("请联系上级业务人员一起办理。"),
        )
    made = Glass.objects.create(
        user=actor,
        person=person,
        area=held[0][0].area_id,
        reason=reason.strip()[:200],
        opened_at=now,
        until=now + HOLDS,
    )
    audit.record(actor=actor, code="glass.broken", area=made.area, values={"glass": str(made.uuid)})
    return made


def opened(actor: User, key: uuid.UUID) -> Glass:
    """One's own, while it holds; anything else reads as not there."""
    found = Glass.objects.filter(user=actor, uuid=key, until__gt=timezone.now()).first()
    if found is None:
        raise Problem("glass-not-found", Message("这次紧急查看已经结束，或者没有这一次。"))
    access.require(actor, Action.GLASS_BREAK)
    return found


def to_review(actor: User) -> QuerySet[Glass]:
    """Those of the area that nobody has judged yet, oldest first; one's own are another's to judge."""
    return _reviewable(actor).filter(reviewed_at=None).select_related("user").order_by("opened_at")


def reviewed(actor: User) -> QuerySet[Glass]:
    return (
        _reviewable(actor)
        .exclude(reviewed_at=None)
        .select_related("user", "reviewed_by")
        .order_by("-reviewed_at")
    )


@transaction.atomic
def review(*, actor: User, key: uuid.UUID, justified: bool, note: str) -> Glass:
    """Say whether it was justified, with a sentence; once."""
    found = to_review(actor).select_for_update(of=("self",)).filter(uuid=key).first()
    if found is None:
        raise Problem("glass-not-found", Message("没有这一次，或者已经复核过。"))
    if len(note.strip()) < 2:
        raise Problem("note-missing", Message("请写明复核的结论。"), field="note")
    found.reviewed_by, found.reviewed_at = actor, timezone.now()
    found.justified, found.note = justified, note.strip()[:200]
    found.save()
    code = "glass.justified" if justified else "glass.not_justified"
    audit.record(
        actor=actor,
        code=code,
        area=found.area,
        values={"who": found.user.name, "note": audit.words(found.note)},
    )
    return found


def forget(person: uuid.UUID) -> None:
    """Of somebody whose record was emptied nothing is told any more; that they were looked at stays counted."""
    Glass.objects.filter(person=person).update(reason="", note="")


def _reviewable(actor: User) -> QuerySet[Glass]:
    total = Q(pk__in=[])
    for low, high in access.ranges(actor, Action.GLASS_REVIEW):
        total |= Q(area__gte=low, area__lt=high)
    return Glass.objects.filter(total).exclude(user=actor)
