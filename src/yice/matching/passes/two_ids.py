"""Pass 3, the veto: two valid numbers that differ are never one person by themselves.

They go to the queue only where the name, the birth date and the place all agree, and something says that a number
is not what it seems: the list's disagrees with the birth date or the sex written beside it (a relative's, or one
put right since), or the phone is one. Twins, kin and namesakes, most false pairs of a fuzzy matcher,
end here. A number of the registry that disagrees with itself is asked about once, there (`doubtful`), not by each list.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from yice.matching import levels as told
from yice.matching.both import Both
from yice.matching.keys import LIMIT, Bools, Ints, Keys, mix
from yice.matching.names import EXACT
from yice.matching.normalise import Records
from yice.matching.pairs import ADDRESS, BIRTH, ID, NAME, PHONE, VILLAGE, Decision, Pairs, Reason
from yice.matching.passes.joining import Join, Pass, Side


def keys(side: Side) -> Iterator[Join]:
    records = side.records
    valid = np.where(side.open & records.usable, side.sound, 0)
    otherwise = np.where(records.written_birth != records.birth, records.written_birth, 0)
    first, second = mix(valid, records.birth), mix(valid, otherwise)
    for one, other in ((first, first), (first, second), (second, first), (second, second)):
        yield None, partial(_same, one if side.ours else other)


def _same(found: Keys) -> Keys:
    return found


def judge(both: Both, left: Ints, right: Ints) -> Pairs:
    ours, theirs = both.ours, both.theirs
    differ = ours.id_key[left] != theirs.id_key[right]
    left, right = left[differ], right[differ]
    codes = both.levels(left, right)
    village, address = codes[:, VILLAGE], codes[:, ADDRESS]
    place = (village == told.VILLAGE) | (village == told.TOWNSHIP)
    phone = codes[:, PHONE] == told.SAME
    shared = (address == 1) | (address == 2) | phone
    doubt = doubtful(theirs)[right] | (phone & ~doubtful(ours)[left])
    kept = (codes[:, NAME] == EXACT) & (codes[:, BIRTH] == told.EXACT) & (place | shared) & doubt
    kept &= codes[:, ID] == told.ID_OTHER
    left, right, codes = left[kept], right[kept], codes[kept]
    return both.pairs(left, right, 3, Decision.QUEUE, Reason.TWO_IDS, codes, both.weight(codes, left))


def doubtful(records: Records) -> Bools:
    """Rows whose valid number says another birth date or sex than what is written beside it."""
    birth = (records.written_birth != 0) & (records.written_birth != records.birth)
    sex = (records.written_sex != 0) & (records.written_sex != records.sex)
    return np.asarray(records.usable & (birth | sex))


BY_TWO_IDS = Pass(keys, judge, LIMIT)
