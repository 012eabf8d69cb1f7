"""Somebody may be left out: what was done about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.loop.identify.enums import (
    BatchKind,
    Channel,
    FindingKind,
    FindingState,
    LeftOutReason,
    OutcomeCode,
)
from yice.loop.identify.models import Batch, Finding
from yice.loop.identify.services import taking, values
from yice.loop.identify.services.correcting import apply_corrections, ask_owner, owner
from yice.loop.identify.services.needs import record_need
from yice.loop.identify.services.rescreening import rescreen
from yice.loop.identify.services.steps import lock, next_month, taken
from yice.policy import selectors as policy
from yice.policy.words import text
from yice.terms import clock
from yice.terms.errors import Problem, Problems
from yice.terms.messages import Message

STATES = {
    OutcomeCode.HELP_TO_APPLY: FindingState.STARTED,
    OutcomeCode.INCLUDED: FindingState.PROVISIONAL,
    OutcomeCode.NOT_ELIGIBLE: FindingState.CLOSED,
    OutcomeCode.DECLINED: FindingState.CLOSED,
    OutcomeCode.REFER: FindingState.STARTED,
}


def handle_gap(
    *,
    actor: User,
    finding: Finding,
    version: int,
    code: str,
    left_out_reason: str = "",
    note: str = "",
    refer_to: str = "",
    corrected: Mapping[str, Any] | None = None,
) -> Finding:
    """Take one step on a gap.

    code: help_to_apply (→ started), included (→ provisional until the next list shows it; needs a
    left_out_reason), not_eligible (needs `corrected`: the facts found otherwise), declined (needs a
    left_out_reason), refer (needs refer_to). A stale version is Problem "stale", which says what changed; the
    same step sent twice does nothing twice.
    """
    access.require(actor, Action.FINDING_HANDLE, finding)
    step = {
        "code": code,
        "left_out_reason": left_out_reason,
        "note": note.strip()[:500],
        "refer_to": refer_to.strip()[:60],
    }
    if problems := wrong(finding, step, corrected):
        raise Problems(problems)
    with transaction.atomic():
        row = lock(finding, version, actor, step)
        if row is None:
            return finding
        fixed, of = dict[str, Any](), None
        if code == OutcomeCode.NOT_ELIGIBLE:
            fixed, of = _corrected(actor, row, corrected, step["note"])
        row.refresh_from_db()
        state = STATES[OutcomeCode(code)]
        if state == FindingState.STARTED:
            _ask_for(actor, row, step["note"])
        confirm = next_month(clock.today()) if state == FindingState.PROVISIONAL else None
        return taken(row, actor, step, state=state, confirm_from=confirm, corrected=fixed, batch=of)


def _ask_for(actor: User, row: Finding, note: str) -> None:
    """Who is helped to what they were left out of has asked for it from now on: numbered, owned, to be answered."""
    made = policy.plan(row.pack).benefits.get(row.benefit)
    said = str(Message("比对发现可能漏了“{benefit}”", benefit=text(made.title) if made else row.group))
    record_need(
        actor=actor, person=row.person, kind=made.need if made else "other", channel=Channel.FINDING,
        key=f"finding-{row.uuid.hex}-{row.version}", said="；".join(one for one in (said, note) if one), finding=row,
    )  # fmt: skip


def wrong(finding: Finding, step: Mapping[str, str], corrected: Mapping[str, Any] | None) -> list[Problem]:
    """Everything that is wrong with a step, each beside its field; `step` as `handle_gap` takes it."""
    problems = []
    code = step["code"]
    if finding.kind != FindingKind.GAP or code not in STATES:
        raise Problem("outcome-unknown", Message("请选择处理结果。"), field="code")
    if code in (OutcomeCode.INCLUDED, OutcomeCode.DECLINED) and (
        step["left_out_reason"] not in LeftOutReason.values
    ):
        what = Message("请选择此前没有享受的原因。")
        problems.append(Problem("left-out-reason", what, field="left_out_reason"))
    if code == OutcomeCode.REFER and not step["refer_to"]:
        problems.append(Problem("refer-to", Message("请写明转介给哪个部门。"), field="refer_to"))
    if code == OutcomeCode.NOT_ELIGIBLE and not corrected:
        problems.append(
            Problem(
                "corrected-missing",
                Message("请选出与登记不符的那一项事实，并填写核实后的情况。"),
                why=Message("线索来自登记的事实；不更正，下次筛查还会出现。"),
                field="corrected",
            )
        )
    return problems


def _corrected(
    actor: User, row: Finding, corrected: Mapping[str, Any] | None, note: str
) -> tuple[dict[str, Any], Batch | None]:
    """Correct what is ours, ask the owners for the rest, and judge the person again on it.

    Gives the facts found otherwise, and the batch that the corrections of ours stand under.
    """
    person = row.person
    plan = taking.plan_of(person)
    ours, read, problems = {}, {}, []
    for name, value in (corrected or {}).items():
        try:
            fact = taking.fact_of(plan, name)
            read[name] = values.read(fact, value)
        except Problem as problem:
            problems.append(problem)
            continue
        if register := owner(fact):
            ask_owner(
                actor=actor,
                person=person,
                register=register,
                fact=name,
                asked=read[name],
                why=note or "核查线索",
            )
        else:
            ours[name] = read[name]
    if problems:
        raise Problems(problems)
    of = None
    if ours:
        of = taking.batch(actor=actor, person=person, kind=BatchKind.CORRECTION)
        touched = apply_corrections(
            actor=actor, person=person, corrected=ours, plan=plan, seen_on=clock.today(), of=of
        )
        rescreen(person, touched)
    return read, of
