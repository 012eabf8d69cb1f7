"""What happens beside the road: back for correction, refused, withdrawn, opened again, changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.loop.deliver.enums import CaseState, RecordKind
from yice.loop.deliver.models import Case, OpenStep
from yice.loop.deliver.services import filling
from yice.loop.deliver.services.blocking import blocked, last_taken
from yice.loop.deliver.services.moving import enter, finish, written
from yice.loop.deliver.services.notices import make_correction
from yice.loop.deliver.services.opening import require_beginning
from yice.loop.deliver.services.standing import (
    as_whom,
    changed_since,
    done_before,
    lock,
    open_step,
    people_of,
    plan_of,
    refuse_conflict,
    require_reading,
    require_step,
    service_of,
    stale_case,
)
from yice.loop.deliver.services.stepping import take_step
from yice.loop.identify.services.ties import refuse_kin
from yice.rules.services import EndKind
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message
from yice.terms.periods import Month


def lacking(
    case: Case, step: str, values: Mapping[str, Any] | None = None, evidence: Mapping[str, str] | None = None
) -> list[Problem]:
    """Everything that is missing for `step` at once: fields, papers, conditions. What is known already is not asked."""
    service, plan = service_of(case), plan_of(case)
    about = service.steps[step]
    read: dict[str, Any] = {}
    found: list[Problem] = []
    if about.form is not None:
        read, found = filling.read_form(plan, plan.forms[about.form], values or {}, filling.known_facts(case))
    for paper in filling.missing_evidence(about, read, evidence or {}):
        what = Message("缺少：{paper}。", paper=paper.says)
        found.append(Problem("evidence-missing", what, field=f"evidence.{paper.id}"))
    onward = next((one for one in about.outcomes.values() if one.kind == "go"), None)
    if onward is not None:
        found += blocked(case, about, onward, read)
    return found


def return_for_correction(
    *,
    actor: User,
    case: Case,
    step: str,
    version: int,
    note: str = "",
    items: Sequence[str] = (),
    key: str = "",
) -> Case:
    """Send the case back for what is missing, all of it in one telling.

    `items`: further things in words. What the step it goes back to asks for and has not got is added by itself. With
    nothing missing and nothing said, Problem "nothing-missing".
    """
    with transaction.atomic():
        row = lock(case)
        if done_before(row, key, actor):
            return row
        service = service_of(row)
        about = service.steps[step]
        require_step(actor, row, step)
        waiting = open_step(row, step, version)
        as_ = as_whom(actor, row, waiting)
        refuse_conflict(actor, row, about, as_)
        if about.returns is None:
            raise Problem("no-return", Message("这一步不能退回补正。"))
        back = service.steps[about.returns]
        said = [*_still_missing(row, back.id), *items]
        if not said and not note.strip():
            raise Problem("nothing-missing", Message("请写明缺什么、要改什么。"), field="items")
        due_on = waiting.due_on
        OpenStep.objects.filter(case=row, step=step).delete()
        again = enter(row, back, missing=said)
        made = written(
            row, actor, RecordKind.RETURNED, step=step, key=key, duty="", office=as_.office,
            covering=as_.covering, reasons=said, note=note, went=[again.step] if again else [], due_on=due_on,
        )  # fmt: skip
        if any(one.office == "applicant" for one in back.who):
            make_correction(row, made, again.due_on if again else None)
    return row


def _still_missing(case: Case, step: str) -> list[str]:
    """What the step to go back to lacks, given what was filled in and shown when it was last taken."""
    before = last_taken(case, step)
    values = {name: filling.unsealed(value) for name, value in before.values.items()} if before else {}
    evidence = before.evidence if before else {}
    return [str(problem.what) for problem in lacking(case, step, values, evidence)]


def refuse(
    *,
    actor: User,
    case: Case,
    step: str,
    version: int,
    reasons: Sequence[str] = (),
    note: str = "",
    values: Mapping[str, Any] | None = None,
    key: str = "",
) -> Case:
    """Take the step's refusing outcome, with reasons in writing."""
    about = service_of(case).steps.get(step)
    no = next((one for one in about.outcomes.values() if one.kind == "refuse"), None) if about else None
    if no is None:
        raise Problem("no-refusal", Message("这一步不能作出不同意的决定。"))
    return take_step(
        actor=actor, case=case, step=step, version=version, outcome=no.id, values=values, reasons=reasons,
        note=note, key=key,
    )  # fmt: skip


