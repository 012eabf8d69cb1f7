"""Numbers of seventeen or nineteen characters: one left out, or one too many."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from yice.identifiers.bulk import as_texts
from yice.identifiers.citizen_id import WEIGHTS, Kind
from yice.matching.keys import Ints
from yice.matching.normalise import Records

Digits = npt.NDArray[np.int64]
_WEIGHTS = np.array(WEIGHTS, dtype=np.int64)
_PLACES = 10 ** np.arange(16, -1, -1, dtype=np.int64)


def wrong_length(records: Records) -> tuple[Ints, Ints]:
    """Positions of such rows, each as often as it has candidates, and the valid numbers (as keys) it may stand for."""
    odd = np.flatnonzero(records.id_kind == Kind.OTHER)
    texts = records.id_text.take(pa.array(odd))
    rows, keys = [], []
    for length, mend in ((17, _put_in), (19, _left_out)):
        fits = pc.match_substring_regex(texts, f"^[1-9][0-9]{{{length - 2}}}[0-9X]$").to_numpy(
            zero_copy_only=False
        )
        at = np.flatnonzero(fits)
        if len(at):
            raw = as_texts(texts.take(pa.array(at))).buffers()[2]
            matrix = np.frombuffer(raw, dtype=np.uint8, count=len(at) * length).reshape(-1, length)
            row, key = mend(np.where(matrix == ord("X"), 10, matrix.astype(np.int64) - 48))
            rows.append(odd[at[row]])
            keys.append(key)
    if not rows:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    return np.concatenate(rows), np.concatenate(keys)


def _put_in(digits: Digits) -> tuple[Ints, Ints]:
    """At each of seventeen places the one figure with which the check holds; or the check itself was left out."""
    wanted = (12 - digits[:, 16]) % 11
    rows, keys = [], []
    for at in range(17):
        body = np.insert(digits[:, :16], at, 0, axis=1)
        figure = (wanted - body @ _WEIGHTS) * pow(int(_WEIGHTS[at]), -1, 11) % 11
        row = np.flatnonzero(figure < 10)
        rows.append(row)
        keys.append((body[row] @ _PLACES + figure[row] * _PLACES[at]) * 11 + digits[row, 16])
    whole = np.flatnonzero(digits[:, 16] < 10)
    rows.append(whole)
    keys.append(digits[whole] @ _PLACES * 11 + (12 - digits[whole] @ _WEIGHTS) % 11)
    return np.concatenate(rows), np.concatenate(keys)


def _left_out(digits: Digits) -> tuple[Ints, Ints]:
    """Each of nineteen left out in turn, where the check holds then."""
    rows, keys = [], []
    for at in range(19):
        left = np.delete(digits, at, axis=1)
        body, check = left[:, :17], left[:, 17]
        row = np.flatnonzero((body < 10).all(axis=1) & ((12 - body @ _WEIGHTS) % 11 == check))
        rows.append(row)
        keys.append(body[row] @ _PLACES * 11 + check[row])
    return np.concatenate(rows), np.concatenate(keys)
