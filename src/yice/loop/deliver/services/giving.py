"""Money and help that a step gives: each with its source, how, by whom; counted in persons and person-times."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from yice.loop.deliver.enums import FundSource, Mode, PaymentKind
from yice.loop.deliver.models import Case, Delivery, Payment, StepRecord
from yice.loop.deliver.services.money import due_months, left_to_pay, most_approved, paid_so_far
from yice.network.providers import orderable
from yice.rules.services import Outcome, Service, Step
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message
from yice.terms.money import format_fen as yuan
from yice.terms.periods import Month


@dataclass(frozen=True)
class PaymentLine:
    """One payment. `month` is the month it is for (None: once); a recovery has a negative sum."""

    fen: int
    fund_source: FundSource
    mode: Mode
    month: Month | None = None
    kind: PaymentKind = PaymentKind.REGULAR
    payee: str = ""  # where not the person
    provider: str = ""
    provider_uuid: uuid.UUID | None = None
    paid_on: dt.date | None = None  # today unless told


@dataclass(frozen=True)
class DeliveryLine:
    """Help given on a day."""

    what: str
    fund_source: FundSource
    mode: Mode
    day: dt.date | None = None  # today unless told
    persons: int = 1
    person_times: int = 1
    quantity: Decimal | None = None
    unit: str = ""
    fen: int | None = None
    provider: str = ""
    provider_uuid: uuid.UUID | None = None


def check_given(
    case: Case,
    service: Service,
    step: Step,
    chosen: Outcome,
    payments: Sequence[PaymentLine],
    deliveries: Sequence[DeliveryLine],
) -> list[Problem]:
    """Everything wrong with what is to be paid or delivered."""
    found = []
    if payments and not step.pays:
        found.append(Problem("pays-not", Message("这一步不支付。"), field="payments"))
    if deliveries and not step.delivers:
        found.append(Problem("delivers-not", Message("这一步不登记服务。"), field="deliveries"))
    due = set(due_months(case)) if step.pays else set()
    # A benefit's settlement may find nothing due; any other paying step pays.
    if step.pays and chosen.kind == "go" and not payments and (due or case.from_month is None):
        found.append(Problem("payments-missing", Message("请登记支付的月份和金额。"), field="payments"))
    if step.delivers and chosen.kind == "go" and not deliveries:
        found.append(Problem("deliveries-missing", Message("请登记提供的服务。"), field="deliveries"))
    seen: set[Month] = set()
    for line in payments:
        found += _payment(case, line, due, seen)
    if step.pays:
        found += _sums(case, service, step, payments)
    for one in deliveries:
        found += _delivery(one)
    for given, name in ((payments, "payments"), (deliveries, "deliveries")):
        found += _source(given, name)
    if service.providers is not None and step.by_provider:
        found += _admitted(case, service, deliveries)
    for given, name in ((payments, "payments"), (deliveries, "deliveries")):
        if any(one.mode == Mode.CASH and one.fund_source in step.no_cash_from for one in given):
            found.append(
                Problem(
                    "no-cash",
                    Message("这笔资金不能发现金，只能购买服务。"),
                    why=Message("依据：{clause}", clause=step.clause),
                    field=name,
                )
            )
    return found


def _source(given: Sequence[PaymentLine] | Sequence[DeliveryLine], name: str) -> Iterator[Problem]:
    """Whatever is given says from which money and in which way: a shell or another system may leave it out."""
    if any(one.fund_source not in FundSource.values for one in given):
        yield Problem("fund-source", Message("请写明资金来源。"), field=f"{name}.fund_source")
    if any(one.mode not in Mode.values for one in given):
        yield Problem("mode", Message("请写明怎样提供：现金、购买服务、实物或服务券。"), field=f"{name}.mode")


def _payment(case: Case, line: PaymentLine, due: set[Month], seen: set[Month]) -> Iterator[Problem]:
    recovery = line.kind == PaymentKind.RECOVERY
    if line.paid_on is not None and line.paid_on > clock.today():
        yield Problem("date-future", Message("支付日期在今天之后。"), field="payments")
    if (line.fen >= 0) if recovery else (line.fen <= 0):
        yield Problem("payment-sign", Message("支付金额要大于零，追回写负数。"), field="payments")
    if not recovery and line.mode == Mode.PURCHASE and not line.provider.strip():
        yield Problem(
            "provider-missing", Message("付给购买的服务，要写明付给哪家机构。"), field="payments.provider"
        )
    if line.month is None or recovery:
        return
    if line.month in seen or (line.month not in due and case.from_month is not None):
        what = Message("{month} 不在应付的月份内，或者已经付过。", month=str(line.month))
        yield Problem("month-not-due", what, field="payments.months")
    seen.add(line.month)
    if case.amount_fen is None or case.from_month is None:
        return
    if line.kind == PaymentKind.REGULAR and line.fen != case.amount_fen:
        what = Message("{month} 的金额与批准的不同。", month=str(line.month))
        why = Message("每月批准 {approved} 元。", approved=yuan(case.amount_fen))
        yield Problem("payment-amount", what, why=why, field="payments")
    most = most_approved(case) or case.amount_fen
    if line.kind == PaymentKind.ARREARS and line.fen > most:
        what = Message("{month} 补发的金额超过了批准的数。", month=str(line.month))
        why = Message("每月批准 {approved} 元。", approved=yuan(most))
        yield Problem("payment-amount", what, why=why, field="payments")


def _sums(case: Case, service: Service, step: Step, payments: Sequence[PaymentLine]) -> Iterator[Problem]:
    """Never more than was approved: of a sum approved once, what is left of it; of a sum a period, that sum each time.

    Recoveries stand apart, and never come to more than was paid.
    """
    back = -sum(line.fen for line in payments if line.kind == PaymentKind.RECOVERY)
    if back > (before := paid_so_far(case)):
        what = Message("追回 {back} 元，超过了已发的 {paid} 元。", back=yuan(back), paid=yuan(before))
        yield Problem("recovery-amount", what, field="payments")
    out = [line for line in payments if line.kind != PaymentKind.RECOVERY]
    if case.from_month is not None or case.amount_fen is None or not out:
        return
    fix = Message("请按批准的数支付；应当多付的，先重新审定。")
    left = left_to_pay(case, service, step)
    if left is not None:
        now = sum(line.fen for line in out)
        if now > left:
            what = Message(
                "这次要付 {now} 元，超过了批准还能付的 {left} 元。", now=yuan(now), left=yuan(left)
            )
            why = Message("共批准 {approved} 元。", approved=yuan(case.amount_fen))
            yield Problem("payment-amount", what, why=why, fix=fix, field="payments")
        return
    each: dict[Month | None, int] = {}
    for line in out:
        each[line.month] = each.get(line.month, 0) + line.fen
    if (now := max(each.values())) > case.amount_fen:
        what = Message(
            "这次要付 {now} 元，超过了每次批准的 {approved} 元。",
            now=yuan(now),
            approved=yuan(case.amount_fen),
        )
        yield Problem("payment-amount", what, fix=fix, field="payments")


def _admitted(case: Case, service: Service, deliveries: Sequence[DeliveryLine]) -> Iterator[Problem]:
    """Only who is admitted to the network on the day is ordered, where the service says so."""
    for day in dict.fromkeys(line.day or clock.today() for line in deliveries):
        able = {one.name for one in orderable(case.area, service.id, day)}
        for line in deliveries:
            if (
                (line.day or clock.today()) == day
                and line.provider.strip()
                and line.provider.strip() not in able
            ):
                yield Problem(
                    "provider-not-admitted",
                    Message("{name}当天没有准入这项服务，不能由它提供。", name=line.provider.strip()),
                    why=Message("依据：{clause}", clause=service.clause),
                    field="deliveries.provider",
                )


def _delivery(line: DeliveryLine) -> Iterator[Problem]:
    if line.persons < 1 or line.person_times < line.persons:
        what = Message("人次不能少于人数，人数至少为一。")
        yield Problem("delivery-counts", what, field="deliveries.times")
    if line.day is not None and line.day > clock.today():
        yield Problem("date-future", Message("服务日期在今天之后。"), field="deliveries.day")
    if line.fen is not None and line.fen < 0:
        yield Problem("delivery-sum", Message("金额不能小于零。"), field="deliveries.fen")
    if not line.what.strip():
        yield Problem("delivery-what", Message("请写明提供了什么。"), field="deliveries.what")
    if not line.provider.strip() and line.mode == Mode.PURCHASE:
        what = Message("购买的服务要写明由谁提供。")
        yield Problem("provider-missing", what, field="deliveries.provider")


def give(
    case: Case, record: StepRecord, payments: Sequence[PaymentLine], deliveries: Sequence[DeliveryLine]
) -> None:
    """Write them down, each tied to the step that gave it."""
    today, place = clock.today(), case.counted_in
    Payment.objects.bulk_create(
        Payment(
            case=case,
            record=record,
            person=case.person,
            hukou=place,
            kind=line.kind,
            month=line.month.first if line.month else None,
            amount_fen=line.fen,
            fund_source=line.fund_source,
            mode=line.mode,
            payee=line.payee,
            provider=line.provider,
            provider_uuid=line.provider_uuid,
            paid_on=line.paid_on or today,
        )
        for line in payments
    )
    Delivery.objects.bulk_create(
        Delivery(
            case=case,
            record=record,
            person=case.person,
            hukou=place,
            day=one.day or today,
            what=one.what,
            persons=one.persons,
            person_times=one.person_times,
            quantity=one.quantity,
            unit=one.unit,
            fen=one.fen,
            fund_source=one.fund_source,
            mode=one.mode,
            provider=one.provider,
            provider_uuid=one.provider_uuid,
        )
        for one in deliveries
    )
