"""Outcomes as Arrow record batches, a group of a block at a time; reasons cost by distinct pattern, not by row."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from yice.rules.bits import Rows, Words, pack, pick, rows_of, some, unpack
from yice.rules.kernel.findings import FINDINGS, STATUSES, finding_rows, to_follow
from yice.rules.kernel.outcome import Outcome
from yice.rules.model import FindingKind

_TEXT = pa.dictionary(pa.int32(), pa.string())
_WORD = pa.dictionary(pa.int8(), pa.string())
SCHEMA = pa.schema(
    {
        "person_id": pa.string(),
        "group": pa.dictionary(pa.int16(), pa.string()),
        "status": _WORD,
        "failed": _TEXT,  # ids of the conditions and exclusions that failed, `;`-joined
        "missing": _TEXT,  # facts that can still change the status, `;`-joined
        "amount_fen": pa.int64(),  # what is due; beside leak and duplicate what was paid in the month
        "receiving": pa.bool_(),
        "finding": _WORD,
    }
)
DIFFERENCE = pa.field("difference_fen", pa.int64())  # paid less due: positive is 多发, negative 少发
_DENSE = 8  # at least one row in so many asked for: unpack all of them, else gather


class Selection:
    """The rows of a block that are written: all of them, or those `at`."""

    def __init__(self, rows: int, at: Rows | None = None) -> None:
        self.rows, self.at = rows, at
        self.size = rows if at is None else len(at)

    def keys(self, planes: Sequence[Words]) -> NDArray[np.uint8]:
        """One number for each row written, with a bit for each of up to eight sets."""
        gather = self.at is not None and self.size * _DENSE < self.rows
        key = np.zeros(self.size if gather else self.rows, np.uint8)
        for bit, words in enumerate(planes):
            flags = pick(words, self.at) if gather and self.at is not None else unpack(words, self.rows)
            key |= flags << np.uint8(bit)
        return key if gather or self.at is None else key[self.at]

    def among(self, places: Rows) -> Selection:
        """Of the rows written, those at these places."""
        return Selection(self.rows, places if self.at is None else self.at[places])


def batch(
    outcome: Outcome, ids: pa.Array, groups: pa.Array, number: int, *, findings_only: bool, difference: bool
) -> pa.RecordBatch:
    """The rows of one group: all, or those with something to follow up. `ids` are the block's."""
    rows, none = outcome.block.evaluator.rows, outcome.block.evaluator.none
    found, chosen = finding_rows(outcome), Selection(rows)
    if findings_only:
        follow = to_follow(found, none)
        at = rows_of(follow, rows)
        chosen = Selection(rows, at)
        few = len(at) * _DENSE < rows
        ids = ids.take(pa.array(at)) if few else ids.filter(_flags(follow, rows))
    yes, no = outcome.receiving
    key = chosen.keys([outcome.eligible, outcome.unknown, *_numbered(found, none), yes, no])
    status, kinds = (key & 3).view(np.int8), (key >> 2 & 7).view(np.int8)
    arrays = [
        ids,
        pa.DictionaryArray.from_arrays(pa.array(np.full(chosen.size, number, np.int16)), groups),
        _words(status, STATUSES),
        _patterns(outcome.failed, chosen, status == STATUSES.index("ineligible")),
        _patterns(outcome.missing, chosen, status == STATUSES.index("unknown")),
        _amounts(outcome, chosen, status, kinds),
        _truth(key & 32 != 0, key & 96 != 0),
        _words(kinds, FINDINGS),
    ]
    if not difference:
        return pa.RecordBatch.from_arrays(arrays, schema=SCHEMA)
    differences = _differences(outcome, chosen, key & 33 == 33)
    return pa.RecordBatch.from_arrays([*arrays, differences], schema=SCHEMA.append(DIFFERENCE))


def _flags(words: Words, rows: int) -> pa.Array:
    return pa.Array.from_buffers(pa.bool_(), rows, [None, pa.py_buffer(words)])


def _numbered(found: dict[FindingKind, Words], none: Words) -> list[Words]:
    """The kinds of finding as three sets: the bits of their numbers in FINDINGS."""
    bits = [none, none, none]
    for number, kind in enumerate(FINDINGS):
        if kind in found:
            bits = [words | found[kind] if number >> bit & 1 else words for bit, words in enumerate(bits)]
    return bits


