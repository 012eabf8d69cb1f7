"""Files that a run writes: results that appear whole or not at all, and the rows that were refused, with why."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from yice.rules.columns import ID
from yice.rules.files.facts import FactsFile, Refused
from yice.terms.errors import Problem
from yice.terms.messages import Message

Write = Callable[[pa.RecordBatch], None]
ROW_GROUP = 500_000


def fit(out: Path, facts: Path) -> None:
    """A Problem where results cannot go to `out`."""
    if out.suffix.lower() not in (".csv", ".parquet"):
        raise Problem("screen-out", Message("结果文件应是 .csv 或 .parquet。"))
    if out.resolve() == facts.resolve():
        raise Problem("screen-out", Message("结果文件不能就是事实文件。"))


class _Gathered:
    """Small batches gathered into row groups of a size that others like to read."""

    def __init__(self, parquet: pq.ParquetWriter) -> None:
        self.parquet, self.rows = parquet, 0
        self.batches: list[pa.RecordBatch] = []

    def add(self, batch: pa.RecordBatch) -> None:
        self.batches.append(batch)
        self.rows += batch.num_rows
        if self.rows >= ROW_GROUP:
            self.flush()

    def flush(self) -> None:
        if self.batches:
            table = pa.Table.from_batches(self.batches).unify_dictionaries()
            self.parquet.write_table(table, row_group_size=2 * ROW_GROUP)
            self.batches, self.rows = [], 0


@contextmanager
def writer(out: Path, schema: pa.Schema) -> Iterator[Write]:
    """Batches to a new file that takes the place of `out` only when all is written."""
    part = out.with_name(out.name + ".part")
    try:
        stream = part.open("wb")
    except OSError as error:
        what = Message("不能写到 {path}（{why}）。", path=str(out), why=error.strerror)
        raise Problem("screen-out", what) from None
    try:
        with stream:
            if out.suffix.lower() == ".parquet":
                words = [
                    name for name in schema.names if name != ID
                ]  # ids are all different: no book of them
                options = {"compression": "zstd", "use_dictionary": words, "write_statistics": [ID]}
                with pq.ParquetWriter(stream, schema, **options) as parquet:
                    gathered = _Gathered(parquet)
                    yield gathered.add
                    gathered.flush()
            else:
                plain = pa.schema(
                    [
                        (f.name, f.type.value_type if pa.types.is_dictionary(f.type) else f.type)
                        for f in schema
                    ]
                )
                with pacsv.CSVWriter(
                    stream, plain, write_options=pacsv.WriteOptions(quoting_style="needed")
                ) as text:
                    yield lambda batch: text.write_batch(batch.cast(plain))
        os.replace(part, out)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def refusals(path: Path, source: FactsFile) -> Iterator[Callable[[list[Refused]], None]]:
    """Refused rows as they stood, with their row number and the reason; no file where there are none."""
    path.unlink(missing_ok=True)
    header = source.header if source.is_csv else [ID]
    files: list[TextIO] = []

    def refuse(rows: list[Refused]) -> None:
        if rows and not files:
            files.append(path.open("w", encoding="utf-8-sig", newline=""))
            csv.writer(files[0]).writerow([str(Message("行号")), str(Message("原因")), *header])
        for row in rows:
            csv.writer(files[0]).writerow(
                [row.row or "", row.reason, *("" if c is None else c for c in row.cells)]
            )

    try:
        yield refuse
    finally:
        for stream in files:
            stream.close()
