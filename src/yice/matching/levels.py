"""How two rows compare, one function a comparison: codes from 1 in the order of `model.LEVELS`, 0 for missing."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from yice.identifiers.citizen_id import Kind
from yice.matching.keys import Bools, Ints
from yice.matching.normalise import Records, matrix, text_keys

Codes = npt.NDArray[np.int8]
Days = npt.NDArray[np.int32]

EXACT, SLIP, NEAR, YEAR, OTHER = range(1, 6)  # birth
SAME, DIFFERENT = 1, 2  # sex and phone
VILLAGE, TOWNSHIP, COUNTY, ELSEWHERE = range(1, 5)
ID_SAME, ID_SLIP, ID_KEPT, ID_NEAR, ID_OTHER = range(1, 6)
_LUNAR = 60  # days that a date of the lunar calendar, read as one of the common one, may be off
_POWERS = 10 ** np.arange(8, dtype=np.int32)


def births(one: Days, other: Days) -> Codes:
    """SLIP: one figure wrong, two neighbours or day and month swapped. NEAR: within 60 days, or day and month
    agree and the year is off by one or two (a lunar birthday, a year counted from one)."""
    found = np.full(len(one), OTHER, dtype=np.int8)
    year, another = one // 10000, other // 10000
    found[year == another] = YEAR
    apart = np.abs(_days(one) - _days(other))
    near = (apart <= _LUNAR) | ((one % 10000 == other % 10000) & (np.abs(year - another) <= 2))
    found[near] = NEAR
    found[one == other] = EXACT
    unlike = np.flatnonzero((found != EXACT) & (one != 0) & (other != 0))
    found[unlike[_slipped(one[unlike], other[unlike])]] = SLIP
    found[(one == 0) | (other == 0)] = 0
    return found


def _days(dates: Days) -> Ints:
    """Days that grow by one each day, nearly: enough to say how far two dates lie apart."""
    year, month, day = dates // 10000, dates // 100 % 100, dates % 100
    return (year * 372 + month * 31 + day).astype(np.int64) * 365 // 372


def _slipped(one: Days, other: Days) -> Bools:
    a, b = one[:, None] // _POWERS % 10, other[:, None] // _POWERS % 10
    unlike = a != b
    count = unlike.sum(axis=1)
    swapped = (a[:, 1:] == b[:, :-1]) & (a[:, :-1] == b[:, 1:]) & unlike[:, 1:] & unlike[:, :-1]
    turned = (one // 10000 == other // 10000) & (one // 100 % 100 == other % 100)
    turned &= one % 100 == other // 100 % 100
    return np.asarray((count == 1) | ((count == 2) & swapped.any(axis=1)) | turned)


def sexes(one: Codes, other: Codes) -> Codes:
    return np.where((one == 0) | (other == 0), 0, np.where(one == other, SAME, DIFFERENT)).astype(np.int8)


def places(one: Ints, other: Ints) -> Codes:
    """A code of a township or a county agrees as far as it goes; names of places agree or say nothing."""
    found = np.full(len(one), ELSEWHERE, dtype=np.int8)
    found[one // 10**6 == other // 10**6] = COUNTY
    fine = (one % 10**6 != 0) & (other % 10**6 != 0)
    found[fine & (one // 1000 == other // 1000)] = TOWNSHIP
    found[(one == other) & ((one < 0) | (one % 1000 != 0))] = VILLAGE
    named = (one < 0) | (other < 0)
    found[(one == 0) | (other == 0) | (named & (one != other))] = 0
    return found


def phones(one: Ints, other: Ints) -> Codes:
    return np.where((one == 0) | (other == 0), 0, np.where(one == other, SAME, DIFFERENT)).astype(np.int8)


def ids(ours: Records, left: Ints, theirs: Records, right: Ints) -> Codes:
    """SLIP: one figure wrong, left out or too many, or two neighbours swapped, KEPT: what a spreadsheet kept agrees, NEAR: up to three
    figures differ. Two usable ids are the same or they are not, but for cut ones. Fewer than eighteen characters
    say nothing, unless both give one passport or other paper."""
    one, other = ours.id_key[left], theirs.id_key[right]
    both = (one != 0) & (other != 0)
    found = np.where(both, np.where(one == other, ID_SAME, ID_OTHER), 0).astype(np.int8)
    cut = ours.cut[left] | theirs.cut[right]
    found[both & cut & (one != other) & (one // 1100 == other // 1100)] = ID_KEPT
    open_ = np.flatnonzero(~both & readable(ours)[left] & readable(theirs)[right])
    if len(open_):
        found[open_] = _texts(ours, left[open_], theirs, right[open_])
    papers = np.flatnonzero((ours.id_kind[left] == Kind.OTHER) & (theirs.id_kind[right] == Kind.OTHER))
    one, other = text_keys(ours.take(left[papers])), text_keys(theirs.take(right[papers]))
    found[papers[(one == other) & (one != 0)]] = ID_SAME
    odd = np.flatnonzero(
        (found == 0) & ((ours.id_kind[left] == Kind.OTHER) ^ (theirs.id_kind[right] == Kind.OTHER))
    )
    a, b = ours.id_text.take(left[odd]).to_pylist(), theirs.id_text.take(right[odd]).to_pylist()
    found[odd[[_one_more(*pair) for pair in zip(a, b, strict=True)]]] = ID_SLIP
    return found


def readable(records: Records) -> Bools:
    """Whether the id is of eighteen figures, right or wrong."""
    kind = records.id_kind
    readable = records.usable | np.isin(kind, (Kind.BAD_CHECK, Kind.BAD_DATE, Kind.BAD_AREA))
    return np.asarray(readable | records.cut)


def _one_more(one: str, other: str) -> bool:
    """Whether one is the other, of eighteen characters, with one left out or one too many."""
    short, long = sorted((one, other), key=len)
    if {len(short), len(long)} not in ({17, 18}, {18, 19}):
        return False
    return any(long[:at] + long[at + 1 :] == short for at in range(len(long)))


def _texts(ours: Records, left: Ints, theirs: Records, right: Ints) -> Codes:
    a, b = matrix(ours.id_text.take(left)), matrix(theirs.id_text.take(right))
    unlike = a != b
    count = unlike.sum(axis=1)
    swapped = unlike[:, 1:] & unlike[:, :-1] & (a[:, 1:] == b[:, :-1]) & (a[:, :-1] == b[:, 1:])
    one_usable = ours.usable[left] | theirs.usable[right]
    slip = one_usable & ((count == 1) | ((count == 2) & swapped.any(axis=1)))
    cut = ours.cut[left] | theirs.cut[right]
    cut_alike = cut & (~unlike[:, :15]).all(axis=1)
    return np.select(
        [(count == 0) & ~cut, cut_alike, slip, (count <= 3) & ~cut],
        [ID_SAME, ID_KEPT, ID_SLIP, ID_NEAR],
        ID_OTHER,
    ).astype(np.int8)
