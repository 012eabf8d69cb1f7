"""Which cases somebody may read: those of their area; those that reached their office; those in their hands."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.accounts.offices import GUEST_ROLES, offices_of
from yice.loop.deliver.models import Case, OpenStep, StepOffice, StepRecord
from yice.loop.deliver.offices import held_posts


def readable(actor: User) -> QuerySet[Case]:
    """Every case `actor` may read.

    CASE_READ opens the area's cases, but restricted ones only to those whose step they are or were. With CASE_STEP
    alone one reads the cases that wait at one's own office or that one worked on; a guest those in their hands, and no
    longer than they are.
    """
    mine = Q(Exists(OpenStep.objects.filter(case=OuterRef("pk"), holder=actor)))
    if any(post.role not in GUEST_ROLES for post in actor.posts_on()):
        mine |= Q(Exists(StepRecord.objects.filter(case=OuterRef("pk"), by=actor)))
    area = access.condition(actor, Action.CASE_READ, Case.ACCESS) & Q(restricted=False)
    at = StepOffice.objects.filter(open_step__case=OuterRef("pk")).filter(waiting_at(actor))
    return Case.objects.filter(area | mine | Q(Exists(at)))


def cases_of_others(actor: User) -> Q:
    """Of the record: what was done in cases that the actor may not read. An event names its case where it may not
    name the person."""
    mine = Exists(readable(actor).filter(uuid=OuterRef("subject_id")))
    return Q(subject_type=Case._meta.label_lower) & ~Q(mine)


def waiting_at(actor: User) -> Q:
    """The condition on StepOffice: offices that the actor's posts of the day hold, own or covered."""
    total = Q(pk__in=[])
    for held in held_posts(actor):
        post = held.post
        if post.role in GUEST_ROLES:
            who = held.covering or actor
            total |= Q(open_step__holder=who, role=post.role)
            continue
        total |= Q(
            role=post.role, office__in=offices_of(post), area__gte=post.area.code, area__lt=post.area.end
        )
    return total
