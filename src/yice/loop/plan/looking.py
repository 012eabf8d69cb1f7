"""Whose record the pages of a plan show: a household's is everybody's in it."""

from __future__ import annotations

from uuid import UUID

from yice.loop.identify.looking import register
from yice.loop.identify.models import Person
from yice.loop.plan.models import HelpPlan


def _of(plan: UUID) -> list[Person]:
    row = HelpPlan.objects.select_related("person").filter(uuid=plan).first()
    if row is None or row.person is not None:
        return [row.person] if row is not None and row.person is not None else []
    return list(Person.objects.filter(household_id=row.household_id, removed_on=None))


register("plan", lambda plan, **_: _of(plan))
