"""Pass 1: the same usable number. With the name it is the person; with another name it may be a relative's number.

Another name is automatic only where a birth date and a sex written beside the number agree too, and the weight
reaches the band; of a name with one slip, where nothing is written beside the number, the village may stand in. Where the name and that birth date both differ it is a relative's number, and nobody need look.
"""

from __future__ import annotations

import numpy as np

from yice.matching import levels as told
from yice.matching.both import Both
from yice.matching.keys import join
from yice.matching.names import EXACT, PINYIN, SLIP, SURNAME
from yice.matching.pairs import BIRTH, NAME, PHONE, SEX, VILLAGE, Decision, Pairs, Reason


def by_id(both: Both) -> Pairs:
    left, right = join(both.ours.id_key, both.theirs.id_key)
    if both.ours is both.theirs:
        later = left < right
        left, right = left[later], right[later]
    codes = both.levels(left, right)
    weight = both.weight(codes, left)
    name = codes[:, NAME]
    beside = (codes[:, BIRTH] == told.EXACT) & (codes[:, SEX] == told.SAME)
    beside &= ~(both.ours.cut[left] | both.theirs.cut[right])  # such a number is met with strangers too
    nearby = (codes[:, VILLAGE] == told.VILLAGE) | (codes[:, PHONE] == told.SAME)
    beside |= (name == SLIP) & (codes[:, BIRTH] == 0) & (codes[:, SEX] != told.DIFFERENT) & nearby
    beside &= (name < SURNAME) | nearby
    beside &= weight >= both.model.accept
    nameless = not both.names.theirs.any() or not both.names.ours.any()
    reason = np.select(
        [name == EXACT, name == PINYIN, (name == 0) & nameless, beside, name == 0],
        [Reason.ID_AND_NAME, Reason.ID_AND_SOUND, Reason.ID_ALONE, Reason.ID_AND_BIRTH, Reason.ID_NO_NAME],
        Reason.ID_OTHER_NAME,
    )
    asked = (reason == Reason.ID_OTHER_NAME) | (reason == Reason.ID_NO_NAME)
    somebody_else = asked & (name >= SURNAME) & (codes[:, BIRTH] >= told.YEAR)
    decision = np.select([somebody_else, asked], [Decision.NONE, Decision.QUEUE], Decision.SAME)
    return Pairs.made(left, right, 1, decision, reason, weight, codes)