def withdraw(
    *, actor: User, case: Case, version: int, note: str, kind: EndKind = "withdrawn", key: str = ""
) -> Case:
    """The person withdraws, moved away or died: the case ends as the pack names that end, or plainly by its kind.

    `kind` is withdrawn, transferred, died or not_needed.
    """
    if kind not in ("withdrawn", "transferred", "died", "not_needed"):
        raise Problem("end-kind", Message("请选择撤回、迁出、去世或不再需要。"), field="kind")
    _require_beginning(actor, case)
    with transaction.atomic():
        row = lock(case)
        if done_before(row, key, actor):
            return row
        if row.version != version or row.state != CaseState.OPEN:
            raise stale_case(changed_since(row, version))
        if not note.strip():
            raise Problem("reason-missing", Message("请写明情况。"), field="note")
        ends = service_of(row).ends.values()
        end = next((one.id for one in ends if one.kind == kind), kind)
        finish(row, end, kind)
        if row.from_month is not None and row.until_month is None:
            row.until_month = Month.of(clock.today()).first
        written(row, actor, RecordKind.WITHDRAWN, key=key, note=note, went=[end])
    return row


def _require_beginning(actor: User, case: Case) -> None:
    """What somebody says of their application goes to who takes it: an office that a later step waits at does not end it."""
    access.require(actor, Action.CASE_OPEN, case)
    require_reading(actor, case)
    require_beginning(actor, service_of(case), case.area)
    _refuse_own(actor, case)


def _refuse_own(actor: User, case: Case) -> None:
    for person in people_of(case):
        refuse_kin(actor, person)


def reopen(*, actor: User, case: Case, step: str, version: int, note: str, key: str = "") -> Case:
    """Open an ended case again at `step`: after an objection, or a decision found wrong. Reasons in writing."""
    access.require(actor, Action.CASE_ASSIGN, case)
    require_reading(actor, case)
    _refuse_own(actor, case)
    if not note.strip():
        raise Problem("reason-missing", Message("请写明重新办理的理由。"), field="note")
    with transaction.atomic():
        row = lock(case)
        if done_before(row, key, actor):
            return row
        service = service_of(row)
        if row.state != CaseState.ENDED or row.version != version or step not in service.steps:
            raise Problem("stale", Message("这个办件现在不能重新办理。"), why=changed_since(row, version))
        row.state, row.end, row.end_kind, row.ended_on = CaseState.OPEN, "", "", None
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError:
            raise Problem("case-open", Message("同一事项已经有一件在办。")) from None
        enter(row, service.steps[step])
        written(row, actor, RecordKind.REOPENED, step=step, key=key, note=note, went=[step])
    return row


def note_change(*, actor: User | None, case: Case, note: str, key: str = "") -> Case:
    """The person's situation changed: the step that the service names for it begins beside what waits already."""
    if actor is not None:
        _require_beginning(actor, case)
    with transaction.atomic():
        row = lock(case)
        service = service_of(row)
        if done_before(row, key, actor) or row.state != CaseState.OPEN or service.on_change is None:
            return row
        waiting = OpenStep.objects.filter(case=row, step=service.on_change).first()
        if waiting is not None and waiting.wakes_on is None:
            return row  # it is being looked into
        if waiting is not None:
            waiting.delete()  # a yearly recheck that slept until its day begins now
        enter(row, service.steps[service.on_change], sleeps=False)
        written(
            row, actor, RecordKind.CHANGED, step=service.on_change, key=key, note=note,
            went=[service.on_change],
        )  # fmt: skip
    return row
