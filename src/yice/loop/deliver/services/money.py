"""From which month a benefit is due and until which, by the rule of the benefit; which months are still to be paid."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Sum

from yice.loop.deliver.enums import PaymentKind, RecordKind
from yice.loop.deliver.models import Case, Payment, StepRecord
from yice.rules.model import Plan
from yice.rules.services import Outcome, Service, Step
from yice.terms import clock
from yice.terms.periods import Month

AMOUNT, ENDED_ON = "amount", "ended_on"  # fields of forms that the engine reads


def set_months(case: Case, plan: Plan, step: Step, chosen: Outcome, read: Mapping[str, Any]) -> None:
    """An approval fixes the sum and the first month; a stop fixes the last month that is due.

    `amount` (fen a period) of an approving step's form is the sum; `ended_on` of a stopping one the day on which
    the condition ended (today where it has none).
    """
    benefit = plan.benefits.get(case.benefit)
    if step.duty == "approve" and chosen.kind == "go":
        if isinstance(read.get(AMOUNT), int):
            case.amount_fen = read[AMOUNT]
        if benefit is not None and case.from_month is None:
            first = Month.of(case.applied_on)
            case.from_month = (first + 1 if benefit.starts == "month_after" else first).first
    if (
        step.duty == "approve"
        and chosen.kind == "stop"
        and benefit is not None
        and case.from_month is not None
    ):
        day = dt.date.fromisoformat(read[ENDED_ON]) if read.get(ENDED_ON) else clock.today()
        month = Month.of(day)
        case.until_month = (month if benefit.stops == "month_after" else month - 1).first


def due_months(case: Case, through: Month | None = None) -> list[Month]:
    """The months due up to `through` (this month) that nothing was paid for."""
    return due_months_of([case], through)[case.pk]


def due_months_of(cases: Sequence[Case], through: Month | None = None) -> dict[int, list[Month]]:
    """`due_months` of many cases at once, by the case's key."""
    paid: dict[int, set[Month]] = {one.pk: set() for one in cases}
    monthly = [one for one in cases if one.from_month is not None]
    rows = Payment.objects.filter(case__in=monthly, month__isnull=False).exclude(kind=PaymentKind.RECOVERY)
    for case, month in rows.values_list("case", "month").order_by("month") if monthly else ():
        if month is not None:
            paid[case].add(Month.of(month))
    found: dict[int, list[Month]] = {one.pk: [] for one in cases}
    for one in monthly:
        last = through or Month.of(clock.today())
        if one.until_month is not None:
            last = min(last, Month.of(one.until_month))
        if one.from_month is not None:
            found[one.pk] = [
                month for month in Month.of(one.from_month).up_to(last) if month not in paid[one.pk]
            ]
    return found


def overpaid_months(case: Case) -> list[Month]:
    """The months paid after the last one that was due: to be recovered, or waived."""
    if case.until_month is None:
        return []
    rows = Payment.objects.filter(case=case, month__gt=case.until_month).exclude(kind=PaymentKind.RECOVERY)
    return [Month.of(month) for month in rows.values_list("month", flat=True).order_by("month") if month]


def most_approved(case: Case) -> int | None:
    """The highest sum a period that was ever approved in the case: what arrears of an earlier month may come to."""
    sums = [one.values[AMOUNT] for one in _approvals(case) if isinstance(one.values.get(AMOUNT), int)]
    return max([*sums, *([case.amount_fen] if case.amount_fen is not None else [])], default=None)


def left_to_pay(case: Case, service: Service, step: Step) -> int | None:
    """What may still be paid of a sum approved once; None where none was approved, or where it is a sum a period.

    What was recovered may be paid again. A step that comes round without a new approval pays the sum each time.
    """
    approval = next((one for one in _approvals(case) if isinstance(one.values.get(AMOUNT), int)), None)
    if approval is None or case.from_month is not None or comes_again(service, step):
        return None
    since = Payment.objects.filter(case=case, record__version__gt=approval.version)
    paid = since.aggregate(fen=Sum("amount_fen"))["fen"] or 0
    return int(approval.values[AMOUNT]) - paid


def paid_so_far(case: Case) -> int:
    """Everything paid in the case, less what was recovered."""
    return int(Payment.objects.filter(case=case).aggregate(fen=Sum("amount_fen"))["fen"] or 0)


def comes_again(service: Service, step: Step) -> bool:
    """Whether the step can wait again without an approval between."""
    seen, ahead = set[str](), [name for one in step.outcomes.values() for name in one.next]
    while ahead:
        name = ahead.pop()
        about = service.steps.get(name)
        if name == step.id:
            return True
        if about is None or name in seen or about.duty == "approve":
            continue
        seen.add(name)
        ahead += [after for one in about.outcomes.values() for after in one.next]
    return False


def _approvals(case: Case) -> list[StepRecord]:
    """The approvals of the case, the last first."""
    rows = StepRecord.objects.filter(case=case, duty="approve", kind=RecordKind.TAKEN).order_by("-version")
    return list(rows)
