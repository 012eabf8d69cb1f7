"""What the passes found for each row of a list, brought to one person or to one question."""

from __future__ import annotations

import numpy as np

from yice.matching import levels as told
from yice.matching.keys import Ints
from yice.matching.model import Model
from yice.matching.names import SURNAME, agrees
from yice.matching.pairs import BIRTH, ID, NAME, Decision, Pairs, Reason

MARGIN = 3.0  # bits: eight times as likely


def settle(found: Pairs, person: Ints, model: Model, *, events: bool) -> Pairs:
    """One person for each list row: the decided pair first, else the likeliest; nearly as likely another, a tie.

    `person` numbers the registry's rows by person. Unless the list is of events, a person found by weight in
    several rows of a list keeps the best one, and those that agree with it in name and birth date.
    """
    found = found.at(found.decision != Decision.NONE)
    rank = _rank(found, model)
    order = np.lexsort((found.registry_row, -rank, found.decision, found.list_row))
    found, rank = found.at(order), rank[order]
    row, who = found.list_row, person[found.registry_row]
    first = np.flatnonzero(np.r_[True, row[1:] != row[:-1]]) if len(row) else np.zeros(0, dtype=np.int64)
    leader = np.repeat(first, np.diff(np.r_[first, len(row)]))
    rival = np.flatnonzero(who != who[leader])
    best = found.at(first)
    at = np.searchsorted(first, leader[rival])
    for position, pair in zip(at[::-1], rival[::-1], strict=True):  # the likeliest rival is met last
        if best.runner_up[position] < 0 or rank[pair] >= best.runner_up_weight[position]:
            best.runner_up[position] = found.registry_row[pair]
            best.runner_up_weight[position] = rank[pair]
    margin = rank[first] - best.runner_up_weight
    tied = (best.decision == Decision.SAME) & (margin < MARGIN)
    best.decision[tied], best.reason[tied] = Decision.QUEUE, Reason.TIE
    if not events:
        once(best, person[best.registry_row])
    return best


def _rank(found: Pairs, model: Model) -> np.ndarray:
    """The weight; for a number beside a wholly different name, what is left without the number."""
    rank = found.weight.copy()
    doubted = np.flatnonzero((found.decision == Decision.QUEUE) & (found.levels[:, NAME] >= SURNAME))
    if "id" in model.comparisons:
        rank[doubted] -= model.comparisons["id"].bits(found.levels[doubted, ID])
    return rank


def once(best: Pairs, who: Ints) -> None:
    """Send rows found by weight to the queue whose person another row holds, unless name and birth date agree."""
    by_weight = best.pass_ >= 4
    same = best.decision == Decision.SAME
    claims = np.flatnonzero(same)
    order = claims[np.lexsort((-best.weight[claims], by_weight[claims], who[claims]))]
    again = np.r_[False, who[order][1:] == who[order][:-1]] if len(order) else np.zeros(0, dtype=np.bool_)
    later = order[again]
    codes = best.levels[later]
    clear = agrees(codes[:, NAME]) & (codes[:, BIRTH] == told.EXACT)
    doubtful = later[by_weight[later] & ~clear]
    best.decision[doubtful], best.reason[doubtful] = Decision.QUEUE, Reason.TAKEN
