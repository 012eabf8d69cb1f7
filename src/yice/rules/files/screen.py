"""`yice screen`: a file of facts against every group of a plan, to a file of decisions, a block at a time."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow as pa

from yice.rules.columns import Columns
from yice.rules.files.ahead import done, fetched
from yice.rules.files.facts import Block, FactsFile
from yice.rules.files.out import fit, refusals, writer
from yice.rules.files.soundness import area_numbers
from yice.rules.kernel.batches import SCHEMA
from yice.rules.kernel.program import compile_plan
from yice.rules.kernel.screening import screen
from yice.rules.kernel.silence import AREA_FACT, NOTHING, Received, speak
from yice.rules.model import Plan
from yice.terms.errors import Problem
from yice.terms.messages import Message

MOST_ROWS = 50_000_000
THREADS = 2  # that evaluate, beside one that reads and one that writes
Rows = Literal["all", "findings"]
NO_AREAS = np.empty(0, np.int64)
_counting = threading.Lock()


@dataclass
class Report:
    """What a run did: rows read and refused, decisions by status and findings by kind and group."""

    rows: int = 0
    refused: int = 0
    written: int = 0
    refused_file: Path | None = None
    statuses: Counter[tuple[str, str]] = field(default_factory=Counter)
    findings: Counter[tuple[str, str]] = field(default_factory=Counter)
    warnings: Counter[Message] = field(default_factory=Counter)
    as_of: dt.date | None = None
    ended: bool = False
    seconds: dict[str, float] = field(default_factory=dict)  # of processor, by stage; the stages overlap

    def add(self, part: Report) -> None:
        """Count in what a run over other rows of the same file did."""
        self.rows += part.rows
        self.refused += part.refused
        self.written += part.written
        self.refused_file = self.refused_file or part.refused_file
        self.as_of, self.ended = self.as_of or part.as_of, self.ended or part.ended
        for mine, theirs in (
            (self.statuses, part.statuses), (self.findings, part.findings), (self.warnings, part.warnings),
        ):  # fmt: skip
            for key, number in theirs.items():
                mine[key] += number  # type: ignore[index]
        for stage, seconds in part.seconds.items():
            self.seconds[stage] = self.seconds.get(stage, 0.0) + seconds


def screen_file(
    plan: Plan,
    facts: Path,
    as_of: dt.date,
    out: Path,
    *,
    received: Received = NOTHING,
    rows: Rows = "all",
    progress: Callable[[int], None] = lambda done: None,
) -> Report:
    """Screen a CSV or Parquet file of facts. `out` appears whole or not at all; refused rows go beside it."""
    fit(out, facts)
    source = FactsFile(facts, plan, as_of)
    return screen_source(
        source, out, out.with_name(out.name + ".refused.csv"), received, rows, progress=progress
    )


def screen_source(
    source: FactsFile,
    out: Path,
    refused_file: Path,
    received: Received,
    rows: Rows,
    *,
    threads: int = THREADS,
    progress: Callable[[int], None] = lambda done: None,
) -> Report:
    """Screen what is open, to `out` and `refused_file`."""
    plan, as_of = source.plan, source.as_of
    groups = [name for name, group in plan.groups.items() if group.unit in ("person", "household")]
    most = source.rows_at_most() * len(groups)
    if rows == "all" and most > MOST_ROWS:
        what = Message("结果会有约 {rows} 行，超过 {most} 行。", rows=f"{most:,}", most=f"{MOST_ROWS:,}")
        raise Problem("screen-rows", what, fix=Message("请加 --rows findings，只写要处理的行。"))
    report = Report(warnings=source.warnings)

    program = compile_plan(plan, as_of)

    def decide(block: Block) -> tuple[Block, list[pa.RecordBatch]]:
        with _timed(report, "evaluate"):
            return block, _decided(plan, block, as_of, groups, received, rows)

    with writer(out, SCHEMA) as write, refusals(refused_file, source) as refuse:
        for block, batches in done(decide, fetched(_read(source, report)), threads):
            report.rows += block.rows + len(block.refused)
            report.refused += len(block.refused)
            refuse(block.refused)
            if block.rows:
                report.as_of, report.ended = program.as_of, program.ended
            with _timed(report, "write"):
                for batch in batches:
                    write(batch)
                    _count(report, batch)
            progress(report.rows)
    report.refused_file = refused_file if report.refused else None
    return report


def _read(source: FactsFile, report: Report) -> Iterator[Block]:
    blocks = source.blocks()
    while True:
        with _timed(report, "read"):
            block = next(blocks, None)
        if block is None:
            return
        yield block


def _decided(
    plan: Plan,
    block: Block,
    as_of: dt.date,
    groups: Sequence[str],
    received: Received,
    rows: Rows,
) -> list[pa.RecordBatch]:
    """What a block comes to; its facts are let go of."""
    if not block.rows:
        return []
    areas = area_numbers(block.columns, AREA_FACT, block.rows) if received.lists else NO_AREAS
    for name, column in speak(plan, block.columns, areas, received, as_of).items():
        block.columns[name] = column
    columns = Columns.from_table(plan, block.table())
    block.columns.clear()
    screening = screen(plan, columns, as_of, groups=groups, threads=1)
    return list(screening.decisions(rows))


@contextmanager
def _timed(report: Report, stage: str) -> Iterator[None]:
    began = time.thread_time()
    yield
    with _counting:
        report.seconds[stage] = report.seconds.get(stage, 0.0) + time.thread_time() - began


def _count(report: Report, batch: pa.RecordBatch) -> None:
    """A batch is of one group: count its words."""
    report.written += batch.num_rows
    group = str(batch.column("group")[0].as_py())
    for name, counts in (("status", report.statuses), ("finding", report.findings)):
        column = batch.column(name)
        for place, number in enumerate(np.bincount(column.indices.to_numpy()).tolist()):
            if number:
                counts[group, str(column.dictionary[place])] += number
