"""What is waiting for me, by post and area; what is overdue below me."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, F, Min, Q, QuerySet, Window

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.identifiers.division import upper_bound
from yice.loop.deliver.models import Case, OpenStep, StepOffice
from yice.loop.deliver.offices import held_posts
from yice.loop.deliver.selectors.scope import waiting_at
from yice.loop.deliver.services.standing import service_of
from yice.rules.services import Service, Step
from yice.terms import clock
from yice.terms.workdays import working_days_between


@dataclass(frozen=True)
class Row:
    """A step that waits."""

    open_step: OpenStep
    case: Case
    service: Service
    step: Step
    due_on: dt.date | None
    left: int | None  # working days left; negative: overdue by so many
    holder: User | None

    @property
    def overdue(self) -> bool:
        return self.left is not None and self.left < 0


@dataclass(frozen=True)
class Filters:
    """Narrow a worklist; empty fields leave it as it is."""

    service: str = ""
    step: str = ""
    area: str = ""  # a code: this place and all below it
    overdue: bool = False
    held_by_me: bool = False


def waiting(actor: User, filters: Filters | None = None) -> QuerySet[OpenStep]:
    """Steps that `actor` may take today, those due first; page it, then `rows` says each in full.

    Free steps of the offices they hold or cover, and those of them in their hands or an absent colleague's. A step
    asleep until its day (publicity, a yearly recheck) is not yet work.
    """
    chosen = filters or Filters()
    today = clock.today()
    away = [held.covering for held in held_posts(actor) if held.covering is not None]
    awake = Q(wakes_on=None) | Q(wakes_on__lte=today)
    at = StepOffice.objects.filter(awake, waiting_at(actor))
    held = at.filter(open_step__holder__in=[actor, *away]).values("open_step")
    # Two small sets by index, not one condition: an OR over both would read every step that waits anywhere.
    free = at.filter(open_step__holder=None).values("open_step")
    rows = OpenStep.objects.filter(pk__in=held if chosen.held_by_me else held.union(free))
    if chosen.service:
        rows = rows.filter(case__service=chosen.service)
    if chosen.step:
        rows = rows.filter(step=chosen.step)
    if chosen.area:
        rows = rows.filter(area__gte=chosen.area, area__lt=upper_bound(chosen.area))
    if chosen.overdue:
        rows = rows.filter(due_on__lt=today)
    return _in_full(rows).order_by(F("due_on").asc(nulls_last=True), "id")


def overdue(actor: User, filters: Filters | None = None) -> QuerySet[OpenStep]:
    """Overdue steps that climbed to the tier of one of the actor's posts, in its area: to be chased or handed over."""
    condition = Q(pk__in=[])
    for post, _ in access.grants(actor, Action.CASE_ASSIGN):
        here = Q(area__gte=post.area.code, area__lt=post.area.end)
        condition |= here & Q(tier__lte=post.area.lowest_tier)
    chosen = filters or Filters()
    rows = OpenStep.objects.filter(condition, due_on__lt=clock.today(), case__restricted=False)
    if chosen.service:
        rows = rows.filter(case__service=chosen.service)
    return _in_full(rows).order_by("due_on", "id")


def _in_full(rows: QuerySet[OpenStep]) -> QuerySet[OpenStep]:
    return rows.select_related("case", "case__person", "case__pack", "holder").defer("case__pack__files")


def page(found: QuerySet[OpenStep], number: int, size: int) -> tuple[list[Row], int]:
    """The rows of a page of `found`, and how many there are: counted as the page is cut, and what belongs to a step
    is read for those of the page alone."""
    cut = found.annotate(total=Window(Count("pk"))).values_list("pk", "total")
    chosen = list(cut[(number - 1) * size : number * size])
    steps = _in_full(OpenStep.objects.all()).in_bulk([pk for pk, _ in chosen])
    total = chosen[0][1] if chosen else found.count() if number > 1 else 0
    return rows([steps[pk] for pk, _ in chosen if pk in steps]), total


def rows(steps: list[OpenStep]) -> list[Row]:
    """A page of steps with their words."""
    today, found = clock.today(), []
    for one in steps:
        service = service_of(one.case)
        left = None if one.due_on is None else working_days_between(today, one.due_on)
        found.append(Row(one, one.case, service, service.steps[one.step], one.due_on, left, one.holder))
    return found


@dataclass(frozen=True)
class Tally:
    """How much of one step waits for the actor, and since when."""

    service: str
    step: str
    count: int
    overdue: int
    first_due: dt.date | None


def tallies(actor: User) -> list[Tally]:
    """What waits for the actor by service and step, for the home page: one query."""
    late = Q(due_on__lt=clock.today())
    found = (
        waiting(actor)
        .order_by()
        .values("case__service", "step")
        .annotate(count=Count("pk"), overdue=Count("pk", filter=late), first=Min("due_on"))
        .order_by("case__service", "step")
    )
    return [
        Tally(one["case__service"], one["step"], one["count"], one["overdue"], one["first"]) for one in found
    ]
