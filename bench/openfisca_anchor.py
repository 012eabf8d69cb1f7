"""The kernel beside OpenFisca and a plain scan of the columns: same people, same forty groups, in one run.

    .venv/bin/python -m bench.openfisca_anchor [--people N]

OpenFisca has no "unknown", so every fact is known here; it answers only who is eligible, the kernel also which
condition failed and what is unknown. Who is eligible is compared cell by cell.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from bench.bench_plan import FLAGS, forty_groups
from bench.screening import DAY, people

from yice.rules.bits import count
from yice.rules.columns import Columns
from yice.rules.kernel.screening import screen

ROOT = Path(__file__).resolve().parents[1]
PYTHON = ROOT / ".venv-bench" / "bin" / "python"
BAR = 20.0  # times as fast as OpenFisca, per second of processor
ROUNDS = 5


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--people", type=int, default=500_000)
    options = parser.parse_args()
    plan = forty_groups()
    table = people(plan, options.people, 0.0)
    names = [name for name in table.schema.names if name in plan.facts]
    cells = options.people * len(plan.groups)
    print(f"  {options.people:,} people × {len(plan.groups)} groups, every fact known")

    def scan() -> int:
        columns = Columns.from_table(plan, table)
        return sum(_touched(columns.column(name)) for name in names)

    def kernel() -> Any:
        screening = screen(plan, Columns.from_table(plan, table), DAY, threads=1)
        screening.counts("G0")
        return screening

    told("plain scan of the columns", cells, best(scan)[1])
    screening, fast = best(kernel)
    told("kernel: status, every mask", cells, fast)
    if not PYTHON.exists():
        print("  OpenFisca left out: it is not installed; `make bench` puts it into .venv-bench.")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        facts, out = Path(folder) / "people.parquet", Path(folder) / "out.npz"
        pq.write_table(table.select(names).replace_schema_metadata({"flags": json.dumps(FLAGS)}), facts)
        command = [
            str(PYTHON),
            "-W",
            "ignore",
            str(ROOT / "bench" / "openfisca_rules.py"),
            str(facts),
            str(out),
        ]
        ran = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        slow = json.loads(ran.stdout.splitlines()[-1])
        with np.load(out) as found:
            for group in plan.groups:
                ours = screening.eligible(group).view(np.uint8)[: len(found[group])]
                assert np.array_equal(ours, found[group]), group
    told(f"OpenFisca-core {slow['version']}: eligible or not", cells, slow["cpu"])
    ratio = slow["cpu"] / fast
    print(
        f"  every cell agrees; the kernel is {ratio:.0f} times as fast; over {BAR:.0f}: {'yes' if ratio >= BAR else 'NO'}"
    )
    return int(ratio < BAR)


def _touched(column: Any) -> int:
    """Read every value and every bit of what is known."""
    values = column.values
    seen = count(values) if values.dtype == np.uint64 else int(values.sum())
    return seen + count(column.known)


def best(work: Any) -> tuple[Any, float]:
    """The result, and the least processor time of some rounds."""
    least = float("inf")
    for _ in range(ROUNDS):
        cpu = time.process_time()
        result = work()
        least = min(least, time.process_time() - cpu)
    return result, least


def told(title: str, cells: int, cpu: float) -> None:
    print(f"  {title:<44}{cells / cpu / 1e6:>9.1f} M/CPU-s{cpu:>9.3f} s CPU", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
