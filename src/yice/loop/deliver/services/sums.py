"""The sum that is each person's own: what an approval is offered, one by one or for many at once."""

from __future__ import annotations

from collections.abc import Sequence

from yice.loop.deliver.models import Case
from yice.loop.deliver.services.money import AMOUNT
from yice.loop.deliver.services.standing import plan_of
from yice.policy import snapshot
from yice.policy.screening import columns_of
from yice.rules.kernel.screening import screen
from yice.rules.model import Plan
from yice.rules.services import Step
from yice.terms import clock


def names_sum(plan: Plan, step: Step) -> bool:
    """Whether the step fixes a sum a case: each has its own, however many are taken together."""
    return step.duty == "approve" and step.form is not None and AMOUNT in plan.forms[step.form].fields


def sums_due(cases: Sequence[Case]) -> dict[int, int]:
    """Case → fen a period that the rules of its benefit make due today; left out where they cannot tell.

    The cases are of one service and one version of its pack, as a step's list has them.
    """
    plan = plan_of(cases[0]) if cases else None
    benefit = plan.benefits.get(cases[0].benefit) if plan else None
    persons = {one.person_id: one.pk for one in cases if one.person_id is not None}
    if plan is None or benefit is None or not persons:
        return {}
    today = clock.today()
    columns = columns_of(plan, snapshot.people(plan=plan, persons=sorted(persons), as_of=today).values)
    screening = screen(plan, columns, today, groups=(benefit.group, *benefit.routes))
    found: dict[int, int] = {}
    for row, person in enumerate(columns.ids.to_pylist()):
        sums = [one.amount_fen for one in screening.decide(row) if one.status == "eligible"]
        told = [fen for fen in sums if fen is not None]
        if told and len(told) == len(sums):
            found[persons[int(person)]] = max(told)
    return found


def sums_offered(cases: Sequence[Case]) -> dict[int, int]:
    """Case → what it was granted before, else what is due by the rules: what the field for the sum begins with."""
    granted = {one.pk: one.amount_fen for one in cases if one.amount_fen is not None}
    return sums_due([one for one in cases if one.pk not in granted]) | granted
