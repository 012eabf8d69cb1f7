"""What a comparison of two plans came to, as JSON: everything but the persons."""

from __future__ import annotations

import datetime as dt
from typing import Any

from yice.rules.kernel.program import compile_plan
from yice.rules.model import Plan
from yice.rules.whatif.tally import DIMENSIONS, Tally


def days_of(old: Plan, new: Plan, as_of: dt.date) -> tuple[dt.date, dt.date]:
    """The day each plan is taken on: its last one where it had ended."""
    return compile_plan(old, as_of).as_of, compile_plan(new, as_of).as_of


def summary(old: Plan, new: Plan, as_of: dt.date, tally: Tally) -> dict[str, Any]:
    """The plans, what benefits by the month cost under either, each item's figures, and those by place and kind.

    Sums in fen; beside each stands the number of persons it says nothing of. In `by` only what changes is told.
    """
    before, after = tally.monthly()
    plans = zip(("old", "new"), (old, new), days_of(old, new, as_of), strict=True)
    return {
        **{
            side: {"id": plan.id, "version": plan.version, "hash": plan.hash, "day": day.isoformat()}
            for side, plan, day in plans
        },
        "as_of": as_of.isoformat(),
        "monthly": {
            "before_fen": before.fen,
            "after_fen": after.fen,
            "difference_fen": after.fen - before.fen,
            "amount_unknown_before": before.amount_unknown,
            "amount_unknown_after": after.amount_unknown,
        },
        "items": [figures.as_dict(tally.items[key]) for key, figures in tally.all.items()],
        "by": {
            name: {
                place: [
                    figures.as_dict(tally.items[key])
                    for key, figures in found.items()
                    if figures.changed or figures.before.fen != figures.after.fen
                ]
                for place, found in sorted(tally.by[name].items())
            }
            for name in DIMENSIONS
        },
    }
