"""What a copy of somebody's record says of plans: theirs with its measures, a household's by number; groups they were in."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext

from yice.accounts.models import User
from yice.loop.identify.models import Person
from yice.loop.identify.rights import copying
from yice.loop.identify.rights.copying import Row
from yice.loop.plan.enums import PlanState
from yice.loop.plan.selectors import plans_of, view


def rows(actor: User, person: Person) -> Iterator[Row]:
    for plan in plans_of(actor, person):
        day = plan.opened_on.isoformat()
        yield gettext("方案"), plan.number, str(PlanState(plan.state).label), "", day
        if plan.person_id != person.pk:
            continue
        shown = view(actor, plan.uuid)
        if shown.version.goal:
            yield gettext("方案"), gettext("目标"), shown.version.goal, plan.number, day
        for one in shown.measures:
            said = f"{one.state.label} {one.measure.result}"
            yield gettext("方案"), one.measure.what, said, plan.number, one.measure.by.isoformat()
        for review in shown.reviews:
            yield gettext("方案"), gettext("回访"), review.effect, plan.number, review.on.isoformat()


copying.parts.append(rows)
