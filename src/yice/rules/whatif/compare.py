"""What if: two plans over the same people. Who gains, who loses, of whom it can no longer (or now) be told.

Unknown is a side of its own: nobody unknown is counted as gaining, losing, or as "no".
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from yice.rules.bits import rows_of, unpack
from yice.rules.columns import Columns
from yice.rules.kernel.evaluator import Evaluator
from yice.rules.kernel.findings import STATUSES
from yice.rules.kernel.outcome import Block, Fen, Outcome
from yice.rules.kernel.program import Program, compile_plan
from yice.rules.kernel.screening import CHUNK
from yice.rules.model import Benefit, Plan
from yice.rules.words import Words

UNITS = ("person", "household")
# How somebody stands under one plan; `absent`: the plan knows no such group or benefit, which is no for everybody.
SIDES = (*STATUSES, "absent")
INELIGIBLE, ELIGIBLE, UNKNOWN, ABSENT = range(4)
# What becomes of somebody. `amount`: due under both, another sum. `amount_unknown`: due under both, and one of the
# two sums cannot be told.
CHANGES = ("", "gains", "loses", "undecidable", "decidable", "amount", "amount_unknown")
SAME, GAINS, LOSES, UNDECIDABLE, DECIDABLE, AMOUNT, AMOUNT_UNKNOWN = range(7)
_CHANGE = np.array(  # by how they stood and how they stand
    [
        [SAME, GAINS, UNDECIDABLE, SAME],
        [LOSES, SAME, UNDECIDABLE, LOSES],
        [DECIDABLE, DECIDABLE, SAME, DECIDABLE],
        [SAME, GAINS, UNDECIDABLE, SAME],
    ],
    np.int8,
)
_WORD = pa.dictionary(pa.int8(), pa.string())
SCHEMA = pa.schema(
    {
        "person_id": pa.string(),
        "kind": _WORD,
        "item": pa.dictionary(pa.int16(), pa.string()),  # the group's or the benefit's id
        "before": _WORD,
        "after": _WORD,
        "change": _WORD,
        "amount_before_fen": pa.int64(),
        "amount_after_fen": pa.int64(),
    }
)
KINDS = ("group", "benefit")


@dataclass(frozen=True)
class Item:
    """What is compared: a group, or a benefit over all groups that lead to it. Sums stand at benefits only."""

    kind: Literal["group", "benefit"]
    id: str
    title: Words
    before: tuple[str, ...]  # the groups that make it in the old plan; none: the old plan has no such thing
    after: tuple[str, ...]
    benefits: tuple[Benefit | None, Benefit | None] = (None, None)

    @property
    def summed(self) -> bool:
        """Whether a sum is written in either plan."""
        return any(benefit is not None and benefit.amount is not None for benefit in self.benefits)

    @property
    def household(self) -> bool:
        """Given once a household, whoever in it is asked about."""
        return any(benefit is not None and benefit.payee == "household" for benefit in self.benefits)


@dataclass(frozen=True)
class Compared:
    """One item over a run of rows: a number a row, of SIDES and CHANGES; what is due where it is known."""

    item: Item
    before: NDArray[np.int8]
    after: NDArray[np.int8]
    change: NDArray[np.int8]
    due_before: Fen
    due_after: Fen

    def batch(self, ids: pa.Array, items: pa.Array, number: int, at: NDArray[np.intp]) -> pa.RecordBatch:
        """The rows `at` as they are written. `items`: the ids of all items, of which this is `number`."""
        kind = np.full(len(at), KINDS.index(self.item.kind), np.int8)
        arrays = [
            ids.take(pa.array(at)),
            _words(kind, KINDS),
            pa.DictionaryArray.from_arrays(pa.array(np.full(len(at), number, np.int16)), items),
            _words(self.before[at], SIDES),
            _words(self.after[at], SIDES),
            _words(self.change[at], CHANGES),
            *(pa.array(fen[at], mask=~known[at]) for fen, known in (self.due_before, self.due_after)),
        ]
        return pa.RecordBatch.from_arrays(arrays, schema=SCHEMA)


def items(old: Plan, new: Plan) -> tuple[Item, ...]:
    """Benefits first, then groups; as the new plan orders them, with what only the old one has at the end."""
    found: list[Item] = []
    for name in {**new.benefits, **old.benefits}:
        sides = old.benefits.get(name), new.benefits.get(name)
        ways = _ways(old, sides[0]), _ways(new, sides[1])
        title = next(benefit.title for benefit in (sides[1], sides[0]) if benefit is not None)
        if any(ways):
            found.append(Item("benefit", name, title, *ways, sides))
    for name in {**new.groups, **old.groups}:
        inside = [(name,) if _screened(plan, name) else () for plan in (old, new)]
        if any(inside):
            title = (new.groups.get(name) or old.groups[name]).title
            found.append(Item("group", name, title, inside[0], inside[1]))
    return tuple(found)


def compare(
    old: Plan,
    new: Plan,
    columns: Columns,
    as_of: dt.date,
    *,
    after: Columns | None = None,
    only: Sequence[Item] | None = None,
    chunk: int = CHUNK,
) -> Iterator[tuple[int, list[Compared]]]:
    """The first row of each run of rows, and every item over it.

    `after`: the rows as the new plan reads them, where a list or a code means something else to it; otherwise the
    same columns. Each plan is taken on `as_of`, or on its own last day.
    """
    programs = compile_plan(old, as_of), compile_plan(new, as_of)
    both = columns.under(old), columns.under(new) if after is None else after
    compared = items(old, new) if only is None else only
    for low in range(0, columns.rows, chunk):
        high = min(low + chunk, columns.rows)
        blocks = [_block(program, side, low, high) for program, side in zip(programs, both, strict=True)]
        told = [_compared(item, blocks[0], blocks[1], high - low) for item in compared]
        for block in blocks:
            block.close()
        yield low, told


@dataclass(frozen=True)
class Dropped:
    """Somebody who receives a benefit, was not known to be without a right to it, and is by the new plan."""

    person_id: str
    benefit: str
    before: str  # a word of SIDES: eligible, or unknown
    after: str  # ineligible, or absent
    amount_before_fen: int | None


def dropped_recipients(old: Plan, new: Plan, columns: Columns, as_of: dt.date) -> list[Dropped]:
    """Who receives a benefit today and would lose it by `new`: to be shown and signed for before it is put in force.

    Whoever the old plan had already found without a right is a leak of today, not dropped by the change; of whom
    it can no longer be told, nobody is dropped: they are asked about.
    """
    benefits = [item for item in items(old, new) if item.kind == "benefit" and item.before]
    seen, dropped = columns.under(old), list[Dropped]()
    for low, compared in compare(old, new, columns, as_of, only=benefits):
        for one in compared:
            for row in np.flatnonzero(drops(one, seen, low)).tolist():
                fen, known = one.due_before
                dropped.append(
                    Dropped(
                        str(columns.ids[low + row]),
                        one.item.id,
                        SIDES[one.before[row]],
                        SIDES[one.after[row]],
                        int(fen[row]) if known[row] else None,
                    )
                )
    return dropped


def drops(one: Compared, seen: Columns, low: int) -> NDArray[np.bool_]:
    """Who of a benefit's run of rows from `low` on receives it and is dropped. `seen`: as the old plan reads them."""
    rows = len(one.before)
    receives = seen.column(f"receives.{one.item.id}")
    if receives.values is None:
        return np.zeros(rows, np.bool_)
    receiving = unpack((receives.values & receives.known)[low // 64 :], rows).view(np.bool_)
    gone = (one.after == INELIGIBLE) | (one.after == ABSENT)
    dropped: NDArray[np.bool_] = receiving & gone & (one.before != INELIGIBLE)
    return dropped


def _ways(plan: Plan, benefit: Benefit | None) -> tuple[str, ...]:
    """The groups that lead to a benefit."""
    if benefit is None:
        return ()
    tied = (name for name, group in plan.groups.items() if group.benefit == benefit.id)
    return tuple(
        name for name in dict.fromkeys((benefit.group, *benefit.routes, *tied)) if _screened(plan, name)
    )


def _screened(plan: Plan, group: str) -> bool:
    return group in plan.groups and plan.groups[group].unit in UNITS


def _block(program: Program, columns: Columns, low: int, high: int) -> Block:
    return Block(program, Evaluator(columns, program.tables, program.leap_day, low, high))


def _compared(item: Item, old: Block, new: Block, rows: int) -> Compared:
    before, due_before = _side(item, old, item.before, rows)
    after, due_after = _side(item, new, item.after, rows)
    change = _CHANGE[before, after]
    if item.summed:
        both = (before == ELIGIBLE) & (after == ELIGIBLE)
        (fen, known), (fen_after, known_after) = due_before, due_after
        one, other = item.benefits
        otherwise = one is not None and other is not None and one.per != other.per
        told = known & known_after
        change[both & told & ((fen != fen_after) | otherwise)] = AMOUNT
        change[both & (known != known_after)] = AMOUNT_UNKNOWN
    return Compared(item, before, after, change, due_before, due_after)


def _side(item: Item, block: Block, ways: tuple[str, ...], rows: int) -> tuple[NDArray[np.int8], Fen]:
    """How each row stands under one plan, and what is due to the eligible ones."""
    nothing = np.zeros(rows, np.int64), np.zeros(rows, np.bool_)
    if not ways:
        return np.full(rows, ABSENT, np.int8), nothing
    outcomes: list[Outcome] = [block.outcome(way) for way in ways]
    eligible, unknown = outcomes[0].eligible, outcomes[0].unknown
    for outcome in outcomes[1:]:
        eligible, unknown = eligible | outcome.eligible, unknown | outcome.unknown
    unknown = unknown & ~eligible
    status = unpack(eligible, rows).astype(np.int8) + 2 * unpack(unknown, rows).astype(np.int8)
    if not item.summed:
        return status, nothing
    fen, known = nothing
    for outcome in outcomes:  # the sum is the benefit's, so that it is the same by every way
        at = rows_of(outcome.eligible, rows)
        fen[at], known[at] = outcome.due(at)
    return status, (fen, known)


def _words(numbers: NDArray[np.int8], words: Sequence[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(numbers), pa.array(words, pa.string()))
