"""Which rows of a register are one person: the same passes, the register against itself."""

from __future__ import annotations

import numpy as np

from yice.matching.both import Both
from yice.matching.keys import Bools, Ints
from yice.matching.model import Model
from yice.matching.normalise import Records
from yice.matching.pairs import Decision, Pairs
from yice.matching.passes.by_id import BY_ID
from yice.matching.passes.joining import run
from yice.matching.passes.residual import BY_WEIGHT
from yice.matching.passes.slips import BY_SLIP

PASSES = (BY_ID, BY_SLIP, BY_WEIGHT)


def duplicates(records: Records, model: Model) -> Pairs:
    """Pairs of rows (the first before the second) that are one person, or that somebody must look at."""
    both = Both.of(records, records, model)
    every = np.ones(len(records), dtype=np.bool_)
    found = Pairs.joined([run(one, both, every, every) for one in PASSES])
    found = found.at(found.decision != Decision.NONE)
    # The first pass that paired two rows speaks.
    order = np.lexsort((found.pass_, found.list_row, found.registry_row))
    found = found.at(order)
    again = (np.diff(found.registry_row, prepend=-1) == 0) & (np.diff(found.list_row, prepend=-1) == 0)
    return found.at(~again)


def persons(records: Records, model: Model) -> Ints:
    """A number for each row, the position of the person's first row. Two valid ids never come under one number."""
    found = duplicates(records, model).of(Decision.SAME)
    who = _joined(len(records), found.registry_row, found.list_row)
    clash = _clashing(records, who)
    if clash.any():  # a row without a number lies between two people: only what the numbers say holds there
        sure = found.at(~clash[who[found.registry_row]] | (found.pass_ == 1))
        who = _joined(len(records), sure.registry_row, sure.list_row)
    return who


def _joined(count: int, one: Ints, other: Ints) -> Ints:
    """The smallest position that each can reach over pairs."""
    who = np.arange(count)
    while len(one):
        least = np.minimum(who[one], who[other])
        if (who[one] == least).all() and (who[other] == least).all():
            break
        np.minimum.at(who, one, least)
        np.minimum.at(who, other, least)
        who = who[who]
    return who


def _clashing(records: Records, who: Ints) -> Bools:
    """By position of a person: whether two valid ids stand under it."""
    at = np.flatnonzero(records.usable)
    low = np.full(len(records), np.iinfo(np.int64).max)
    high = np.zeros(len(records), dtype=np.int64)
    np.minimum.at(low, who[at], records.id_key[at])
    np.maximum.at(high, who[at], records.id_key[at])
    return np.asarray((high != 0) & (low != high))
