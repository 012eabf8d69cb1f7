"""A step is taken: who may, what must be there, what it gives, and where the case goes. All faults at once."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from yice.accounts.models import User
from yice.loop.deliver.enums import Proof, RecordKind
from yice.loop.deliver.models import Case, OpenStep, StepRecord
from yice.loop.deliver.services import filling
from yice.loop.deliver.services.blocking import assessment_of, blocked
from yice.loop.deliver.services.files import shown_as_file
from yice.loop.deliver.services.giving import DeliveryLine, PaymentLine, check_given, give
from yice.loop.deliver.services.learning import learn
from yice.loop.deliver.services.money import set_months
from yice.loop.deliver.services.moving import go, written
from yice.loop.deliver.services.notices import make_notice
from yice.loop.deliver.services.standing import (
    As,
    as_whom,
    done_before,
    lock,
    open_step,
    plan_of,
    refuse_conflict,
    require_step,
    service_of,
)
from yice.rules.services import Outcome, Service, Step
from yice.terms import clock
from yice.terms.errors import Problem, Problems
from yice.terms.messages import Message


@dataclass(frozen=True)
class Taking:
    """What somebody says of a step: the outcome, the form, the papers, what was paid or delivered."""

    outcome: str
    values: Mapping[str, Any]
    evidence: Mapping[str, str]  # paper → enums.Proof
    reasons: Sequence[str] = ()
    note: str = ""
    payments: Sequence[PaymentLine] = ()
    deliveries: Sequence[DeliveryLine] = ()
    bulk: uuid.UUID | None = None
    sampled: bool = False


def take_step(
    *,
    actor: User,
    case: Case,
    step: str,
    version: int,
    outcome: str,
    values: Mapping[str, Any] | None = None,
    evidence: Mapping[str, str] | None = None,
    reasons: Sequence[str] = (),
    note: str = "",
    payments: Sequence[PaymentLine] = (),
    deliveries: Sequence[DeliveryLine] = (),
    key: str = "",
) -> Case:
    """Take `step` with one of its outcomes, seen at `version` of the case. Gives the case as it stands after.

    `key` is the request's own: sent again it does nothing twice. Raises Problems with everything wrong or missing,
    Problem "stale" where somebody moved the case meanwhile, Forbidden where the step is another's.
    """
    taking = Taking(outcome, values or {}, evidence or {}, reasons, note, payments, deliveries)
    with transaction.atomic():
        return take(actor, case, step, version, taking, key)


def take(actor: User, case: Case, step: str, version: int, taking: Taking, key: str) -> Case:
    """`take_step` within a transaction that is open already."""
    row = lock(case)
    if done_before(row, key, actor, step, taking.outcome):
        return row
    service = service_of(row)
    about, chosen = _outcome(service, step, taking.outcome)
    require_step(actor, row, step)
    waiting = open_step(row, step, version)
    as_ = as_whom(actor, row, waiting)
    refuse_conflict(actor, row, about, as_)
    _refuse_early(waiting)
    known = _known(row, about)
    read = _checked(row, service, about, chosen, taking, known)
    _move(actor, row, service, about, chosen, waiting, as_, taking, read, key)
    if about.form is not None:
        plan = plan_of(row)
        learn(actor, row, plan, plan.forms[about.form], read, known)
    return row


def _known(case: Case, step: Step) -> dict[str, Any]:
    """Today's facts, where the step's form has any."""
    form = plan_of(case).forms[step.form] if step.form else None
    return filling.known_facts(case) if form and any(one.fact for one in form.fields.values()) else {}


def _outcome(service: Service, step: str, outcome: str) -> tuple[Step, Outcome]:
    about = service.steps.get(step)
    if about is None:
        raise Problem("step-unknown", Message("没有这一步。"))
    chosen = about.outcomes.get(outcome)
    if chosen is None:
        raise Problem("outcome-missing", Message("请选择办理结果。"), field="outcome")
    return about, chosen


def _refuse_early(waiting: OpenStep) -> None:
    if waiting.wakes_on is not None and clock.today() < waiting.wakes_on:
        raise Problem("too-early", Message("这一步要到 {day} 才能办结。", day=waiting.wakes_on.isoformat()))


def _checked(
    case: Case, service: Service, step: Step, chosen: Outcome, taking: Taking, known: Mapping[str, Any]
) -> dict[str, Any]:
    """The form's values; or Problems with everything that is wrong, missing or in the way."""
    plan, problems = plan_of(case), list[Problem]()
    read: dict[str, Any] = {}
    declining = chosen.kind in ("refuse", "stop")
    if step.form is not None:
        form = plan.forms[step.form]
        read, faults = filling.read_form(plan, form, taking.values, known)
        # A refusal needs reasons, not a complete form; what is wrong in it is still said.
        problems += [one for one in faults if not (declining and one.code == "field-missing")]
    absent = {name for name, proof in taking.evidence.items() if proof == Proof.FILE}
    for name in sorted(absent - shown_as_file(case, step.id)) if absent else ():
        what = Message("还没有上传文件。")
        problems.append(Problem("file-missing", what, field=f"evidence.{name}"))
    if not declining:
        for paper in filling.missing_evidence(step, read, taking.evidence):
            what = Message("缺少：{paper}。", paper=paper.says)
            problems.append(Problem("evidence-missing", what, field=f"evidence.{paper.id}"))
        if step.assesses is not None and assessment_of(case, step.assesses) is None:
            what = Message("还没有登记有效的评估结果。")
            problems.append(Problem("assessment-missing", what, field="assessment"))
    if declining:
        problems += _reasons(chosen, taking)
    problems += blocked(case, step, chosen, read)
    problems += check_given(case, service, step, chosen, taking.payments, taking.deliveries)
    if problems:
        raise Problems(problems)
    return read


