"""Steps of cases in the commissioner's day: what waits for them about somebody they are going to see."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db.models import QuerySet

from yice.accounts.models import User
from yice.loop.deliver.selectors import worklist
from yice.loop.identify import errands
from yice.loop.identify.errands import AT_MOST, Errand
from yice.loop.identify.models import Person
from yice.terms.messages import Message


def waiting(actor: User, people: QuerySet[Person], until: dt.date) -> Iterator[Errand]:
    steps = worklist.waiting(actor).filter(case__person__in=people)[:AT_MOST]
    for row in worklist.rows(list(steps)):
        what = Message("办件“{service}”待办：{step}", service=row.service.title, step=row.step.title)
        if row.case.person_id is not None:
            yield Errand(row.case.person_id, "case", what, row.due_on)


errands.register(waiting)
