"""A pair as kept, from what the engine found; and any row beside any person, compared when somebody asks."""

from __future__ import annotations

import numpy as np

from yice.accounts.services import is_demo
from yice.loop.identify.models import ListEntry, Pair, Person
from yice.loop.identify.pairing import tables
from yice.loop.identify.pairing.standing import paid, standing_of
from yice.matching import (
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
from yice.matching.both import Both
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
    """The pair behind a link without one, made when somebody wants to see, settle or undo it; not saved.

    A link of number and name, or of a certificate's number, which the engine does not see; or of a name alone.
    """
    theirs = normalise(tables.table([tables.entry_row(entry)]), allow_test_range=is_demo())
    given = tables.given_by([tables.entry_row(entry)])
    ours = tables.table([tables.person_row(person, given)])
    records = normalise(ours, allow_test_range=is_demo())
    found = compare(records, theirs, person=np.arange(1), events=True, checked=False)
    found = found.at(found.decision != Decision.NONE)
    by_certificate = entry.id_index is None and entry.certificate_index is not None
    if not len(found):
        both, first = Both.of(records, theirs, published()), np.zeros(1, dtype=np.int64)
        codes = both.levels(first, first)
        reason = Reason.LITTLE_PERSONAL
        found = both.pairs(first, first, 4, Decision.QUEUE, reason, codes, both.weight(codes, first))
    pair = made(found, 0, entry, person, None)
    pair.evidence = int(of_evidence(found, ours["row_id"].combine_chunks(), theirs)[0])
    if by_certificate:
        pair.pass_number, pair.reason = 1, "certificate_and_name"
    standing = standing_of(entry.kind, entry.area or person.hukou)
    receiving = not standing.payroll and bool(paid([person.pk], standing.payrolls))
    pair.line, pair.automatic, pair.takes_away = standing.line, True, standing.event or receiving
    return pair
