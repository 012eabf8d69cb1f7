"""What both ways of handling a finding share: locking, a stale page, a form sent twice, the outcome row."""

from __future__ import annotations

import datetime as dt
from typing import Any

from yice.accounts.models import User
from yice.audit.services import record
from yice.loop.identify.enums import ClosedBy, FindingKind, FindingState, OutcomeCode
from yice.loop.identify.models import Finding, Outcome
from yice.loop.identify.services.ties import refuse_kin
from yice.terms import clock
from yice.terms.errors import Problem, stale
from yice.terms.messages import Message

GAP_CODES = (
    OutcomeCode.HELP_TO_APPLY,
    OutcomeCode.INCLUDED,
    OutcomeCode.NOT_ELIGIBLE,
    OutcomeCode.DECLINED,
    OutcomeCode.REFER,
)
RECOVERY = (OutcomeCode.RECOVER, OutcomeCode.WAIVED, OutcomeCode.RECOVERY_REFERRED)
_PAYMENT = {
    FindingKind.LEAK: (OutcomeCode.TOLD_AND_HEARD, OutcomeCode.STOPPED, OutcomeCode.KEPT, OutcomeCode.ALREADY_STOPPED),
    FindingKind.AMOUNT: (OutcomeCode.TOLD_AND_HEARD, OutcomeCode.CORRECTED_AMOUNT, OutcomeCode.KEPT),
    FindingKind.DUPLICATE: (OutcomeCode.TOLD_AND_HEARD, OutcomeCode.STOPPED, OutcomeCode.KEPT),
}  # fmt: skip


def codes_for(kind: str, state: str) -> tuple[OutcomeCode, ...]:
    """The steps open to a finding of this kind in this state."""
    if state == FindingState.CLOSED or kind == FindingKind.ASK:
        return ()
    if kind == FindingKind.GAP:
        return GAP_CODES
    if state == FindingState.PROVISIONAL:
        return RECOVERY
    return (*_PAYMENT[FindingKind(kind)], *(() if kind == FindingKind.LEAK else RECOVERY))


def lock(finding: Finding, version: int, actor: User, step: dict[str, Any]) -> Finding | None:
    """The row, locked and as the actor saw it; None where this very step was taken a moment ago.

    A page that is out of date is Problem "stale", which says what has changed since.
    """
    row = Finding.objects.select_for_update(of=("self",)).select_related("person").get(pk=finding.pk)
    refuse_kin(actor, row.person)
    if row.version == version and row.state != FindingState.CLOSED:
        if step["code"] not in codes_for(row.kind, row.state):
            raise Problem("outcome-not-open", Message("这一步现在不能办理。"), field="code")
        return row
    last = Outcome.objects.filter(finding=row, undone=False).select_related("by").order_by("-id").first()
    if last is not None and last.by_id == actor.pk and all(getattr(last, k) == v for k, v in step.items()):
        return None
    raise stale(Message("您打开页面之后，这条线索已经有了变化。"), _changed(row, last))


def _changed(row: Finding, last: Outcome | None) -> Message:
    if last is not None and last.at.date() >= (row.closed_on or last.at.date()):
        outcome = OutcomeCode(last.code).label
        return Message("{who}登记了“{outcome}”。", who=last.by.name, outcome=outcome)
    if row.state == FindingState.CLOSED:
        return Message("这条线索已结清。")
    return Message("它依据的事实、金额或所在区域已更新。")


def taken(
    row: Finding,
    actor: User,
    step: dict[str, Any],
    *,
    state: str,
    confirm_from: dt.date | None = None,
    **more: Any,
) -> Finding:
    """Write the outcome, move the finding on, and tell the audit."""
    Outcome.objects.create(finding=row, by=actor, at=clock.now(), **step, **more)
    row.state, row.confirm_from, row.version = state, confirm_from, row.version + 1
    if state == FindingState.CLOSED:
        row.closed_on, row.closed_by = clock.today(), ClosedBy.PERSON
        row.closed_why = {"code": step["code"]}
    row.save(update_fields=["state", "confirm_from", "version", "closed_on", "closed_by", "closed_why"])
    values = {
        "code": step["code"], "outcome": step["code"], "kind": row.kind,
        "group": row.group, "finding": str(row.uuid), "state": state,
    }  # fmt: skip
    record(actor=actor, code="finding.outcome", subject=row.person, area=row.hukou, values=values)
    return row


def next_month(day: dt.date) -> dt.date:
    """The first day of the month after `day`."""
    return (day.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
