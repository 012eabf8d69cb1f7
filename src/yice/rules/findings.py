"""What a status and a receipt mean together, as the architecture's table has it; on bits, for all rows at once.

| status / receives | yes              | no    | unknown |
|-------------------|------------------|-------|---------|
| eligible          | ok, or amount    | gap   | ask     |
| not eligible      | leak, duplicate  | ok    | blank   |
| cannot tell       | ask, never a leak| ask   | ask     |
"""

from __future__ import annotations

from yice.rules.bits import Words
from yice.rules.model import FindingKind, Status
from yice.rules.outcome import Outcome

STATUSES: tuple[Status, ...] = ("ineligible", "eligible", "unknown")
FINDINGS: tuple[FindingKind, ...] = ("", "ok", "gap", "leak", "amount", "duplicate", "ask")


def finding_rows(outcome: Outcome) -> dict[FindingKind, Words]:
    """The rows of each kind of finding; none at all where no list shows who receives."""
    if not outcome.program.compared:
        return {}
    yes, no = outcome.receiving
    eligible, ineligible = outcome.eligible, outcome.ineligible
    amount, duplicate = outcome.wrong_amount, outcome.twice
    paid_and_due = eligible & yes
    return {
        "ok": paid_and_due & ~amount | ineligible & no,
        "gap": eligible & no,
        "leak": ineligible & yes & ~duplicate,
        "amount": amount,
        "duplicate": duplicate,
        "ask": outcome.unknown | eligible & ~(yes | no),
    }


def to_follow(found: dict[FindingKind, Words], none: Words) -> Words:
    """The rows that are work for somebody: every kind but `ok`."""
    out = none
    for kind, rows in found.items():
        if kind != "ok":
            out = out | rows
    return out
