"""One step for many cases: the same checks for each, and a sample that was read one by one beforehand."""

from __future__ import annotations

import math
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from yice.accounts.access import Forbidden
from yice.accounts.models import User
from yice.loop.deliver.enums import FundSource, Mode, PaymentKind
from yice.loop.deliver.models import Case, Opened
from yice.loop.deliver.selectors.scope import readable
from yice.loop.deliver.services.giving import PaymentLine
from yice.loop.deliver.services.money import due_months
from yice.loop.deliver.services.standing import done_before, service_of
from yice.loop.deliver.services.stepping import Taking, take
from yice.terms import clock
from yice.terms.errors import Problem, Problems
from yice.terms.messages import Message
from yice.terms.periods import Month

MOST = 500


@dataclass(frozen=True)
class PayAs:
    """How a pay list pays: from which money, in which way, up to which month (this one)."""

    fund_source: FundSource
    mode: Mode = Mode.CASH
    through: Month | None = None
    provider: str = ""  # where a service is bought: from whom

    def lines(self, case: Case) -> list[PaymentLine]:
        """Each month that is due and not paid, at the approved sum; those before this month are arrears.

        A case that pays no months is paid its approved sum once.
        """
        now = Month.of(clock.today())
        if case.from_month is None:
            return [PaymentLine(case.amount_fen or 0, self.fund_source, self.mode, provider=self.provider)]
        return [
            PaymentLine(
                case.amount_fen or 0,
                self.fund_source,
                self.mode,
                month,
                PaymentKind.REGULAR if month == now else PaymentKind.ARREARS,
                provider=self.provider,
            )
            for month in due_months(case, self.through)
        ]


@dataclass
class BulkDone:
    """What became of each case. Those that were refused stand as they were, with everything wrong in words."""

    bulk: uuid.UUID
    done: list[Case] = field(default_factory=list)
    refused: list[tuple[Case, Problem | Problems]] = field(default_factory=list)


def mark_opened(*, actor: User, case: Case) -> None:
    """Say that `actor` read the case as it stands: what a bulk's sample is counted by."""
    if not readable(actor).filter(pk=case.pk).exists():
        raise Problem("case-not-found", Message("没有这个办件，或不在您负责的范围内。"))
    Opened.objects.update_or_create(
        case=case, user=actor, defaults={"version": case.version, "at": clock.now()}
    )


def sample_needed(case: Case, step: str, count: int) -> int:
    """How many of `count` cases must have been read one by one."""
    return max(1, math.ceil(count * service_of(case).steps[step].sample / 100))


def take_steps_in_bulk(
    *,
    actor: User,
    step: str,
    cases: Sequence[tuple[Case, int]],
    outcome: str,
    key: str,
    values: Mapping[str, Any] | None = None,
    own: Mapping[int, Mapping[str, Any]] | None = None,
    note: str = "",
    pay: PayAs | None = None,
) -> BulkDone:
    """Take `step` for these cases (each with the version it was seen at), every one with all checks of its own.

    `values` are said of all alike, `own` of one case each (by its key): a sum is always a person's own.
    Problem "bulk-sample" until enough of them were opened at the version they have now; `key` as for one step.
    A paying step pays every month that is due, as `pay` says.
    """
    made = BulkDone(uuid.uuid4())
    if not cases:
        raise Problem("bulk-empty", Message("还没有选择办件。"))
    if len(cases) > MOST:
        raise Problem("bulk-most", Message("一次最多办 {most} 件。", most=MOST))
    services = {case.service for case, _ in cases}
    if len(services) > 1 or not service_of(cases[0][0]).steps[step].bulk:
        raise Problem("bulk-not", Message("这一步不能批量办理。"))
    keys = {case.pk: f"{key[:27]}:{case.uuid.hex}" if key else "" for case, _ in cases}
    waiting = [(case, seen) for case, seen in cases if not done_before(case, keys[case.pk], actor)]
    opened = opened_by(actor, waiting)
    needed = sample_needed(cases[0][0], step, len(cases)) if len(waiting) == len(cases) else 0
    if len(opened) < needed:
        raise Problem(
            "bulk-sample",
            Message("请先逐件打开看过 {needed} 件，现在看过 {seen} 件。", needed=needed, seen=len(opened)),
            why=Message("批量办理也要抽看。"),
        )
    for case, seen in cases:
        taking = Taking(
            outcome,
            {**(values or {}), **(own or {}).get(case.pk, {})},
            {},
            note=note,
            payments=pay.lines(case) if pay else (),
            bulk=made.bulk,
            sampled=case.pk in opened,
        )
        try:
            with transaction.atomic():
                made.done.append(take(actor, case, step, seen, taking, keys[case.pk]))
        except (Problem, Problems, Forbidden) as problem:
            made.refused.append((case, problem))
    return made


def opened_by(actor: User, cases: Sequence[tuple[Case, int]]) -> set[int]:
    """Those that the actor read at the version they have."""
    versions = {case.pk: seen for case, seen in cases}
    rows = Opened.objects.filter(user=actor, case_id__in=versions).order_by("id")
    return {row.case_id for row in rows if row.version == versions[row.case_id]}
