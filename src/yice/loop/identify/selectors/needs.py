"""Needs that wait for an answer, within what the actor may read."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet

from yice.accounts import access
from yice.accounts.enums import Action, Role
from yice.accounts.models import Post, User
from yice.accounts.offices import offices_of
from yice.loop.identify.enums import NeedState
from yice.loop.identify.models import Need, NeedStep, NeedVoice, Person
from yice.loop.identify.models.needs import CLIMBED
from yice.loop.identify.services.ties import is_kin
from yice.terms import clock
from yice.terms.workdays import working_days_between

# Those who look after everybody of their area; a department, and an office above, reads what was sent to it.
WHOLE = (Role.VILLAGE_COMMISSIONER, Role.TOWNSHIP_CLERK, Role.COUNTY_FEDERATION)
_WORK = [role.value for role in Role if Action.NEED_HANDLE in access.POLICY[role]]
MOST = 100
# To whom the overdue climb, tier by tier.
CHASES = (Role.TOWNSHIP_CLERK, Role.COUNTY_FEDERATION, Role.FEDERATION_ABOVE)


def readable(actor: User) -> QuerySet[Need]:
    """The needs of the area, or of a department those sent to its office; one's own there, and what climbed up."""
    total = Q(owner=actor) & access.condition(actor, Action.NEED_READ, Need.ACCESS) | _climbed(actor)
    for post, grant in access.grants(actor, Action.NEED_READ):
        sent = Q() if post.role in WHOLE else Q(office__in=offices_of(post))
        total |= _here(post, grant) & sent
    return Need.objects.filter(total)


def _here(post: Post, grant: access.Grant) -> Q:
    found = Q(pk__in=[])
    for path in Need.ACCESS.paths(grant.basis):
        found |= Q(**{f"{path}__gte": post.area.code, f"{path}__lt": post.area.end})
    return found


def _climbed(actor: User) -> Q:
    """What is overdue and came up to the federation that the actor works for, or went on from there."""
    found = Q(pk__in=[])
    for post, grant in access.grants(actor, Action.NEED_READ):
        if post.role in CHASES:
            found |= _here(post, grant) & CLIMBED & Q(tier__lte=post.area.lowest_tier)
    return found


def _left(owners: set[int]) -> set[int]:
    """Those of them who work here no more: closed accounts, posts whose time has passed."""
    today = clock.today()
    on = Q(since=None) | Q(since__lte=today), Q(until=None) | Q(until__gte=today)
    at_work = Post.objects.filter(*on, user__in=owners, user__is_active=True)
    return owners - set(at_work.values_list("user", flat=True)) if owners else set()


def _adrift(rows: QuerySet[Need]) -> QuerySet[Need]:
    """Open ones of `rows` in nobody's hands: never in any, or in those of somebody who has left."""
    still = rows.exclude(state=NeedState.CLOSED)
    owners = still.exclude(owner=None).order_by().values_list("owner", flat=True).distinct()
    return still.filter(Q(owner=None) | Q(owner__in=_left(set(owners))))


@dataclass(frozen=True)
class NeedFilters:
    """Narrow a list of needs; empty fields leave it as it is."""

    kind: str = ""
    state: str = "waiting"  # waiting | open | in_hand | closed | "" for all
    overdue: bool = False
    mine: bool = False
    climbed: bool = False  # overdue, and come up to the actor's tier
    adrift: bool = False  # in nobody's hands


def waiting(actor: User, filters: NeedFilters | None = None) -> QuerySet[Need]:
    """Needs as a list, those due first; page it."""
    chosen = filters or NeedFilters()
    rows = readable(actor).select_related("person", "owner")
    if chosen.state == "waiting":
        rows = rows.exclude(state=NeedState.CLOSED)
    elif chosen.state:
        rows = rows.filter(state=chosen.state)
    if chosen.kind:
        rows = rows.filter(kind=chosen.kind)
    if chosen.overdue:
        rows = rows.filter(due_on__lt=clock.today()).exclude(state=NeedState.CLOSED)
    if chosen.mine:
        rows = rows.filter(owner=actor)
    if chosen.climbed:
        rows = rows.filter(_climbed(actor))
    if chosen.adrift:
        rows = _adrift(rows)
    return rows.order_by("due_on", "id")


@dataclass(frozen=True)
class NeedTally:
    """How many needs are in somebody's hands, and how many of them are overdue; those that climbed up to them, and
    those in nobody's hands that they may see to."""

    count: int
    overdue: int
    climbed: int = 0
    adrift: int = 0


def tally(actor: User) -> NeedTally:
    """The needs that `actor` owns and has not answered, and what is to be chased or given to somebody: two queries."""
    late = Q(due_on__lt=clock.today())
    chases = any(post.role in CHASES for post, _ in access.grants(actor, Action.NEED_READ))
    rows = waiting(actor, NeedFilters(mine=not chases)).order_by().values_list("owner")
    found = {
        owner: NeedTally(*counts)
        for owner, *counts in rows.annotate(
            Count("pk"), overdue=Count("pk", filter=late), climbed=Count("pk", filter=_climbed(actor))
        )
    }
    mine = found.get(actor.pk, NeedTally(0, 0))
    if not chases:
        return mine
    nobodys = _left({owner for owner in found if owner is not None}) | {None}
    return NeedTally(
        mine.count,
        mine.overdue,
        sum(one.climbed for one in found.values()),
        sum(one.count for owner, one in found.items() if owner in nobodys),
    )


@dataclass(frozen=True)
class NeedView:
    """One need with everything said and done about it."""

    need: Need
    left: int | None  # working days; negative: overdue; None once closed
    voices: list[NeedVoice] = field(default_factory=list)
    steps: list[NeedStep] = field(default_factory=list)  # the newest first


def view(need: Need) -> NeedView:
    """`need` comes from `services.needs.need_for`, which has judged who may read it."""
    left = None if need.state == NeedState.CLOSED else working_days_between(clock.today(), need.due_on)
    return NeedView(
        need,
        left,
        list(need.voices.select_related("by").order_by("id")),
        list(need.steps.select_related("by").order_by("-id")),
    )


def needs_of(actor: User, person: Person) -> list[Need]:
    """The needs of a person, open ones first."""
    rows = readable(actor).filter(person=person).select_related("owner").order_by("-id")
    return sorted(rows, key=lambda row: row.state == NeedState.CLOSED)


def able_to_own(need: Need) -> list[User]:
    """To whom an open need may be given today: a post here that reads it, not the owner, not kin. By name."""
    posts = (
        Post.objects.filter(user__is_active=True, role__in=_WORK)
        .exclude(user=need.owner_id)
        .select_related("user", "area")
        .order_by("user__name", "id")
    )
    places = {need.hukou, need.residence}
    near = posts.filter(area__code__lte=max(places), area__end__gt=min(places))
    able = {
        post.user_id: post.user
        for post in near[: MOST * 2]
        if post.held_on(clock.today())
        and any(post.area.covers(one) for one in places)
        and (post.role in WHOLE or need.office in offices_of(post))
    }
    return [one for one in able.values() if not is_kin(one, need.person)][:MOST]