def _reasons(chosen: Outcome, taking: Taking) -> list[Problem]:
    """Refusing and stopping give reasons in writing: one of the named ones, or in words."""
    unknown = [name for name in taking.reasons if name not in chosen.reasons]
    if unknown:
        return [Problem("reason-unknown", Message("请从列出的理由中选择。"), field="reasons")]
    if not taking.reasons and not taking.note.strip():
        return [
            Problem(
                "reason-missing",
                Message("请写明理由。"),
                why=Message("不予同意或停止，要书面说明理由。"),
                field="reasons",
            )
        ]
    return []


def _move(
    actor: User,
    case: Case,
    service: Service,
    step: Step,
    chosen: Outcome,
    waiting: OpenStep,
    as_: As,
    taking: Taking,
    read: dict[str, Any],
    key: str,
) -> StepRecord:
    plan = plan_of(case)
    due_on = waiting.due_on
    waiting.delete()
    OpenStep.objects.filter(case=case, step__in=chosen.closes).delete()
    set_months(case, plan, step, chosen, read)
    go(case, service, chosen.next)
    made = written(
        case,
        actor,
        RecordKind.REFUSED if chosen.kind == "refuse" else RecordKind.TAKEN,
        step=step.id,
        key=key,
        outcome=chosen.id,
        duty=step.duty,
        office=as_.office,
        for_whom=as_.for_whom,
        covering=as_.covering,
        values=filling.sealed(plan.forms[step.form], read) if step.form else {},
        evidence=dict(taking.evidence),
        reasons=list(taking.reasons),
        note=taking.note,
        went=list(chosen.next),
        due_on=due_on,
        assessment=assessment_of(case, step.assesses) if step.assesses else None,
        bulk=taking.bulk,
        sampled=taking.sampled,
    )
    give(case, made, taking.payments, taking.deliveries)
    if chosen.notice is not None or step.duty == "approve" or chosen.kind in ("refuse", "stop"):
        make_notice(case, made, chosen, read)
    return made
