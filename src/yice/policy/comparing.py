"""Two plans over the people of an area as they are today: the figures, and a file of the persons behind them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from yice.identifiers import division
from yice.policy import registry
from yice.policy.registry import ID, KEY
from yice.policy.snapshot import Progress, silent
from yice.rules.columns import Columns
from yice.rules.files.soundness import area_numbers
from yice.rules.kernel.silence import AREA_FACT
from yice.rules.model import Plan
from yice.rules.whatif.compare import CHANGES, KINDS, SIDES, Compared, compare, drops, items
from yice.rules.whatif.summary import summary
from yice.rules.whatif.tally import DIMENSIONS, Tally, households_of, places_of
from yice.terms.errors import Problem
from yice.terms.messages import Message

_WORD = pa.dictionary(pa.int16(), pa.string())
SCHEMA = pa.schema(
    {
        "person": pa.int64(),  # the key in the database; the file never leaves the data folder
        "kind": _WORD,
        "item": _WORD,
        "change": _WORD,
        "before": _WORD,
        "after": _WORD,
        "amount_before_fen": pa.int64(),
        "amount_after_fen": pa.int64(),
        "dropped": pa.bool_(),  # receives the benefit and would lose it
        **dict.fromkeys(DIMENSIONS, _WORD),
    }
)


@dataclass(frozen=True)
class Outcome:
    """What a comparison came to. rows: SCHEMA, a row for each person and item that changes."""

    people: int
    figures: dict[str, Any]
    rows: pa.Table

    @property
    def changed(self) -> int:
        return len(self.rows.column("person").unique())

    @property
    def dropped(self) -> NDArray[np.int64]:
        """The persons who receive something and would lose it, each once."""
        found: NDArray[np.int64] = self.rows.filter(self.rows.column("dropped")).column("person").to_numpy()
        return np.unique(found)


def compared(old: Plan, new: Plan, area: str, as_of: dt.date, progress: Progress = silent) -> Outcome:
    """Read the people of `area` once (twice where the plans read facts differently) and compare the plans on them."""
    one = _read(old, new, area, as_of, progress)
    two = one if _alike(old, new) else _read(new, old, area, as_of, progress)
    one, two = _same_people(one, two)
    before, after = _columns(old, one), _columns(new, two)
    keys = one.column(KEY).to_numpy()
    areas = area_numbers({AREA_FACT: one.column(AREA_FACT).combine_chunks()}, AREA_FACT, one.num_rows)
    where, homes = places_of(after, as_of, areas), households_of(after)
    found = items(old, new)
    tally, parts = Tally(found), list[pa.RecordBatch]()
    names = pa.array([item.id for item in found], pa.string())
    for low, told in compare(old, new, before, as_of, after=after):
        count = len(told[0].change) if told else 0
        part = slice(low, low + count)
        here = {name: (codes[part], labels) for name, (codes, labels) in where.items()}
        tally.add(told, here, homes[part])
        for number, item in enumerate(told):
            lost = drops(item, before, low) if item.item.kind == "benefit" and item.item.before else None
            parts.extend(_rows(item, number, names, keys[part], here, lost))
        progress("compare", low + count, one.num_rows)
    figures = {**summary(old, new, as_of, tally), "rows": one.num_rows}
    return Outcome(one.num_rows, figures, pa.Table.from_batches(parts, SCHEMA))


def _read(plan: Plan, other: Plan, area: str, as_of: dt.date, progress: Progress) -> pa.Table:
    """Every column either plan can use, as `plan` hears the lists' silence."""
    both = replace(
        plan,
        facts={**other.facts, **plan.facts},
        lists={**other.lists, **plan.lists},
        benefits={**other.benefits, **plan.benefits},
    )
    parts, rows = [], 0
    for part in registry.provide(registry.Request(both, area, division.upper_bound(area), as_of)):
        parts.append(part.values)
        rows += part.values.num_rows
        progress("snapshot", rows, 0)
    if not rows:
        raise Problem(
            "compare-nobody", Message("这里还没有人员，比较不出什么。"), fix=Message("请先导入登记册。")
        )
    return pa.concat_tables(parts, promote_options="permissive").unify_dictionaries().combine_chunks()


def _alike(old: Plan, new: Plan) -> bool:
    """Whether one reading serves both: no fact or list means something else."""
    return all(
        left[name] == right[name]
        for left, right in ((old.facts, new.facts), (old.lists, new.lists))
        for name in left.keys() & right.keys()
    )


def _same_people(one: pa.Table, two: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Both readings reduced to the persons that stand in both, in one order."""
    if one is two:
        return one, two
    left, right = one.column(KEY).to_numpy(), two.column(KEY).to_numpy()
    if np.array_equal(left, right):
        return one, two
    both = np.intersect1d(left, right)
    return one.filter(pa.array(np.isin(left, both))), two.filter(pa.array(np.isin(right, both)))


def _columns(plan: Plan, table: pa.Table) -> Columns:
    at = table.schema.get_field_index(ID)
    return Columns.from_table(plan, table.set_column(at, ID, table.column(KEY).cast(pa.string())))


def _rows(
    one: Compared,
    number: int,
    names: pa.Array,
    keys: NDArray[np.int64],
    where: dict[str, tuple[NDArray[np.intp], list[str]]],
    lost: NDArray[np.bool_] | None,
) -> Iterator[pa.RecordBatch]:
    """The persons for whom this item changes."""
    at = np.flatnonzero(one.change)
    if not len(at):
        return
    sums = [pa.array(fen[at], mask=~known[at]) for fen, known in (one.due_before, one.due_after)]
    arrays = [
        pa.array(keys[at]),
        _words(np.full(len(at), KINDS.index(one.item.kind)), KINDS),
        pa.DictionaryArray.from_arrays(pa.array(np.full(len(at), number, np.int16)), names),
        _words(one.change[at], CHANGES),
        _words(one.before[at], SIDES),
        _words(one.after[at], SIDES),
        *sums,
        pa.array(np.zeros(len(at), np.bool_) if lost is None else lost[at]),
        *(_words(codes[at], labels) for codes, labels in (where[name] for name in DIMENSIONS)),
    ]
    yield pa.RecordBatch.from_arrays(arrays, schema=SCHEMA)


def _words(numbers: NDArray[Any], words: Any) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(numbers.astype(np.int16)), pa.array(words, pa.string()))
