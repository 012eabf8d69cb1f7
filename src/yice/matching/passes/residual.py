"""Passes 4 and 5: a side without a valid number. Candidates by blocks, decided by their weight.

Beyond the band, a weight alone is not automatic where the name differs in writing and in sound (a twin, a relative),
nor where the place is another county (pass 5); where nothing personal stands beside name and place it must be larger.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import numpy.typing as npt

from yice.matching import levels as told
from yice.matching.both import OTHER_NAMES, Both
from yice.matching.keys import LIMIT, Bools, Ints, Keys, mix
from yice.matching.names import agrees
from yice.matching.normalise import Records, text_keys
from yice.matching.pairs import ADDRESS, BIRTH, ID, NAME, PHONE, SEX, VILLAGE, Decision, Pairs, Reason
from yice.matching.passes.joining import Join, Pass, Side

# A block is a set of values that two rows must share to be compared at all.
BLOCKS: tuple[tuple[str, ...], ...] = (
    ("sound", "birth"),
    ("sound", "place"),
    ("sound", "phone"),
    ("birth", "place"),
    ("birth", "phone"),
    ("document",),
)
# Bits a name and a place must have beyond the band where nothing personal stands beside them: a few families make up
# a village, so that a name says less there than its share of the registry.
NAMESAKES = 2.0


def keys(side: Side) -> Iterator[Join]:
    """First the rows of theirs without a usable number, then those of ours."""
    records, lacks = side.records, side.open & ~side.records.usable
    halves = (side.open, lacks) if side.ours else (lacks, side.open & records.usable)
    for half in halves:
        rows = np.flatnonzero(half)
        for block in BLOCKS:
            yield rows, partial(_key, records, side.sound, rows, block)


def judge(both: Both, left: Ints, right: Ints) -> Pairs:
    codes = both.levels(left, right)
    weight = both.weight(codes, left)
    accept = both.model.accept
    alone = weight - both.of_the_household(codes)
    likely = np.where(agrees(codes[:, NAME]), weight >= both.model.reject, alone >= accept + OTHER_NAMES)
    left, right, codes, weight = left[likely], right[likely], codes[likely], weight[likely]
    far = codes[:, VILLAGE] == told.ELSEWHERE
    reason = np.select(
        [weight < accept, ~agrees(codes[:, NAME]), far, ~_personal(codes) & (weight < accept + NAMESAKES)],
        [Reason.BETWEEN, Reason.OTHER_NAME, Reason.OTHER_COUNTY, Reason.LITTLE_PERSONAL],
        Reason.WEIGHT,
    )
    decision = np.where(reason == Reason.WEIGHT, Decision.SAME, Decision.QUEUE)
    return both.pairs(left, right, np.where(far, 5, 4), decision, reason, codes, weight)


def _personal(codes: npt.NDArray[np.int8]) -> Bools:
    """Something that tells a person from a namesake next door."""
    birth, address = codes[:, BIRTH], codes[:, ADDRESS]
    found = (birth == told.EXACT) | (birth == told.SLIP) | (codes[:, PHONE] == told.SAME)
    found |= (address == 1) | (address == 2) | ((codes[:, ID] > 0) & (codes[:, ID] <= told.ID_NEAR))
    return np.asarray(found & (codes[:, SEX] != told.DIFFERENT))


def _key(records: Records, sound: Ints, at: Ints, block: tuple[str, ...]) -> Keys:
    columns: dict[str, Callable[[], npt.NDArray[np.integer]]] = {
        "sound": lambda: sound[at],
        "birth": lambda: records.birth[at],
        "place": lambda: records.place[at],
        "phone": lambda: records.phone[at],
        "document": lambda: text_keys(records)[at],
    }
    return mix(*(columns[name]() for name in block))


BY_WEIGHT = Pass(keys, judge, LIMIT)
