"""Take back the last step recorded on a finding, with all that followed from it; both stay in the record."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.audit.services import record, words
from yice.loop.identify.enums import ClosedBy, FindingKind, FindingState, OutcomeCode
from yice.loop.identify.models import Change, CorrectionRequest, Facts, Finding, Outcome, Person
from yice.loop.identify.services import gaps, payments, taking
from yice.loop.identify.services.rescreening import rescreen
from yice.loop.identify.services.steps import next_month
from yice.loop.identify.services.verdicts import reason_to_undo
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message

WITHDRAWN = "withdrawn"
_SAME_MOMENT = dt.timedelta(minutes=1)  # the requests of a step were written in its transaction


def undo_outcome(*, actor: User, finding: Finding, version: int, reason: str) -> Finding:
    """Undo the last step taken on `finding`: its state, the facts corrected with it, the requests it sent.

    What came of those facts since (a later answer, a newer correction) stays. A stale page is Problem "stale".
    """
    access.require(actor, Action.FINDING_HANDLE, finding)
    why = reason_to_undo(reason)
    with transaction.atomic():
        row = Finding.objects.select_for_update(of=("self",)).select_related("person").get(pk=finding.pk)
        steps = list(Outcome.objects.filter(finding=row, undone=False).order_by("id"))
        if row.version != version:
            raise Problem(
                "stale",
                Message("您打开页面之后，这条线索已经有了变化。"),
                fix=Message("请看过最新情况后再办理。"),
            )
        if (refused := why_not(row, bool(steps))) is not None:
            raise refused
        step = steps.pop()
        touched = _take_back_facts(actor, row.person, step)
        _withdraw(row.person, step)
        step.undone, step.undone_at, step.undone_by, step.undone_why = True, clock.now(), actor, why
        step.save(update_fields=["undone", "undone_at", "undone_by", "undone_why"])
        row.state, row.confirm_from = _state_after(row.kind, steps)
        row.closed_on, row.closed_by, row.closed_why = None, "", {}
        row.version += 1
        row.save(update_fields=["state", "confirm_from", "version", "closed_on", "closed_by", "closed_why"])
        rescreen(row.person, touched)
        values = {
            "code": step.code, "outcome": step.code, "kind": row.kind,
            "group": row.group, "finding": str(row.uuid), "state": row.state, "reason": words(why),
        }  # fmt: skip
        record(actor=actor, code="finding.undone", subject=row.person, area=row.hukou, values=values)
    row.refresh_from_db()
    return row


def why_not(row: Finding, steps: bool) -> Problem | None:
    """Why nothing on this finding can be undone now; None where the last step can be."""
    if not steps:
        return Problem("undo-nothing", Message("这条线索上没有可以撤销的登记。"))
    if row.state != FindingState.CLOSED:
        return None
    if row.closed_by != ClosedBy.PERSON:
        return Problem(
            "undo-confirmed",
            Message("这条线索不是由登记结清的，撤销登记也不会重新打开它。"),
            why=Message("名单已经确认，或者它的原因已经消失。"),
        )
    again = Finding.objects.filter(person=row.person_id, group=row.group, kind=row.kind)
    if again.exclude(state=FindingState.CLOSED).exists():
        return Problem(
            "undo-superseded",
            Message("同一事项已经有了新的线索，旧的不能再打开。"),
            fix=Message("请在新的线索上办理。"),
        )
    return None


def _state_after(kind: str, steps: list[Outcome]) -> tuple[str, dt.date | None]:
    """The state that the steps left standing lead to, and the month whose list must confirm it."""
    state: str = FindingState.OPEN
    confirm: dt.date | None = None
    for step in steps:
        day = step.at.astimezone(clock.BEIJING).date()
        if kind == FindingKind.GAP:
            state = gaps.STATES[OutcomeCode(step.code)]
            confirm = next_month(day) if state == FindingState.PROVISIONAL else None
        else:
            said = {"code": step.code, "month": step.month}
            state, confirm = payments.after(state, confirm, said, day)
    return state, confirm


def _take_back_facts(actor: User, person: Person, step: Outcome) -> list[int]:
    """Remove the values that the step's correction put before what was known; gives the persons whose facts changed."""
    if step.batch_id is None:
        return []
    given = Change.objects.filter(batch_id=step.batch_id).order_by("id")
    touched: dict[int, list[Change]] = {}
    for change in given:
        touched.setdefault(change.person_id, []).append(change)
    changes = []
    for row in Facts.objects.select_for_update().filter(person_id__in=touched):
        for change in touched[row.person_id]:
            held: list[dict[str, Any]] = row.overrides.get(change.fact, [])
            left = [one for one in held if one.get("batch") != step.batch_id]
            if len(left) == len(held):
                continue
            newest = held[0].get("batch") == step.batch_id
            row.overrides = {name: values for name, values in row.overrides.items() if name != change.fact}
            if left:
                row.overrides[change.fact] = left
            if not newest:
                continue
            now = left[0]["value"] if left else taking.stored(row, change.fact)
            changes.append(
                Change(
                    person_id=row.person_id, fact=change.fact, before=held[0]["value"], after=now,
                    at=clock.now(), by=actor,
                )
            )  # fmt: skip
            if change.fact == "residence" and row.person_id == person.pk and change.before:
                Person.objects.filter(pk=person.pk).update(residence=change.before)
                person.residence = change.before
        row.save(update_fields=["overrides"])
    Change.objects.bulk_create(changes)
    return list(touched)


def _withdraw(person: Person, step: Outcome) -> None:
    """Requests to the owners of registers that nobody has answered yet need no answer any more."""
    for fact, asked in step.corrected.items():
        CorrectionRequest.objects.filter(
            person=person,
            fact=fact,
            asked_by=step.by_id,
            asked_at__range=(step.at - _SAME_MOMENT, step.at),
            answer="",
        ).filter(asked=asked).update(answer=WITHDRAWN, answered_at=clock.now())
