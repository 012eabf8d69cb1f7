"""A pair as kept, from what the engine found; and any row beside any person, compared when somebody asks."""

from __future__ import annotations

import numpy as np

from yice.accounts.services import is_demo
from yice.loop.identify.models import ListEntry, Pair, Person
from yice.loop.identify.pairing import tables
from yice.loop.identify.pairing.standing import standing_of
from yice.matching import (
    COMPARISONS,
    REASONS,
    Decision,
    Pairs,
    Reason,
    compare,
    normalise,
    of_evidence,
    published,
    rule_version,
)
from yice.terms import clock


def word(reason: int) -> str:
    return REASONS[Reason(reason)][0].replace("-", "_")


def made(found: Pairs, at: int, entry: ListEntry, person: Person, rival: Person | None) -> Pair:
    """A pair not saved yet; whose work it is and its evidence are for the caller to say."""
    return Pair(
        entry=entry,
        person=person,
        kind=entry.kind,
        area=person.hukou,
        pass_number=int(found.pass_[at]),
        reason=word(int(found.reason[at])),
        weight=float(found.weight[at]),
        levels="".join(str(code) for code in found.levels[at].tolist()),
        frequency=float(found.frequency[at]),
        runner_up=rival,
        runner_up_weight=float(found.runner_up_weight[at]) if rival is not None else None,
        rules=rule_version(published()),
        proposed_at=clock.now(),
    )


def looked_at(entry: ListEntry, person: Person) -> Pair:
    """The pair behind a link of number and name, made when somebody wants to see or undo it; not saved."""
    theirs = normalise(tables.table([tables.entry_row(entry)]), allow_test_range=is_demo())
    given = tables.given_by([tables.entry_row(entry)])
    ours = tables.table([tables.person_row(person, given)])
    found = compare(
        normalise(ours, allow_test_range=is_demo()), theirs, person=np.arange(1), events=True, checked=False
    )
    found = found.at(found.decision != Decision.NONE)
    standing = standing_of(entry.kind, entry.area or person.hukou)
    if len(found):
        pair = made(found, 0, entry, person, None)
        pair.evidence = int(of_evidence(found, ours["row_id"].combine_chunks(), theirs)[0])
    else:  # joined by a certificate number alone, which the engine does not see
        pair = Pair(
            entry=entry, person=person, kind=entry.kind, area=person.hukou, pass_number=1, weight=0.0,
            reason="certificate_and_name", levels="0" * len(COMPARISONS), frequency=0.0, evidence=0,
            rules=rule_version(published()), proposed_at=clock.now(),
        )  # fmt: skip
    pair.line, pair.automatic, pair.takes_away = standing.line, True, standing.event
    return pair
