"""Follow-ups of plans in the commissioner's day: due there, done by the visit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db.models import QuerySet

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.loop.identify import errands
from yice.loop.identify.enums import VisitResult
from yice.loop.identify.errands import AT_MOST, Errand
from yice.loop.identify.models import Person, Visit
from yice.loop.plan import services
from yice.loop.plan.enums import PlanState
from yice.loop.plan.models import HelpPlan
from yice.loop.plan.selectors import plan_in_force
from yice.terms import clock
from yice.terms.messages import Message


def due(actor: User, people: QuerySet[Person], until: dt.date) -> Iterator[Errand]:
    """Plans whose follow-up is due: a household's, at each of its people who live there."""
    rows = access.scope(actor, Action.PLAN_READ, HelpPlan.objects.filter(state=PlanState.IN_FORCE))
    late = rows.filter(review_on__lte=until).order_by("review_on", "id")
    says = Message("帮扶方案到期回访：问措施落实没有、效果怎样")
    own = late.filter(person__in=people).values_list("person", "review_on")
    whole = late.filter(household__persons__in=people).values_list("household__persons", "review_on")
    for person, day in (*own[:AT_MOST], *whole[:AT_MOST]):
        yield Errand(person, "plan", says, day)


def seen(*, actor: User, visit: Visit) -> None:
    """Whoever was met has been followed up: what was found is the effect, the day agreed the next follow-up."""
    plan = plan_in_force(visit.person)
    if plan is None or plan.review_on is None or plan.review_on > visit.list.day:
        return
    if not access.may(actor, Action.PLAN_READ, plan).allowed:
        return
    effect = visit.note or str(VisitResult(visit.result).label)
    services.review_plan(
        actor=actor, plan=plan, effect=effect, on=min(visit.list.day, clock.today()), next_on=visit.next_on
    )


errands.register(due, seen)
