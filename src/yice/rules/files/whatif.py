"""`yice whatif`: a file of facts under two plans, to a file of what changes for whom, a block at a time."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from yice.rules.columns import Columns
from yice.rules.expression.scope import facts_of
from yice.rules.files.facts import Block, FactsFile, Refused
from yice.rules.files.out import fit, refusals, writer
from yice.rules.files.screen import MOST_ROWS
from yice.rules.files.soundness import area_numbers
from yice.rules.kernel.silence import AREA_FACT, NOTHING, Received, speak
from yice.rules.model import Fact, Plan
from yice.rules.whatif.compare import SCHEMA, compare, items
from yice.rules.whatif.summary import days_of, summary
from yice.rules.whatif.tally import Tally, households_of, places_of
from yice.terms.errors import Problem
from yice.terms.messages import Message

_READING = ("type", "codes", "low", "high", "fresh_for_days", "of")  # what decides how a value is read


@dataclass
class WhatIf:
    """What a comparison came to."""

    old: Plan
    new: Plan
    as_of: dt.date
    tally: Tally
    rows: int = 0
    refused: int = 0
    written: int = 0
    refused_file: Path | None = None
    warnings: Counter[Message] = field(default_factory=Counter)

    @property
    def days(self) -> tuple[dt.date, dt.date]:
        """The day each plan was taken on: its last one where it had ended."""
        return days_of(self.old, self.new, self.as_of)

    def summary(self) -> dict[str, object]:
        """Everything but the persons, as JSON."""
        told = summary(self.old, self.new, self.as_of, self.tally)
        rows = {"rows": self.rows, "refused": self.refused, "changed_rows": self.written}
        return {**told, **rows}


def whatif_file(
    old: Plan,
    new: Plan,
    facts: Path,
    as_of: dt.date,
    out: Path,
    *,
    received: Received = NOTHING,
    rows: Literal["changes", "all"] = "changes",
    progress: Callable[[int], None] = lambda done: None,
) -> WhatIf:
    """Compare two plans over a CSV or Parquet file of facts; `out` takes a row for each change (or each item).

    A row that either plan refuses is left out of the comparison: both sides are of the same people.
    """
    fit(out, facts)
    compared = items(old, new)
    sources = _sources(old, new, facts, as_of)
    most = sources[0].rows_at_most() * len(compared)
    if rows == "all" and most > MOST_ROWS:
        what = Message("结果会有约 {rows} 行，超过 {most} 行。", rows=f"{most:,}", most=f"{MOST_ROWS:,}")
        raise Problem("screen-rows", what, fix=Message("请去掉 --rows all，只写有变化的行。"))
    result = WhatIf(old, new, as_of, Tally(compared))
    names = pa.array([item.id for item in compared], pa.string())
    refused_file = out.with_name(out.name + ".refused.csv")
    with writer(out, SCHEMA) as write, refusals(refused_file, sources[0]) as refuse:
        for pair, refused in _blocks(sources):
            result.rows += pair[0].rows + len(refused)
            result.refused += len(refused)
            refuse(refused)
            if pair[0].rows:
                _compare_block(result, pair, received, names, rows == "all", write)
            progress(result.rows)
    result.warnings = _warnings(sources)
    result.refused_file = refused_file if result.refused else None
    return result


def _compare_block(
    result: WhatIf,
    pair: tuple[Block, Block],
    received: Received,
    names: pa.Array,
    everyone: bool,
    write: Callable[[pa.RecordBatch], None],
) -> None:
    """One block of rows under both plans, each hearing what the lists' silence means to it."""
    areas = area_numbers(pair[0].columns, AREA_FACT, pair[0].rows)
    sides = []
    for plan, block in zip((result.old, result.new), pair, strict=True):
        spoken = speak(plan, block.columns, areas, received, result.as_of)
        heard = replace(block, columns={**block.columns, **spoken})
        sides.append(Columns.from_table(plan, heard.table()))
    where, homes = places_of(sides[1], result.as_of, areas), households_of(sides[1])
    for low, compared in compare(result.old, result.new, sides[0], result.as_of, after=sides[1]):
        count = len(compared[0].change) if compared else 0
        part = slice(low, low + count)
        result.tally.add(
            compared, {name: (codes[part], labels) for name, (codes, labels) in where.items()}, homes[part]
        )
        ids = pair[0].ids.slice(low, count)
        for number, one in enumerate(compared):
            at = np.arange(count) if everyone else np.flatnonzero(one.change)
            if len(at):
                write(one.batch(ids, names, number, at))
                result.written += len(at)


def _sources(old: Plan, new: Plan, facts: Path, as_of: dt.date) -> tuple[FactsFile, ...]:
    """One reading of the file where both plans read every value alike, otherwise one for each plan."""
    if _alike(facts_of(old), facts_of(new)):
        merged = replace(new, facts={**facts_of(old), **facts_of(new)})
        return (FactsFile(facts, merged, as_of),)
    return FactsFile(facts, old, as_of), FactsFile(facts, new, as_of)


def _alike(old: dict[str, Fact], new: dict[str, Fact]) -> bool:
    return all(
        all(getattr(old[name], part) == getattr(new[name], part) for part in _READING)
        and (old[name].derive is None) == (new[name].derive is None)
        for name in old.keys() & new.keys()
    )


def _blocks(sources: tuple[FactsFile, ...]) -> Iterator[tuple[tuple[Block, Block], list[Refused]]]:
    """The rows that both plans can read, and those that either refuses."""
    if len(sources) == 1:
        for block in sources[0].blocks():
            yield (block, block), block.refused
        return
    for one, other in zip(*(source.blocks() for source in sources), strict=True):
        refused = {row.row: row for row in (*other.refused, *one.refused)}
        kept = np.intersect1d(one.numbers, other.numbers)
        yield (_only(one, kept), _only(other, kept)), [refused[row] for row in sorted(refused)]


def _only(block: Block, numbers: NDArray[np.int64]) -> Block:
    keep = pa.array(np.isin(block.numbers, numbers))
    columns = {name: column.filter(keep) for name, column in block.columns.items()}
    kept = pc.sum(keep).as_py() or 0
    return replace(block, rows=int(kept), ids=block.ids.filter(keep), columns=columns)


def _warnings(sources: tuple[FactsFile, ...]) -> Counter[Message]:
    """What both readings set aside; a column that one of the plans knows is not worth a word."""
    first = sources[0].warnings
    if len(sources) == 1:
        return first
    second = sources[1].warnings
    counted = {word: max(first[word], second[word]) for word in {**first, **second}}
    return Counter({word: n for word, n in counted.items() if n or (word in first and word in second)})
