"""Needs that wait for an answer, within what the actor may read."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet

from yice.accounts import access
from yice.accounts.enums import Action, Role
from yice.accounts.models import User
from yice.accounts.offices import offices_of
from yice.loop.identify.enums import NeedState
from yice.loop.identify.models import Need, NeedStep, NeedVoice, Person
from yice.terms import clock
from yice.terms.workdays import working_days_between

# Those who look after everybody of their area; a department reads what was sent to it.
WHOLE = (Role.VILLAGE_COMMISSIONER, Role.TOWNSHIP_CLERK, Role.COUNTY_FEDERATION)


def readable(actor: User) -> QuerySet[Need]:
    """The needs of the area, or of a department those sent to its office; one's own always."""
    total = Q(owner=actor)
    for post, grant in access.grants(actor, Action.NEED_READ):
        here = Q(pk__in=[])
        for path in Need.ACCESS.paths(grant.basis):
            here |= Q(**{f"{path}__gte": post.area.code, f"{path}__lt": post.area.end})
        if post.role not in WHOLE:
            here &= Q(office__in=offices_of(post))
        total |= here
    return Need.objects.filter(total)


@dataclass(frozen=True)
class NeedFilters:
    """Narrow a list of needs; empty fields leave it as it is."""

    kind: str = ""
    state: str = "waiting"  # waiting | open | in_hand | closed | "" for all
    overdue: bool = False
    mine: bool = False
    climbed_to: int | None = None  # a tier: what came up to it


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
    if chosen.climbed_to is not None:
        rows = rows.filter(climbed_on__isnull=False, tier=chosen.climbed_to)
    return rows.order_by("due_on", "id")


@dataclass(frozen=True)
class NeedTally:
    """How many needs are in somebody's hands, and how many of them are overdue."""

    count: int
    overdue: int


def tally(actor: User) -> NeedTally:
    """The needs that `actor` owns and has not answered: one query."""
    late = Q(due_on__lt=clock.today())
    found = waiting(actor, NeedFilters(mine=True)).order_by()
    counted = found.aggregate(count=Count("pk"), overdue=Count("pk", filter=late))
    return NeedTally(counted["count"], counted["overdue"])


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
