"""The same snapshot on one machine and through Spark in local mode, compared row by row.

    PYTHONPATH=.venv-spark .venv/bin/python -m bench.spark [--people N] [--missing SHARE]

`make spark` unpacks pyspark into .venv-spark. Seconds of wall, for Spark with its start; processor seconds count
the JVM and its Python workers.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from bench.bench_plan import forty_groups
from bench.population import DAY, generate

from yice.rules.files.screen import Report, screen_file
from yice.rules.files.spark import screen_on_spark
from yice.rules.model import Plan

TASKS = 8


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--missing", type=float, default=0.1)
    options = parser.parse_args()
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    plan = forty_groups(country=True)
    with tempfile.TemporaryDirectory() as folder:
        facts, here, there = (Path(folder) / f"{name}.parquet" for name in ("facts", "here", "there"))
        generate(facts, plan, options.people, options.missing)
        pq.write_table(pq.read_table(facts), facts, row_group_size=-(-options.people // TASKS))
        reports = [
            ran("one machine", screen_file, plan, facts, DAY, here),
            ran("Spark, local mode", screen_on_spark, plan, facts, DAY, there),
        ]
        same = reports[0].statuses == reports[1].statuses and reports[0].findings == reports[1].findings
        same = same and sorted_rows(here).equals(sorted_rows(there))
        rows, groups = reports[0].written, len(plan.groups)
    print(
        f"  {options.people:,} people × {groups} groups, {rows:,} findings; the same: {'yes' if same else 'NO'}"
    )
    return int(not same)


def ran(title: str, run: object, plan: Plan, facts: Path, day: dt.date, out: Path) -> Report:
    """A screening with what it took of wall and of processor."""
    wall, cpu = time.perf_counter(), processor()
    report: Report = run(plan, facts, day, out, rows="findings")  # type: ignore[operator]
    wall, cpu = time.perf_counter() - wall, processor() - cpu
    print(f"  {title:<20} {wall:6.1f} s wall, {cpu:6.1f} s CPU; load {os.getloadavg()[0]:.1f}", flush=True)
    return report


def processor() -> float:
    """Of this process, of the JVM, and of the Python workers that the JVM started and that have ended."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    gateway = (
        getattr(sys.modules.get("pyspark"), "SparkContext", None)
        and sys.modules["pyspark"].SparkContext._gateway
    )
    if gateway is None:
        return used.ru_utime + used.ru_stime
    fields = Path(f"/proc/{gateway.proc.pid}/stat").read_text().rpartition(")")[2].split()
    return used.ru_utime + used.ru_stime + sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def sorted_rows(results: Path) -> pa.Table:
    table = pq.read_table(results)
    plain = [
        (one.name, pa.string() if pa.types.is_dictionary(one.type) else one.type) for one in table.schema
    ]
    return (
        table.cast(pa.schema(plain))
        .sort_by([("group", "ascending"), ("person_id", "ascending")])
        .combine_chunks()
    )


if __name__ == "__main__":
    raise SystemExit(main())
