"""Two lists in, decided pairs out: the passes in their order, each taking what it settled."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from yice.matching.both import Both, Meet
from yice.matching.digests import of_evidence
from yice.matching.health import check, check_names, health
from yice.matching.keys import Bools, Ints
from yice.matching.model import Model, published
from yice.matching.names import Shares
from yice.matching.normalise import Records, normalise
from yice.matching.pairs import Decision, Pairs, Reason
from yice.matching.passes.by_id import BY_ID
from yice.matching.passes.joining import run
from yice.matching.passes.residual import BY_WEIGHT
from yice.matching.passes.settle import settle
from yice.matching.passes.slips import BY_SLIP
from yice.matching.passes.two_ids import BY_TWO_IDS
from yice.matching.persons import numbered, of_itself


@dataclass(frozen=True)
class Refused:
    """Pairs that people refused or undid, by `digests.of_evidence`; `registry_ids` are the registry's own row ids."""

    registry_ids: pa.StringArray
    evidence: Ints


def compare(
    registry: pa.Table | Records,
    list_: pa.Table | Records,
    *,
    model: Model | None = None,
    person: Ints | None = None,
    refused: Refused | None = None,
    shares: Shares | None = None,
    events: bool = False,
    allow_test_range: bool = False,
    checked: bool = True,
    meet: Meet | None = None,
) -> Pairs:
    """Pair the rows of a list with the registry's, by list row.

    A list row links to one person at most; a pair is written for every registry row of that person. `person`
    numbers the registry's rows by person where that is known (else duplicates are found first); `refused` pairs
    are not proposed again without new evidence; `shares` tells how common names are where only a part of the registry
    is given; `events` says that one person may stand in many rows of the list; `meet`: how rows of one key meet, where
    not in memory (`duck.meeting`).
    A Problem when the list gives neither names nor ids, or (`checked`) looks like one that went wrong on its way.
    """
    model = model or published()
    ours, theirs = (read(one, allow_test_range) for one in (registry, list_))
    if checked and not isinstance(list_, Records):
        check(health(list_, theirs), ours, theirs)
    both = replace(Both.of(ours, theirs, model, shares), meet=meet)
    who = numbered(of_itself(both.alone()), ours.id_key) if person is None else person
    found = passes(both, who, refused=refused, events=events, checked=checked)
    return every_row(both, settle(found, who, model, events=events), who)


def read(given: pa.Table | Records, allow_test_range: bool) -> Records:
    return given if isinstance(given, Records) else normalise(given, allow_test_range=allow_test_range)


def passes(
    both: Both,
    who: Ints,
    *,
    refused: Refused | None = None,
    events: bool = False,
    checked: bool = False,
    taken: Bools | None = None,
) -> Pairs:
    """What the passes propose, not settled yet. `taken`: people (by number) whom other rows have found already."""
    open_theirs = np.ones(len(both.theirs), dtype=np.bool_)
    taken = np.zeros(len(both.ours), dtype=np.bool_) if taken is None else taken.copy()

    def settled(found: Pairs) -> Pairs:
        found = _without(found, refused, both.theirs)
        same = found.of(Decision.SAME)
        open_theirs[same.list_row] = False
        taken[who[same.registry_row]] = True
        return found

    every = np.ones(len(both.ours), dtype=np.bool_)
    found = [settled(run(BY_ID, both, every, open_theirs))]
    if checked:
        check_names(found[0])
    found += [settled(run(one, both, every, open_theirs)) for one in (BY_SLIP, BY_TWO_IDS)]
    open_ours: Bools = every if events else ~taken[who]
    found.append(settled(run(BY_WEIGHT, both, open_ours, open_theirs)))
    return Pairs.joined(found)


def _without(found: Pairs, refused: Refused | None, theirs: Records) -> Pairs:
    if refused is None or not len(refused.evidence) or not len(found):
        return found
    evidence = of_evidence(found, refused.registry_ids, theirs)
    return found.at(~np.isin(evidence, refused.evidence))


def every_row(both: Both, best: Pairs, who: Ints, here: Ints | None = None) -> Pairs:
    """Add the other registry rows of each person found; ordered by list row, then registry row. `here` says where
    in `both` a row of the list stands, when it holds only some."""
    left, at = other_rows(best, who)
    rows = best.list_row[at]
    codes = both.levels(left, rows if here is None else here[rows])
    more = both.pairs(left, rows, 0, Decision.NONE, Reason.OTHER_ROW, codes, both.weight(codes, left))
    return beside(best, at, more)


def other_rows(best: Pairs, who: Ints) -> tuple[Ints, Ints]:
    """The registry's other rows of each person found, and the positions in `best` of the pairs that found them."""
    counts = np.bincount(who, minlength=len(who))
    several = np.flatnonzero(counts[who[best.registry_row]] > 1)
    order = np.argsort(who, kind="stable")
    first = np.searchsorted(who[order], who[best.registry_row[several]])
    size = counts[who[best.registry_row[several]]]
    ends = np.cumsum(size)
    left = order[np.arange(ends[-1] if len(ends) else 0) + np.repeat(first - (ends - size), size)]
    at = np.repeat(several, size)
    other = left != best.registry_row[at]
    return left[other], at[other]


def beside(best: Pairs, at: Ints, more: Pairs) -> Pairs:
    """Both together, a person's other rows (`more`) decided as the pairs at `at` that found the person."""
    more = replace(more, pass_=best.pass_[at], decision=best.decision[at])
    found = Pairs.joined([best, more])
    return found.at(np.lexsort((found.registry_row, found.list_row)))
