"""Pass 2: a number that is wrong by a slip, or cut by a spreadsheet, and the same name.

Every valid number one slip away from a wrong one is joined with the other side's numbers, about eighteen of them: a
figure wrong, two neighbours swapped, one left out or one too many.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from yice.identifiers.citizen_id import WEIGHTS
from yice.matching.both import OTHER_NAMES, Both
from yice.matching.keys import Bools, Ints, Keys, mix
from yice.matching.levels import ELSEWHERE, ID_KEPT, ID_SAME, readable
from yice.matching.names import PART, SLIP, agrees
from yice.matching.normalise import Records, matrix, text_keys
from yice.matching.pairs import ID, NAME, VILLAGE, Decision, Pairs, Reason
from yice.matching.passes.joining import Join, Pass, Side
from yice.matching.passes.lengths import wrong_length

_WEIGHTS = np.array(WEIGHTS, dtype=np.int64)
_INVERSE = np.array([pow(weight, -1, 11) for weight in WEIGHTS], dtype=np.int64)
_PLACES = 10 ** np.arange(16, -1, -1, dtype=np.int64)
_REMAINDER_OF_CHECK = np.array([(12 - check) % 11 for check in range(11)], dtype=np.int64)  # X is 10


def keys(side: Side) -> Iterator[Join]:
    records, open_ = side.records, side.open
    rows, found = slipped(records, open_)
    wrong: Join = rows, lambda: found
    right: Join = None, lambda: np.where(open_, records.id_key, 0)
    yield right if side.ours else wrong
    yield wrong if side.ours else right
    kept = np.where(open_, _kept(records), 0)
    cut = np.where(records.cut, kept, 0)
    yield None, lambda: kept if side.ours else cut
    yield None, lambda: cut if side.ours else np.where(records.cut, 0, kept)
    # The same wrong number, or the same passport, beside the same name.
    yield None, lambda: mix(np.where(open_, text_keys(records), 0), side.sound)


def judge(both: Both, left: Ints, right: Ints) -> Pairs:
    codes = both.levels(left, right)
    weight = both.weight(codes, left)
    same = agrees(codes[:, NAME])
    near = (codes[:, NAME] == SLIP) | (codes[:, NAME] == PART)
    reason = np.select(
        [~same, codes[:, ID] == ID_KEPT, codes[:, ID] == ID_SAME],
        [Reason.SLIP_UNSURE, Reason.CUT_AND_NAME, Reason.WRONG_ALIKE],
        Reason.SLIP_AND_NAME,
    )
    likely = weight - both.of_the_household(codes) >= both.model.accept + OTHER_NAMES
    unsure = np.where(near & likely, Decision.QUEUE, Decision.NONE)
    # Fifteen figures leave room for a stranger of the same name somewhere else.
    stranger = same & (reason == Reason.CUT_AND_NAME) & (codes[:, VILLAGE] == ELSEWHERE)
    reason[stranger] = Reason.OTHER_COUNTY
    decision = np.select([stranger, same], [Decision.QUEUE, Decision.SAME], unsure)
    return both.pairs(left, right, 2, decision, reason, codes, weight)


def neighbours(texts: np.ndarray) -> tuple[Ints, Ints]:
    """Rows of a matrix of eighteen characters with the valid numbers (as keys) one slip away from each."""
    digits = texts[:, :17].astype(np.int64) - 48
    check = np.where(texts[:, 17] == ord("X"), 10, texts[:, 17].astype(np.int64) - 48)
    body = digits @ _PLACES
    have = digits @ _WEIGHTS % 11
    wanted = _REMAINDER_OF_CHECK[check]
    rows, keys = [np.arange(len(texts))], [body * 11 + _check_of(have)]
    shift = ((wanted - have)[:, None] * _INVERSE) % 11
    for figure in (digits + shift, digits + shift - 11):
        row, at = np.nonzero((figure >= 0) & (figure <= 9) & (shift != 0))
        rows.append(row)
        keys.append((body[row] + (figure[row, at] - digits[row, at]) * _PLACES[at]) * 11 + check[row])
    for left in range(16):
        change = digits[:, left + 1] - digits[:, left]
        weight = _WEIGHTS[left] - _WEIGHTS[left + 1]
        row = np.flatnonzero((change != 0) & ((have + change * weight) % 11 == wanted))
        rows.append(row)
        keys.append((body[row] + change[row] * (_PLACES[left] - _PLACES[left + 1])) * 11 + check[row])
    last = digits[:, 16]
    turned = (have + _WEIGHTS[16] * (check - last)) % 11
    row = np.flatnonzero((check < 10) & (check != last) & (turned == _REMAINDER_OF_CHECK[last]))
    rows.append(row)
    keys.append((body[row] + check[row] - last[row]) * 11 + last[row])
    return np.concatenate(rows), np.concatenate(keys)


def _check_of(remainder: Ints) -> Ints:
    return (12 - remainder) % 11


def slipped(records: Records, which: Bools) -> tuple[Ints, Keys]:
    """Positions of wrong numbers, each as often as it has candidates, and what each may stand for."""
    at = np.flatnonzero(which & readable(records) & ~records.usable & ~records.cut)
    row, found = neighbours(matrix(records.id_text.take(pa.array(at))))
    long, long_keys = wrong_length(records)
    fits = which[long]
    return np.concatenate([at[row], long[fits]]), np.concatenate([found, long_keys[fits]])


def _kept(records: Records) -> Ints:
    """The first fifteen figures, of usable and of cut numbers."""
    found = records.id_key // 11 // 100
    cut = np.flatnonzero(records.cut & ~records.usable)
    texts = matrix(records.id_text.take(pa.array(cut)))[:, :15].astype(np.int64) - 48
    found[cut] = texts @ _PLACES[2:]
    return found


BY_SLIP = Pass(keys, judge)
