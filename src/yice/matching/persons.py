"""Which rows of a register are one person: the same passes, the register against itself."""

from __future__ import annotations

import numpy as np

from yice.matching.both import Both
from yice.matching.keys import Bools, Ints, Keys
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
    return of_itself(Both.of(records, records, model))


def of_itself(alone: Both) -> Pairs:
    """The same of a list given as both sides."""
    every = np.ones(len(alone.ours), dtype=np.bool_)
    return first_said([run(one, alone, every, every) for one in PASSES])


def first_said(found: list[Pairs]) -> Pairs:
    """Of what the passes found, in their order, each pair once: the first pass that paired two rows speaks."""
    pairs = Pairs.joined(found)
    pairs = pairs.at(pairs.decision != Decision.NONE)
    pairs = pairs.at(np.lexsort((pairs.pass_, pairs.list_row, pairs.registry_row)))
    again = (np.diff(pairs.registry_row, prepend=-1) == 0) & (np.diff(pairs.list_row, prepend=-1) == 0)
    return pairs.at(~again)


def persons(records: Records, model: Model) -> Ints:
    """A number for each row, the position of the person's first row. Two valid ids never come under one number."""
    return numbered(duplicates(records, model), records.id_key)


def numbered(pairs: Pairs, id_key: Keys) -> Ints:
    """The same from the pairs. `id_key` by row; 0 will do for rows that no pair names."""
    found = pairs.of(Decision.SAME)
    who = _joined(len(id_key), found.registry_row, found.list_row)
    clash = _clashing(id_key, who)
    if clash.any():  # a row without a number lies between two people: only what the numbers say holds there
        sure = found.at(~clash[who[found.registry_row]] | (found.pass_ == 1))
        who = _joined(len(id_key), sure.registry_row, sure.list_row)
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


def _clashing(id_key: Keys, who: Ints) -> Bools:
    """By position of a person: whether two valid ids stand under it."""
    at = np.flatnonzero(id_key)
    low = np.full(len(id_key), np.iinfo(np.int64).max)
    high = np.zeros(len(id_key), dtype=np.int64)
    np.minimum.at(low, who[at], id_key[at])
    np.maximum.at(high, who[at], id_key[at])
    return np.asarray((high != 0) & (low != high))
