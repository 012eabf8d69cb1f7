"""Two lists in, decided pairs out: the passes in their order, each taking what it settled."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from yice.matching.both import Both
from yice.matching.keys import Bools, Ints
from yice.matching.model import Model, published
from yice.matching.normalise import Records, normalise
from yice.matching.pairs import Decision, Pairs, Reason
from yice.matching.passes.by_id import by_id
from yice.matching.passes.residual import by_weight
from yice.matching.passes.settle import settle
from yice.matching.passes.slips import by_slip
from yice.matching.passes.two_ids import by_two_ids
from yice.matching.persons import persons


def compare(
    registry: pa.Table | Records,
    list_: pa.Table | Records,
    *,
    model: Model | None = None,
    person: Ints | None = None,
    events: bool = False,
    allow_test_range: bool = False,
) -> Pairs:
    """Pair the rows of a list with the registry's, by list row.

    A list row links to one person at most; a pair is written for every registry row of that person. `person`
    numbers the registry's rows by person where that is known (else duplicates are found first); `events` says
    that one person may stand in many rows of the list.
    """
    model = model or published()
    ours, theirs = (
        one if isinstance(one, Records) else normalise(one, allow_test_range=allow_test_range)
        for one in (registry, list_)
    )
    who = persons(ours, model) if person is None else person
    both = Both.of(ours, theirs, model)
    best = settle(_passes(both, who, events), who, model, events=events)
    return _every_row(both, best, who)


def _passes(both: Both, who: Ints, events: bool) -> Pairs:
    open_theirs = np.ones(len(both.theirs), dtype=np.bool_)
    taken = np.zeros(len(both.ours), dtype=np.bool_)  # by person

    def settled(found: Pairs) -> Pairs:
        same = found.of(Decision.SAME)
        open_theirs[same.list_row] = False
        taken[who[same.registry_row]] = True
        return found

    found = [settled(by_id(both))]
    found.append(settled(by_slip(both, open_theirs)))
    found.append(by_two_ids(both, open_theirs))
    open_ours: Bools = np.ones(len(both.ours), dtype=np.bool_) if events else ~taken[who]
    found.append(by_weight(both, open_ours, open_theirs))
    return Pairs.joined(found)


def _every_row(both: Both, best: Pairs, who: Ints) -> Pairs:
    """Add the other registry rows of each person found; ordered by list row, then registry row."""
    counts = np.bincount(who, minlength=len(who))
    several = np.flatnonzero(counts[who[best.registry_row]] > 1)
    order = np.argsort(who, kind="stable")
    first = np.searchsorted(who[order], who[best.registry_row[several]])
    size = counts[who[best.registry_row[several]]]
    ends = np.cumsum(size)
    left = order[np.arange(ends[-1] if len(ends) else 0) + np.repeat(first - (ends - size), size)]
    at = np.repeat(several, size)
    other = left != best.registry_row[at]
    left, at = left[other], at[other]
    codes = both.levels(left, best.list_row[at])
    more = both.pairs(
        left, best.list_row[at], best.pass_[at], best.decision[at], Reason.OTHER_ROW, codes, both.weight(codes, left)
    )  # fmt: skip
    found = Pairs.joined([best, more])
    return found.at(np.lexsort((found.registry_row, found.list_row)))
