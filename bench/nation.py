"""A nation against a plan of forty groups, Parquet to findings: the function that `yice screen` calls, measured.

    .venv/bin/python -m bench.nation [--people N ...] [--missing SHARE ...] [--keep FOLDER]

For every number of people and share of missing values a snapshot is generated (or taken from FOLDER), screened in
a process of its own, and its stages told: what reading, evaluating and writing took, findings a person, the most
memory held. Beside it what a plain scan of the file's columns takes, which no screening can do without. Cost is
linear: `--people 1000000 10000000 38000000`.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from bench.bench_plan import forty_groups
from bench.population import DAY, generate

LIMITS = (20.0, 1.5)  # seconds of wall and GB for 38 million on two quiet cores
NATION = 38_000_000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--people", type=int, nargs="*", default=[1_000_000])
    parser.add_argument("--missing", type=float, nargs="*", default=[0.02, 0.1])
    parser.add_argument("--keep", type=Path, help="where snapshots stay for another run")
    parser.add_argument(
        "--plain", action="store_true", help="a Parquet file like any other, not a packed snapshot"
    )
    parser.add_argument("--inside", nargs=2, type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--scan", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        return inside(*options.inside)
    if options.scan:
        return scan(options.scan)
    print(f"  load before: {os.getloadavg()[0]:.1f}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for missing in options.missing:
            for people in options.people:
                one(options.keep or Path(folder), Path(folder), people, missing, pack=not options.plain)
    return 0


def one(kept: Path, folder: Path, people: int, missing: float, *, pack: bool) -> None:
    """Generate where there is nothing yet, then screen in a fresh process, whose memory is its own."""
    facts = kept / f"{'packed' if pack else 'plain'}-{people}-{round(missing * 100)}.parquet"
    if not facts.exists():
        began = time.perf_counter()
        kept.mkdir(parents=True, exist_ok=True)
        generate(facts, forty_groups(country=True), people, missing, pack=pack)
        size = facts.stat().st_size / 1e9
        print(
            f"  generated {people:,} people, {size:.2f} GB, in {time.perf_counter() - began:.0f} s",
            flush=True,
        )
    out = folder / "findings.parquet"
    command = [sys.executable, "-m", "bench.nation", "--inside", str(facts), str(out)]
    told = _ran(command)
    floor = _ran([*command[:3], "--scan", str(facts)])
    cells = people * told["groups"]
    print(
        f"  {people:>11,} people × {told['groups']} groups, {missing:.0%} missing: {told['wall']:.1f} s wall,"
        f" {told['cpu']:.1f} s CPU, {cells / told['cpu'] / 1e6:.0f} M cells/CPU-s, {told['memory']:.2f} GB;"
        f" {told['findings']:,} findings, {told['findings'] / people:.2f} a person,"
        f" {out.stat().st_size / 1e9:.2f} GB",
        flush=True,
    )
    stages = ", ".join(f"{name} {seconds:.1f}" for name, seconds in told["stages"].items())
    print(f"              seconds at work: {stages}; by kind {told['kinds']}")
    print(f"              a plain scan: {floor['cpu']:.1f} s CPU; load {os.getloadavg()[0]:.1f}", flush=True)
    if people >= NATION:
        good = told["wall"] <= LIMITS[0] and told["memory"] <= LIMITS[1]
        print(
            f"              under {LIMITS[0]:.0f} s and {LIMITS[1]} GB: {'yes' if good else 'NO'}", flush=True
        )


def _ran(command: list[str]) -> dict[str, Any]:
    ran = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(ran.stdout.splitlines()[-1]))


def scan(facts: Path) -> int:
    """Every column read, every byte of it looked at, nothing decided."""
    cpu, seen = time.process_time(), 0
    source = pq.ParquetFile(facts)
    for group in range(source.num_row_groups):
        for batch in source.iter_batches(1 << 17, row_groups=[group], use_threads=False):
            buffers = (buffer for column in batch.columns for buffer in column.buffers() if buffer)
            seen += sum(int(np.frombuffer(buffer, np.uint8).max()) for buffer in buffers if buffer.size)
    print(json.dumps({"cpu": time.process_time() - cpu, "seen": seen}))
    return 0


def inside(facts: Path, out: Path) -> int:
    """One screening, told as JSON."""
    from yice.rules.files.screen import screen_file

    plan = forty_groups(country=True)
    wall, cpu = time.perf_counter(), time.process_time()
    report = screen_file(plan, facts, DAY, out, rows="findings")
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    kinds: dict[str, int] = {}
    for (_, kind), number in report.findings.items():
        kinds[kind] = kinds.get(kind, 0) + number
    told = {
        "wall": wall,
        "cpu": cpu,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
        "findings": report.written,
        "kinds": kinds,
        "groups": len(plan.groups),
        "stages": {name: round(seconds, 2) for name, seconds in getattr(report, "seconds", {}).items()},
    }
    print(json.dumps(told))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
