"""Groups of help are entered and left as facts change, with the reason; what cannot be told changes nothing."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from yice.audit.services import record
from yice.loop.identify.models import Person
from yice.loop.identify.services import taking
from yice.loop.plan.models import GroupStay
from yice.policy.words import text
from yice.rules.kernel.screening import Decision
from yice.rules.model import Plan
from yice.terms import clock


def update_groups(person: Person) -> tuple[list[str], list[str]]:
    """Bring the groups of `person` up to today's facts; gives those entered and those left.

    A group is entered when the rules say yes and left when they say no. "Cannot tell" is neither.
    """
    screened = taking.screened_now([person.pk], person)
    if screened is None or not len(screened.keys):
        return [], []
    decided = {one.group: one for one in screened.screening.decide(0)}
    return apply_groups(person, decided, screened.plan, screened.pack.hash)


def apply_groups(
    person: Person, decided: dict[str, Decision], plan: Plan, pack_hash: str
) -> tuple[list[str], list[str]]:
    """As `update_groups`, for statuses that are known already."""
    entered, left = [], []
    with transaction.atomic():
        stays = {
            row.group: row
            for row in GroupStay.objects.select_for_update()
            .filter(person=person, left_on=None)
            .order_by("id")
        }
        for name, one in decided.items():
            if one.status == "eligible" and name not in stays:
                GroupStay.objects.create(
                    person=person, group=name, pack_hash=pack_hash, entered_on=clock.today(),
                    entered_why={"code": "rules", "clause": plan.groups[name].clause},
                )  # fmt: skip
                entered.append(name)
            elif one.status == "ineligible" and name in stays:
                _leave(stays[name], {"code": "rules", "failed": list(one.failed)})
                left.append(name)
        for name, row in stays.items():
            if name not in plan.groups:
                _leave(row, {"code": "plan_changed"})
                left.append(name)
        for code, names in (("group.entered", entered), ("group.left", left)):
            for name in names:
                title = text(plan.groups[name].title) if name in plan.groups else name
                values = {"group": title, "id": name}
                record(actor=None, code=code, subject=person, area=person.hukou, values=values)
    return entered, left


def leave_all(person: Person, why: dict[str, Any]) -> None:
    """Out of every group: the plan was closed, the person died or moved."""
    for row in GroupStay.objects.filter(person=person, left_on=None).order_by("id"):
        _leave(row, why)


def _leave(row: GroupStay, why: dict[str, Any]) -> None:
    row.left_on, row.left_why = clock.today(), why
    row.save(update_fields=["left_on", "left_why"])
