"""The reasons for a visit that identification itself knows besides findings: a day agreed, a need without an answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db.models import Exists, OuterRef, QuerySet

from yice.accounts.models import User
from yice.loop.identify import errands
from yice.loop.identify.enums import NeedState
from yice.loop.identify.errands import AT_MOST, Errand
from yice.loop.identify.models import Person, Visit
from yice.loop.identify.selectors.needs import readable
from yice.rules.services import NEEDS
from yice.terms.messages import Message


def agreed(actor: User, people: QuerySet[Person], until: dt.date) -> Iterator[Errand]:
    """What was agreed at the last visit, unless somebody has been there since."""
    later = Visit.objects.filter(person=OuterRef("person"), typed_at__gt=OuterRef("typed_at"))
    rows = Visit.objects.filter(person__in=people, next_on__lte=until).exclude(Exists(later))
    for visit in rows.order_by("next_on", "id")[:AT_MOST]:
        yield Errand(
            visit.person_id, "agreed", Message("上次约定 {day} 再来", day=visit.next_on), visit.next_on
        )


def unanswered(actor: User, people: QuerySet[Person], until: dt.date) -> Iterator[Errand]:
    rows = readable(actor).filter(person__in=people).exclude(state=NeedState.CLOSED)
    for need in rows.order_by("due_on", "id")[:AT_MOST]:
        what = Message("需求待答复：{need}", need=NEEDS[need.kind])
        yield Errand(need.person_id, "need", what, need.due_on)


errands.register(agreed)
errands.register(unanswered)
