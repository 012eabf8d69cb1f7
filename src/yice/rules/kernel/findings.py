"""What a status and a receipt mean together, as the architecture's table has it; on bits, for all rows at once.

| status / receives | yes              | no    | unknown |
|-------------------|------------------|-------|---------|
| eligible          | ok, or amount    | gap   | ask     |
| not eligible      | leak, duplicate  | ok    | blank   |
| cannot tell       | ask, never a leak| ask   | ask     |

Where others may rightly receive the benefit (`Group.leaks` is False) whoever receives it outside the group is
neither a leak nor somebody to ask.
"""

from __future__ import annotations

from yice.rules.bits import Words
from yice.rules.kernel.outcome import Outcome
from yice.rules.model import FindingKind, Status

STATUSES: tuple[Status, ...] = ("ineligible", "eligible", "unknown")
FINDINGS: tuple[FindingKind, ...] = ("", "ok", "gap", "leak", "amount", "duplicate", "ask")


def finding_rows(outcome: Outcome) -> dict[FindingKind, Words]:
    """The rows of each kind of finding; none at all where no list shows who receives."""
    if not outcome.program.compared:
        return {}
    yes, no = outcome.receiving
    eligible, ineligible, unknown = outcome.eligible, outcome.ineligible, outcome.unknown
    amount, duplicate = outcome.wrong_amount, outcome.twice
    found: dict[FindingKind, Words] = {
        "ok": eligible & yes & ~amount | ineligible & no,
        "gap": eligible & no,
        "leak": ineligible & yes & ~duplicate,
        "amount": amount,
        "duplicate": duplicate,
        "ask": unknown | eligible & ~(yes | no),
    }
    return _by_other_ways(outcome, _of_the_plan(outcome, found)) if outcome.program.benefit else found


def _of_the_plan(outcome: Outcome, found: dict[FindingKind, Words]) -> dict[FindingKind, Words]:
    """Whoever fails a condition the benefit names as `outside` is not this plan's to judge: no leak."""
    benefit, outside = outcome.program.benefit, outcome.block.evaluator.none
    if benefit is None or not benefit.outside:
        return found
    for line in outcome.program.lines:
        if line.section == "applies" and line.condition.id in benefit.outside:
            outside = outside | outcome.block.evaluator.bits(line.node)[1]
    return found | {"leak": found["leak"] & ~outside}


def _by_other_ways(outcome: Outcome, found: dict[FindingKind, Words]) -> dict[FindingKind, Words]:
    """Someone who receives by another way (a route of the benefit, or rules outside this plan) is no leak."""
    group, benefit = outcome.program.group, outcome.program.benefit
    yes = outcome.receiving[0]
    if not group.leaks:
        none = outcome.block.evaluator.none
        return found | {"leak": none, "duplicate": none, "ask": found["ask"] & ~yes}
    if benefit is None or not benefit.routes:
        return found
    ways = [outcome.block.outcome(name) for name in benefit.routes if name != group.id]
    entitled = maybe = outcome.block.evaluator.none
    for way in ways:
        entitled, maybe = entitled | way.eligible, maybe | way.unknown
    leak, asked = found["leak"], found["ask"] & yes
    return found | {
        "ok": found["ok"] | (leak | asked) & entitled,
        "leak": leak & ~(entitled | maybe),
        "ask": found["ask"] & ~(asked & entitled) | leak & maybe & ~entitled,
    }


def to_follow(found: dict[FindingKind, Words], none: Words) -> Words:
    """The rows that are work for somebody: every kind but `ok`."""
    out = none
    for kind, rows in found.items():
        if kind != "ok":
            out = out | rows
    return out
