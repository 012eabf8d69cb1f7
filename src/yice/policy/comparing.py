"""Two plans over the people of an area as they are today: the figures, and a file of the persons behind them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from yice.identifiers import division
from yice.policy.provided import KEY, Request
from yice.policy.screening import columns_of
from yice.policy.snapshot import Progress, joined, read, silent
from yice.rules.columns import Columns
from yice.rules.files.soundness import area_numbers
from yice.rules.kernel.silence import AREA_FACT
from yice.rules.model import Plan
from yice.rules.whatif.compare import SCHEMA as ROWS
from yice.rules.whatif.compare import Compared, compare, drops, items
from yice.rules.whatif.summary import summary
from yice.rules.whatif.tally import DIMENSIONS, Tally, households_of, places_of
from yice.terms.errors import Problem
from yice.terms.messages import Message

# The rows of `yice whatif`, with the key of the person in the database (the file never leaves the data folder),
# whether they receive the benefit and would lose it, and where they belong.
SCHEMA = pa.schema(
    [
        pa.field("person", pa.int64()),
        *list(ROWS)[1:],
        pa.field("dropped", pa.bool_()),
        *(pa.field(name, pa.dictionary(pa.int16(), pa.string())) for name in DIMENSIONS),
    ]
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
    before, after = columns_of(old, one), columns_of(new, two)
    keys = one.column(KEY).combine_chunks()
    ids = keys.cast(pa.string())
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
            if item.change.any():
                parts.append(
                    _rows(item, number, names, (keys[part], ids[part]), here, _lost(item, before, low))
                )
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
    end = division.upper_bound(area)
    parts = read(Request(both, area, end, as_of), progress)
    table = joined([part.values for part in parts])
    if not table.num_rows:
        raise Problem(
            "compare-nobody", Message("这里还没有人员，比较不出什么。"), fix=Message("请先导入登记册。")
        )
    return table


def _lost(one: Compared, before: Columns, low: int) -> NDArray[np.bool_]:
    """Who is dropped: of a benefit that the old plan has; a group by itself takes nothing from anybody."""
    if one.item.kind == "benefit" and one.item.before:
        return drops(one, before, low)
    return np.zeros(len(one.change), np.bool_)


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


def _rows(
    one: Compared,
    number: int,
    names: pa.Array,
    persons: tuple[pa.Array, pa.Array],
    where: dict[str, tuple[NDArray[np.intp], list[str]]],
    lost: NDArray[np.bool_],
) -> pa.RecordBatch:
    """The persons for whom this item changes. `persons`: their keys, as numbers and as text."""
    at = np.flatnonzero(one.change)
    told = one.batch(persons[1], names, number, at)
    places = [
        pa.DictionaryArray.from_arrays(pa.array(codes[at].astype(np.int16)), pa.array(labels, pa.string()))
        for codes, labels in (where[name] for name in DIMENSIONS)
    ]
    arrays = [persons[0].take(pa.array(at)), *told.columns[1:], pa.array(lost[at]), *places]
    return pa.RecordBatch.from_arrays(arrays, schema=SCHEMA)
