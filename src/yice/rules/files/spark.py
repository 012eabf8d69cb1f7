"""`yice screen --engine spark`: each row group of a Parquet file is a task, and a task does what one machine does.

Only this module knows Spark. The file of facts and the folder of results lie where every executor sees them under
the same path; every executor has this package. `out` becomes a folder of Parquet files, one a row group, in order.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import sys
from pathlib import Path
from typing import Any

from yice.rules.files.facts import FactsFile
from yice.rules.files.out import fit
from yice.rules.files.screen import Report, Rows, screen_source
from yice.rules.kernel.silence import NOTHING, Received
from yice.rules.model import Plan
from yice.terms.errors import Problem
from yice.terms.messages import Message

REFUSED = "_refused"  # beside the results; whoever reads a folder of Parquet leaves such a name out


def screen_on_spark(
    plan: Plan, facts: Path, as_of: dt.date, out: Path, *, received: Received = NOTHING, rows: Rows = "all"
) -> Report:
    """Screen a Parquet file of facts on the cluster that Spark is set up for, else on all processors here."""
    fit(out, facts)
    if facts.suffix.lower() != ".parquet" or out.suffix.lower() != ".parquet":
        what = Message("在 Spark 上运行，事实文件和结果都应是 .parquet。")
        raise Problem("engine-spark", what, fix=Message("CSV 请用 --engine local。"))
    if out.exists():
        what = Message("{path} 已经有了；在 Spark 上运行时结果是一个新文件夹。", path=str(out))
        raise Problem("screen-out", what, fix=Message("请换一个名称，或先移走它。"))
    twins = FactsFile(facts, plan, as_of).twins()
    half, place = out.with_name(out.name + ".part"), facts.resolve()
    shutil.rmtree(half, ignore_errors=True)
    (half / REFUSED).mkdir(parents=True)

    def task(group: tuple[int, list[str]]) -> Report | Problem:
        number, earlier = group
        source = FactsFile(place, plan, as_of, number, earlier)
        part, refused = half / f"part-{number:05d}.parquet", half / REFUSED / f"part-{number:05d}.csv"
        try:
            return screen_source(source, part, refused, received, rows, threads=1)
        except Problem as problem:
            return problem  # a sentence, not Spark's account of where it was raised

    report = Report()
    context = _context()
    try:
        for part in context.parallelize(list(enumerate(twins)), max(len(twins), 1)).map(task).collect():
            if isinstance(part, Problem):
                raise part
            report.add(part)
        report.refused_file = out / REFUSED if report.refused else None
        if not report.refused:
            (half / REFUSED).rmdir()
        os.replace(half, out)
    finally:
        context.stop()
        shutil.rmtree(half, ignore_errors=True)
    return report


def _context() -> Any:
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        what = Message("没有装 Spark（pyspark）。")
        fix = Message("请装上 yice[spark] 和 Java 17，或用 --engine local。")
        raise Problem("engine-spark", what, fix=fix) from None
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("yice").config("spark.ui.showConsoleProgress", "false")
    return builder.getOrCreate().sparkContext
