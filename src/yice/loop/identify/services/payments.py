"""Somebody may be paid in error: only the deciding department settles it, after the person was told and heard."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.loop.identify.enums import FindingKind, FindingState, OutcomeCode
from yice.loop.identify.models import Finding, Outcome
from yice.loop.identify.services.steps import RECOVERY, lock, next_month, taken
from yice.terms import clock
from yice.terms.errors import Problem, Problems
from yice.terms.messages import Message

KINDS = (FindingKind.LEAK, FindingKind.AMOUNT, FindingKind.DUPLICATE)
NEEDS_MONTH = (OutcomeCode.STOPPED, OutcomeCode.ALREADY_STOPPED, OutcomeCode.CORRECTED_AMOUNT)
NEEDS_SUM = (OutcomeCode.CORRECTED_AMOUNT, *RECOVERY)
NEEDS_HEARING = (OutcomeCode.STOPPED, OutcomeCode.CORRECTED_AMOUNT, OutcomeCode.RECOVER)


def handle_payment(
    *,
    actor: User,
    finding: Finding,
    version: int,
    code: str,
    month: dt.date | None = None,
    sum_fen: int | None = None,
    told_on: dt.date | None = None,
    heard_on: dt.date | None = None,
    note: str = "",
) -> Finding:
    """Take one step on a leak, amount or duplicate.

    told_and_heard (→ started; needs told_on, heard_on) · stopped, already_stopped (month → provisional) · kept
    (→ closed) · corrected_amount (month, sum_fen → provisional) · recover, waived, recovery_referred (sum_fen;
    a leak once it is stopped). stopped, corrected_amount and recover need the person told and heard, on this step
    or an earlier one; a death, and a sum that was too small, excepted. The next list closes what is provisional.
    """
    access.require(actor, Action.FINDING_HANDLE, finding)
    step: dict[str, Any] = {
        "code": code,
        "month": month.replace(day=1) if month else None,
        "sum_fen": sum_fen,
        "told_on": told_on,
        "heard_on": heard_on,
        "note": note.strip()[:500],
    }
    if problems := wrong(finding, step):
        raise Problems(problems)
    with transaction.atomic():
        row = lock(finding, version, actor, step)
        if row is None:
            return finding
        if unheard := _unheard(row, step):
            raise unheard
        state, confirm = after(row.state, row.confirm_from, step, clock.today())
        return taken(row, actor, step, state=state, confirm_from=confirm)


def wrong(finding: Finding, step: Mapping[str, Any]) -> list[Problem]:
    """Everything that is wrong with a step, each beside its field; `step` as `handle_payment` takes it."""
    code = step["code"]
    if finding.kind not in KINDS or code not in OutcomeCode.values:
        raise Problem("outcome-unknown", Message("请选择处理结果。"), field="code")
    problems = []
    if code in NEEDS_MONTH and step["month"] is None:
        problems.append(Problem("month-missing", Message("请填写从哪个月起。"), field="month"))
    if code in NEEDS_SUM and (step["sum_fen"] is None or step["sum_fen"] < 0):
        problems.append(Problem("sum-missing", Message("请填写金额，不能为负数。"), field="sum_fen"))
    told, heard, today = step["told_on"], step["heard_on"], clock.today()
    if code == OutcomeCode.TOLD_AND_HEARD and told is None:
        problems.append(Problem("hearing-missing", Message("请填写告知日期。"), field="told_on"))
    if code == OutcomeCode.TOLD_AND_HEARD and heard is None:
        problems.append(Problem("hearing-missing", Message("请填写听取意见的日期。"), field="heard_on"))
    for name, day in (("told_on", told), ("heard_on", heard)):
        if day is not None and day > today:
            problems.append(Problem("day-in-future", Message("日期不能晚于今天。"), field=name))
    if told is not None and heard is not None and heard < told:
        what = Message("听取意见的日期不能早于告知日期。")
        problems.append(Problem("heard-before-told", what, field="heard_on"))
    if (unheard := _unheard(finding, step)) is not None:
        problems.append(unheard)
    return problems


def _unheard(row: Finding, step: Mapping[str, Any]) -> Problem | None:
    """Nobody's money is stopped or asked back unheard. The dead cannot be heard; more money needs no hearing."""
    if step["code"] not in NEEDS_HEARING or row.reason.get("deceased"):
        return None
    if step["code"] == OutcomeCode.CORRECTED_AMOUNT and (step["sum_fen"] or 0) >= (row.paid_fen or 0):
        return None
    if step["told_on"] and step["heard_on"]:
        return None
    before = Outcome.objects.filter(finding=row, undone=False, told_on__isnull=False, heard_on__isnull=False)
    if before.exists():
        return None
    return Problem(
        "not-heard",
        Message("停发、减发或追回之前，要先告知本人并听取意见。"),
        why=Message("没有听取本人意见就停发，可能停错；只有本人已去世的除外。"),
        fix=Message("请先填写告知日期和听取意见日期。"),
        field="told_on",
    )


def after(
    state: str, confirm_from: dt.date | None, step: Mapping[str, Any], day: dt.date
) -> tuple[str, dt.date | None]:
    """The state after a step taken on `day`, and the month whose list must confirm it."""
    code = step["code"]
    if code == OutcomeCode.TOLD_AND_HEARD:
        return FindingState.STARTED, None
    if code in NEEDS_MONTH:
        return FindingState.PROVISIONAL, step["month"]
    if code in RECOVERY and state == FindingState.PROVISIONAL:
        return FindingState.PROVISIONAL, confirm_from
    if code in (OutcomeCode.RECOVER, OutcomeCode.RECOVERY_REFERRED):
        return FindingState.PROVISIONAL, next_month(day)
    return FindingState.CLOSED, None
