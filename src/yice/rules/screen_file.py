"""`yice screen`: a file of facts against every group of a plan, to a file of decisions, a block at a time."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from yice.rules.batches import SCHEMA
from yice.rules.columns import Columns
from yice.rules.facts_file import FactsFile
from yice.rules.model import Plan
from yice.rules.out_file import fit, refusals, writer
from yice.rules.screening import screen
from yice.rules.silence import AREA_FACT, NOTHING, Received, speak
from yice.rules.soundness import area_numbers
from yice.terms.errors import Problem
from yice.terms.messages import Message

MOST_ROWS = 50_000_000


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


def screen_file(
    plan: Plan,
    facts: Path,
    as_of: dt.date,
    out: Path,
    *,
    received: Received = NOTHING,
    rows: Literal["all", "findings"] = "all",
    progress: Callable[[int], None] = lambda done: None,
) -> Report:
    """Screen a CSV or Parquet file of facts. `out` appears whole or not at all; refused rows go beside it."""
    fit(out, facts)
    source = FactsFile(facts, plan, as_of)
    groups = [name for name, group in plan.groups.items() if group.unit in ("person", "household")]
    most = source.rows_at_most() * len(groups)
    if rows == "all" and most > MOST_ROWS:
        what = Message("结果会有约 {rows} 行，超过 {most} 行。", rows=f"{most:,}", most=f"{MOST_ROWS:,}")
        raise Problem("screen-rows", what, fix=Message("请加 --rows findings，只写要处理的行。"))
    report = Report(warnings=source.warnings)
    refused_file = out.with_name(out.name + ".refused.csv")
    with writer(out, SCHEMA) as write, refusals(refused_file, source) as refuse:
        for block in source.blocks():
            report.rows += block.rows + len(block.refused)
            report.refused += len(block.refused)
            refuse(block.refused)
            if block.rows:
                areas = area_numbers(block.columns, AREA_FACT, block.rows)
                for name, column in speak(plan, block.columns, areas, received, as_of).items():
                    block.columns[name] = column
                screening = screen(plan, Columns.from_table(plan, block.table()), as_of, groups=groups)
                report.as_of, report.ended = screening.as_of, screening.ended
                for batch in screening.decisions(rows):
                    write(batch)
                    _count(report, batch)
            progress(report.rows)
    report.refused_file = refused_file if report.refused else None
    return report


def _count(report: Report, batch: pa.RecordBatch) -> None:
    """A batch is of one group: count its words."""
    report.written += batch.num_rows
    group = str(batch.column("group")[0].as_py())
    for name, counts in (("status", report.statuses), ("finding", report.findings)):
        column = batch.column(name)
        for pair in pc.value_counts(column.indices).to_pylist():
            counts[group, str(column.dictionary[pair["values"]])] += pair["counts"]
