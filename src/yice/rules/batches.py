"""Outcomes as Arrow record batches, a group of a block at a time; reasons cost by distinct pattern, not by row."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from yice.rules.bits import Rows, Words, pack, pick, rows_of, unpack
from yice.rules.findings import FINDINGS, STATUSES, finding_rows, to_follow
from yice.rules.outcome import Outcome

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

    def __init__(self, rows: int, at: Rows | None) -> None:
        self.rows, self.at = rows, at
        self.size = rows if at is None else len(at)

    def flags(self, words: Words) -> NDArray[np.uint8]:
        """0 or 1 for each row written."""
        if self.at is None:
            return unpack(words, self.rows)
        if self.size * _DENSE < self.rows:
            return pick(words, self.at)
        return unpack(words, self.rows)[self.at]

    def chosen(self, planes: Sequence[Words]) -> NDArray[np.int8]:
        """For each row written the number, from 1, of the plane it is in; 0 where in none."""
        out = np.zeros(self.size, np.uint8)
        for number, words in enumerate(planes, 1):
            if words.any():
                out |= self.flags(words) * np.uint8(number)
        return out.view(np.int8)


def batch(
    outcome: Outcome, ids: pa.Array, groups: pa.Array, number: int, *, findings_only: bool, difference: bool
) -> pa.RecordBatch:
    """The rows of one group: all, or those with something to follow up. `ids` are the block's."""
    rows = outcome.block.evaluator.rows
    found = finding_rows(outcome)
    at = rows_of(to_follow(found, outcome.block.evaluator.none), rows) if findings_only else None
    chosen = Selection(rows, at)
    if at is not None:
        ids = ids.take(pa.array(at))
    status = chosen.chosen((outcome.eligible, outcome.unknown))
    kinds = chosen.chosen([found[kind] for kind in FINDINGS[1:]] if found else [])
    amounts = _amounts(outcome, chosen, kinds)
    arrays = [
        ids,
        pa.DictionaryArray.from_arrays(pa.array(np.full(chosen.size, number, np.int16)), groups),
        _words(status, STATUSES),
        _patterns(outcome.failed, chosen),
        _patterns(outcome.missing, chosen),
        amounts,
        _truth(outcome, chosen),
        _words(kinds, FINDINGS),
    ]
    if not difference:
        return pa.RecordBatch.from_arrays(arrays, schema=SCHEMA)
    return pa.RecordBatch.from_arrays(
        [*arrays, _difference(outcome, chosen)], schema=SCHEMA.append(DIFFERENCE)
    )


def _words(numbers: NDArray[np.int8], words: Sequence[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(numbers), _dictionary(tuple(words)))


def _patterns(named: Sequence[tuple[str, Words]], chosen: Selection) -> pa.Array:
    """For each row the `;`-joined names of the sets it is in, written once for each pattern that occurs."""
    live = [(name, words) for name, words in named if words.any()]
    codes: NDArray[Any] = np.zeros(chosen.size, np.int32)
    names: list[tuple[str, ...]] = [()]
    for start in range(0, len(live), 8):
        some = live[start : start + 8]
        key = np.zeros(chosen.size, np.uint8)
        for bit, (_, words) in enumerate(some):
            key |= chosen.flags(words) << np.uint8(bit)
        codes = key.astype(np.int32) if len(names) == 1 else codes * 256 + key
        seen = np.zeros(len(names) * 256, np.bool_)
        seen[codes] = True
        distinct = np.flatnonzero(seen)
        place = np.zeros(len(seen), np.int32)
        place[distinct] = np.arange(len(distinct), dtype=np.int32)
        codes = place[codes]
        names = [names[code >> 8] + _members(code & 255, some) for code in distinct.tolist()]
    return pa.DictionaryArray.from_arrays(pa.array(codes), _dictionary(tuple(map(";".join, names))))


def _members(key: int, named: Sequence[tuple[str, Words]]) -> tuple[str, ...]:
    return tuple(name for bit, (name, _) in enumerate(named) if key >> bit & 1)


def _truth(outcome: Outcome, chosen: Selection) -> pa.Array:
    yes, no = outcome.receiving
    if chosen.at is not None:
        yes, no = (pack(chosen.flags(words).view(np.bool_)) for words in (yes, no))
    buffers = [pa.py_buffer(yes | no), pa.py_buffer(yes)]
    return pa.Array.from_buffers(pa.bool_(), chosen.size, buffers)


def _amounts(outcome: Outcome, chosen: Selection, kinds: NDArray[np.int8]) -> pa.Array:
    """Due where eligible; paid beside a leak or a duplicate; null where unknown."""
    values = np.zeros(outcome.block.evaluator.rows, np.int64)
    known = np.zeros(outcome.block.evaluator.rows, np.bool_)
    if outcome.due is not None:
        rows, due, due_known = outcome.due
        values[rows], known[rows] = due, due_known
    paid = (kinds == FINDINGS.index("leak")) | (kinds == FINDINGS.index("duplicate"))
    if paid.any():
        rows = np.flatnonzero(paid)
        rows = rows if chosen.at is None else chosen.at[rows]
        values[rows], known[rows] = outcome.paid(rows)
    return _integers(values, known, chosen)


def _difference(outcome: Outcome, chosen: Selection) -> pa.Array:
    """Paid less due for eligible rows that receive, where both are known."""
    values = np.zeros(outcome.block.evaluator.rows, np.int64)
    known = np.zeros(outcome.block.evaluator.rows, np.bool_)
    if outcome.due is not None and outcome.program.benefit is not None:
        rows, due, due_known = outcome.due
        paid, paid_known = outcome.paid(rows)
        values[rows] = paid - due
        known[rows] = due_known & paid_known & pick(outcome.receiving[0], rows).view(np.bool_)
    return _integers(values, known, chosen)


def _integers(values: NDArray[np.int64], known: NDArray[np.bool_], chosen: Selection) -> pa.Array:
    if chosen.at is not None:
        values, known = values[chosen.at], known[chosen.at]
    return pa.Array.from_buffers(pa.int64(), chosen.size, [pa.py_buffer(pack(known)), pa.py_buffer(values)])


@lru_cache(maxsize=4096)
def _dictionary(words: tuple[str, ...]) -> pa.Array:
    return pa.array(words, pa.string())