def _words(numbers: NDArray[np.int8], words: Sequence[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(numbers), _dictionary(tuple(words)))


def _patterns(named: Sequence[tuple[str, Words]], chosen: Selection, where: NDArray[np.bool_]) -> pa.Array:
    """For the rows `where` the `;`-joined names of the sets each is in, written once for each pattern there is."""
    live = [(name, words) for name, words in named if some(words)]
    places = np.flatnonzero(where)
    if not live or not len(places):
        return pa.DictionaryArray.from_arrays(pa.array(np.zeros(chosen.size, np.int32)), _dictionary(("",)))
    few = len(places) * 2 < chosen.size
    codes, names = _coded(live, chosen.among(places) if few else chosen)
    if few:
        names = ["", *names]
        scattered = np.zeros(chosen.size, np.int32)
        scattered[places] = codes + np.int32(1)
        codes = scattered
    return pa.DictionaryArray.from_arrays(pa.array(codes), _dictionary(tuple(names)))


def _coded(live: list[tuple[str, Words]], chosen: Selection) -> tuple[NDArray[np.int32], list[str]]:
    """A small number for each row's pattern of sets, and what each number says."""
    codes, names = np.zeros(chosen.size, np.int32), [""]
    for start in range(0, len(live), 8):
        eight = live[start : start + 8]
        codes = codes << 8 | chosen.keys([words for _, words in eight])
        seen = np.zeros(len(names) << 8, np.bool_)
        seen[codes] = True
        distinct = np.flatnonzero(seen)
        place = np.zeros(len(seen), np.int32)
        place[distinct] = np.arange(len(distinct), dtype=np.int32)
        codes = place[codes]
        members = tuple(name for name, _ in eight)
        names = [_joined(names[code >> 8], code & 255, members) for code in distinct.tolist()]
    return codes, names


@lru_cache(maxsize=65_536)
def _joined(before: str, key: int, members: tuple[str, ...]) -> str:
    return ";".join([*filter(None, [before]), *(name for bit, name in enumerate(members) if key >> bit & 1)])


def _truth(values: NDArray[np.bool_], known: NDArray[np.bool_]) -> pa.Array:
    return pa.Array.from_buffers(
        pa.bool_(), len(values), [pa.py_buffer(pack(known)), pa.py_buffer(pack(values))]
    )


def _amounts(
    outcome: Outcome, chosen: Selection, status: NDArray[np.int8], kinds: NDArray[np.int8]
) -> pa.Array:
    """Due where eligible; paid beside a leak or a duplicate; null where unknown."""
    if outcome.program.benefit is None:
        return _nulls(chosen.size)
    values, known = np.zeros(chosen.size, np.int64), np.zeros(chosen.size, np.bool_)
    if outcome.program.due is not None:
        places = np.flatnonzero(status == STATUSES.index("eligible"))
        values[places], known[places] = outcome.due(_rows(chosen, places))
    taken = np.flatnonzero((kinds == FINDINGS.index("leak")) | (kinds == FINDINGS.index("duplicate")))
    if len(taken):
        values[taken], known[taken] = outcome.paid(_rows(chosen, taken))
    return _integers(values, known)


def _differences(outcome: Outcome, chosen: Selection, where: NDArray[np.bool_]) -> pa.Array:
    """Paid less due for eligible rows that receive, where both are known."""
    values, known = np.zeros(chosen.size, np.int64), np.zeros(chosen.size, np.bool_)
    places = np.flatnonzero(where)
    (due, due_known), (paid, paid_known) = (of(_rows(chosen, places)) for of in (outcome.due, outcome.paid))
    values[places], known[places] = paid - due, due_known & paid_known
    return _integers(values, known)


def _rows(chosen: Selection, places: Rows) -> Rows:
    return places if chosen.at is None else chosen.at[places]


def _integers(values: NDArray[np.int64], known: NDArray[np.bool_]) -> pa.Array:
    return pa.Array.from_buffers(pa.int64(), len(values), [pa.py_buffer(pack(known)), pa.py_buffer(values)])


@lru_cache(maxsize=8)
def _nulls(size: int) -> pa.Array:
    return pa.nulls(size, pa.int64())


@lru_cache(maxsize=4096)
def _dictionary(words: tuple[str, ...]) -> pa.Array:
    return pa.array(words, pa.string())
