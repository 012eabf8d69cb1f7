"""Numbers that belong to nobody: ids of the test range, phones that ring nowhere, cards that fail their check."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from yice.exchange.synth.draw import Bools, digit_bytes, digits, join, strings
from yice.identifiers.citizen_id import CHECKS, WEIGHTS
from yice.identifiers.contact import TEST_PHONE_PREFIX
from yice.terms.errors import Problem
from yice.terms.messages import Message

_CHECKS = np.frombuffer(CHECKS.encode(), dtype=np.uint8)
_PER_DAY = 500  # sequence numbers of one sex


def citizen_ids(
    rng: np.random.Generator, county: str, birth: npt.NDArray[np.datetime64], male: Bools
) -> pa.StringArray:
    """A valid number each, no two alike, of a county code that does not exist."""
    key = birth.astype("datetime64[D]").astype(np.int64) * 2 + male
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    sizes = np.diff(np.r_[starts, len(ordered)])
    if len(sizes) and sizes.max() > _PER_DAY:
        raise Problem(
            "synth-too-many",
            Message("人数太多，测试区划的号码不够用。"),
            fix=Message("请把 --people 减到 300 万以下，或分几个地区生成。"),
        )
    rank = np.arange(len(ordered)) - np.repeat(starts, sizes)
    # Each day starts somewhere else, so that sequence numbers are not a count of the people.
    offset = np.repeat(rng.integers(0, _PER_DAY, len(starts)), sizes)
    sequence = np.empty(len(key), dtype=np.int64)
    sequence[order] = (rank + offset) % _PER_DAY * 2 + ordered % 2

    months = birth.astype("datetime64[M]")
    month = months.astype(np.int64)
    day = (birth.astype("datetime64[D]") - months).astype(np.int64) + 1
    written = (month // 12 + 1970) * 10000 + (month % 12 + 1) * 100 + day
    head = np.broadcast_to(np.frombuffer(county.encode(), dtype=np.uint8), (len(key), 6))
    body = np.hstack([head, digit_bytes(written, 8), digit_bytes(sequence, 3)])
    check = _CHECKS[((body - 48).astype(np.int64) @ np.array(WEIGHTS)) % 11]
    return strings(np.hstack([body, check[:, None]]))


def phones(rng: np.random.Generator, count: int) -> pa.StringArray:
    """Eleven digits of the prefix that no subscriber has."""
    return join(TEST_PHONE_PREFIX, digits(rng.integers(0, 10**8, count), 8))


def accounts(rng: np.random.Generator, count: int) -> pa.StringArray:
    """Nineteen digits whose Luhn check fails."""
    body = np.hstack(
        [
            np.broadcast_to(np.frombuffer(b"629900", dtype=np.uint8), (count, 6)),
            digit_bytes(rng.integers(0, 10**12, count), 12),
        ]
    )
    value = (body - 48).astype(np.int64)
    doubled = value[:, ::-1].copy()  # counted from the right, the check digit itself being the first
    doubled[:, 0::2] *= 2
    doubled[doubled > 9] -= 9
    right = -doubled.sum(axis=1) % 10
    wrong = (right + rng.integers(1, 10, count)) % 10
    return strings(np.hstack([body, (wrong + 48).astype(np.uint8)[:, None]]))
