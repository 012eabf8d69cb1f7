"""Which cases somebody may read: those of their area; those that reached their office; those in their hands."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef, Q, QuerySet

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import Post, User
from yice.accounts.offices import GUEST_ROLES, offices_of
from yice.loop.deliver.enums import RecordKind
from yice.loop.deliver.models import Case, StepOffice, StepRecord
from yice.loop.deliver.offices import held_posts
from yice.terms import clock


def readable(actor: User) -> QuerySet[Case]:
    """Every case `actor` may read.

    CASE_READ opens the area's cases, but restricted ones only to those whose step they are or were. With CASE_STEP
    alone one reads the cases that wait at one's own office or that one worked on there; a guest those in their hands,
    and no longer than they are. A post that is over takes what was worked on from it along.
    """
    return Case.objects.filter(_at_work(actor) | _waiting(guest_hands_of(actor)))


def read_whole(actor: User, case: Case) -> bool:
    """Whether somebody reads the case as the house does, not as a guest with a step of it in their hands."""
    return Case.objects.filter(_at_work(actor), pk=case.pk).exists()


def _at_work(actor: User) -> Q:
    area = access.condition(actor, Action.CASE_READ, Case.ACCESS) & Q(restricted=False)
    return area | _worked(actor) | _waiting(_at_offices(actor))


def _waiting(at: Q) -> Q:
    return Q(Exists(StepOffice.objects.filter(open_step__case=OuterRef("pk")).filter(at)))


def _worked(actor: User) -> Q:
    """Cases in which the actor did something by an office that they hold still. A window elsewhere keeps what it took."""
    done = StepRecord.objects.filter(case=OuterRef("pk"), by=actor)
    moved_on = done.filter(office="").exclude(kind=RecordKind.OPENED)
    found = access.condition(actor, Action.CASE_STEP, Case.ACCESS) & Q(Exists(moved_on))
    for held in held_posts(actor):
        if held.post.role not in GUEST_ROLES:
            here = Q(area__gte=held.post.area.code, area__lt=held.post.area.end)
            found |= here & Q(Exists(done.filter(office__in=offices_of(held.post))))
    for post, _grant in access.grants(actor, Action.CASE_OPEN):
        taken = done.filter(kind=RecordKind.OPENED)
        found |= Q(Exists(taken.filter(at__gte=_first(post)) if post.since else taken))
    return found


def _first(post: Post) -> dt.datetime:
    assert post.since is not None  # noqa: S101 - asked by the caller
    return dt.datetime.combine(post.since, dt.time(), tzinfo=clock.BEIJING)


def cases_of_others(actor: User) -> Q:
    """Of the record: what was done in cases that the actor may not read. An event names its case where it may not
    name the person."""
    mine = Exists(readable(actor).filter(uuid=OuterRef("subject_id")))
    return Q(subject_type=Case._meta.label_lower) & ~Q(mine)


def waiting_at(actor: User) -> Q:
    """The condition on StepOffice: offices that the actor's posts of the day hold, own or covered."""
    return _at_offices(actor) | guest_hands_of(actor)


def _at_offices(actor: User) -> Q:
    total = Q(pk__in=[])
    for held in held_posts(actor):
        post = held.post
        if post.role not in GUEST_ROLES:
            here = Q(area__gte=post.area.code, area__lt=post.area.end)
            total |= here & Q(role=post.role, office__in=offices_of(post))
    return total


def guest_hands_of(actor: User) -> Q:
    """The condition on StepOffice: steps in the actor's hands by a post of a guest that they hold still."""
    total = Q(pk__in=[])
    for held in held_posts(actor):
        post = held.post
        if post.role in GUEST_ROLES:
            here = Q(area__gte=post.area.code, area__lt=post.area.end)
            total |= here & Q(open_step__holder=actor, role=post.role)
    return total
