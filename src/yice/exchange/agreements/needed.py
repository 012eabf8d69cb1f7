"""Which lists the plans in force use: nobody is asked for a list that nothing is decided by."""

from __future__ import annotations

from yice.identifiers import division
from yice.loop.identify.services.causes import facts_behind
from yice.policy import selectors as policy
from yice.policy.models import InstalledPack
from yice.rules.kernel.program import compile_plan
from yice.rules.model import Plan
from yice.terms import clock

_used: dict[str, frozenset[str]] = {}  # by the plan's hash


def used_lists(area: str) -> set[str]:
    """List kinds that some plan in force for `area` reads: a payroll of a benefit, or facts that a group looks at."""
    found: set[str] = set()
    for pack in InstalledPack.objects.filter(active=True).order_by("id"):
        if any(area.startswith(division.prefix(code)) for code in pack.areas):
            if pack.hash not in _used:
                _used[pack.hash] = lists_of(policy.plan(pack))
            found |= _used[pack.hash]
    return found


def lists_of(plan: Plan) -> frozenset[str]:
    """The list kinds by which this plan decides anything."""
    program = compile_plan(plan, clock.today())
    looked = {name for group in program.groups for name in facts_behind(program, group)}
    found = {one.receipts for one in plan.benefits.values() if one.receipts}
    found |= {kind.id for kind in plan.lists.values() if looked & set(kind.gives)}
    for name in looked:
        silence = plan.facts[name].silence if name in plan.facts else None
        found |= {silence.list, *silence.and_lists} if silence and silence.list else set()
    return frozenset(kind for kind in found if kind is not None)
