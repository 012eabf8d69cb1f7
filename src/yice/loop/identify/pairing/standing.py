"""What hangs on a list: whose work it is, whether it tells of happenings, whether it shows payments."""

from __future__ import annotations

from dataclasses import dataclass

from yice.accounts.enums import Line
from yice.loop.identify.enums import LinkState
from yice.loop.identify.models import ListLink
from yice.loop.identify.models.lists import counts_now
from yice.policy import selectors as policy
from yice.rules.model import Plan

IN = 5000  # persons asked for at once


@dataclass(frozen=True)
class Standing:
    """`event`: a death or the like, which ends everything. `payroll`: rows are payments, several a person."""

    kind: str
    event: bool
    payroll: bool
    payrolls: frozenset[str]  # the place's other lists that show what somebody receives

    @property
    def line(self) -> Line:
        """Deaths and payments are the paying department's; what opens a benefit is the federation's."""
        return Line.PAYMENT if self.event or self.payroll else Line.ENTITLEMENT

    @property
    def many_rows(self) -> bool:
        return self.event or self.payroll


def standing_of(kind: str, area: str) -> Standing:
    """As the plan in force says; without one a list of deaths is known by its name."""
    installed = policy.pack_for(area)
    plan: Plan | None = policy.plan(installed) if installed is not None else None
    if plan is None or kind not in plan.lists:
        return Standing(kind, kind.startswith("deaths_"), False, frozenset())
    receipts = frozenset(one.receipts for one in plan.benefits.values() if one.receipts)
    given = plan.lists[kind].gives
    # A list that also says who somebody is (of subsistence, say) opens benefits; one of payments only does not.
    payroll = kind in receipts and all(name.startswith(("receives.", "paid.")) for name in given)
    return Standing(kind, plan.lists[kind].events, payroll, receipts - {kind})


def paid(persons: list[int], payrolls: frozenset[str]) -> set[int]:
    """Those whom a list of payments that counts now names: a benefit of theirs can end."""
    rows = ListLink.objects.filter(counts_now("entry__"), state=LinkState.SAME, entry__kind__in=payrolls)
    asked = sorted(set(persons)) if payrolls else []
    found: set[int] = set()
    for at in range(0, len(asked), IN):
        found |= set(rows.filter(person__in=asked[at : at + IN]).values_list("person_id", flat=True))
    return found


def payrolls_of(area: str) -> frozenset[str]:
    """The place's lists that show what somebody receives."""
    installed = policy.pack_for(area)
    plan: Plan | None = policy.plan(installed) if installed is not None else None
    return frozenset(one.receipts for one in plan.benefits.values() if one.receipts) if plan else frozenset()
