"""Pass 1: the same usable number. With the name it is the person; with another name it may be a relative's number.

Another name is automatic only where a birth date written beside the number agrees too (one figure wrong, if the
village agrees), the sex does not differ and the weight reaches the band; where no date is written a person looks. Where the name and that birth date or sex differ it is a relative's number, and nobody need look.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from yice.matching import levels as told
from yice.matching.both import Both
from yice.matching.keys import Bools, Ints
from yice.matching.names import EXACT, PINYIN, SURNAME
from yice.matching.pairs import BIRTH, NAME, PHONE, SEX, VILLAGE, Decision, Pairs, Reason
from yice.matching.passes.joining import Join, Pass, Side


def keys(side: Side) -> Iterator[Join]:
    yield None, lambda: side.records.id_key


def judge(both: Both, left: Ints, right: Ints) -> Pairs:
    codes = both.levels(left, right)
    weight = both.weight(codes, left)
    name = codes[:, NAME]
    reason = np.select(
        [
            name == EXACT,
            name == PINYIN,
            (name == 0) & both.nameless,
            _beside(both, left, right, codes, weight),
            name == 0,
        ],
        [Reason.ID_AND_NAME, Reason.ID_AND_SOUND, Reason.ID_ALONE, Reason.ID_AND_BIRTH, Reason.ID_NO_NAME],
        Reason.ID_OTHER_NAME,
    )
    asked = (reason == Reason.ID_OTHER_NAME) | (reason == Reason.ID_NO_NAME)
    birth, sex = codes[:, BIRTH], codes[:, SEX]
    unlike = (birth >= told.YEAR) | ((sex == told.DIFFERENT) & (birth != told.EXACT))
    somebody_else = asked & (name >= SURNAME) & unlike
    decision = np.select([somebody_else, asked], [Decision.NONE, Decision.QUEUE], Decision.SAME)
    return both.pairs(left, right, 1, decision, reason, codes, weight)


def _beside(
    both: Both, left: Ints, right: Ints, codes: npt.NDArray[np.int8], weight: npt.NDArray[np.float64]
) -> Bools:
    """Whether what is written beside the number makes up for another name."""
    name, birth, sex = codes[:, NAME], codes[:, BIRTH], codes[:, SEX]
    nearby = (codes[:, VILLAGE] == told.VILLAGE) | (codes[:, PHONE] == told.SAME)
    family = (name <= SURNAME) & (sex != told.DIFFERENT)
    found = family & ((birth == told.EXACT) | ((birth == told.SLIP) & nearby))
    found |= (birth == told.EXACT) & (sex == told.SAME) & nearby
    cut = both.ours.cut[left] | both.theirs.cut[right]  # such a number is met with strangers too
    return np.asarray(found & ~cut & (weight >= both.model.accept))


BY_ID = Pass(keys, judge)
