"""The kernel beside OpenFisca and a plain scan of the columns: same people, same forty groups, in one run.

    .venv/bin/python -m bench.openfisca_anchor [--people N] [--missing SHARE]

Twice. Bare: every fact known, who is eligible. The same answers: a share of every fact missing; for every person
and group the status, which conditions failed, which facts are missing, and for every benefit what is due and what
there is to follow up. Both sides hold their answers in memory as they hold things; every cell is compared.
OpenFisca's rules are written in three styles, from its manual's to one tuned for this plan: see openfisca_rules.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from bench.bench_plan import FLAGS, forty_groups
from bench.screening import DAY, people, with_receipts

from yice.rules.bits import Words, count, rows_of, unpack
from yice.rules.columns import Columns
from yice.rules.kernel.batches import FINDINGS
from yice.rules.kernel.evaluator import Evaluator
from yice.rules.kernel.findings import finding_rows
from yice.rules.kernel.outcome import Block
from yice.rules.kernel.program import compile_plan
from yice.rules.kernel.screening import CHUNK, screen
from yice.rules.model import Plan

ROOT = Path(__file__).resolve().parents[1]
PYTHON = ROOT / ".venv-bench" / "bin" / "python"
BAR = 20.0  # times as fast as OpenFisca, per second of processor
ROUNDS = 5
Sets = dict[str, Words]  # of a block: name → rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--people", type=int, default=500_000)
    parser.add_argument("--missing", type=float, default=0.02)
    options = parser.parse_args()
    plan = forty_groups()
    known = people(plan, options.people, 0.0)
    some = with_receipts(plan, people(plan, options.people, options.missing))
    told_of = [name for name in some.schema.names if name in Columns.from_table(plan, some).facts]
    cells = options.people * len(plan.groups)
    print(
        f"  {options.people:,} people × {len(plan.groups)} groups; {options.missing:.0%} missing in the second part"
    )
    facts = [name for name in known.schema.names if name in plan.facts]
    told("plain scan of the columns", cells, best(lambda: _scan(plan, known, facts))[1])

    screening, bare = best(lambda: _masks(plan, known))
    told("kernel: status, every mask", cells, bare)
    blocks, full = best(lambda: _answers(plan, some))
    told("kernel: every answer", cells, full)
    rows, written = best(lambda: _rows(plan, some))
    told(f"kernel: {rows:,} findings as rows of Arrow", cells, written)
    if not PYTHON.exists():
        print("  OpenFisca left out: it is not installed; `make bench` puts it into .venv-bench.")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        good = False
        for style in ("own", "arrays", "shared"):
            if style != "arrays":  # there is no rate in the bare answer
                slow, found = openfisca(Path(folder), known.select(facts), "bare", style)
                for group in plan.groups:
                    ours = screening.eligible(group).view(np.uint8)[: len(found[group])]
                    assert np.array_equal(ours, found[group]), group
                told(f"OpenFisca-core {slow['version']}, {style}: eligible or not", cells, slow["cpu"])
                ratio(slow["cpu"] / bare, "bare")
            slow, found = openfisca(Path(folder), some.select(told_of), "answers", style)
            compare(plan, blocks, found, slow["lines"])
            told(f"OpenFisca-core, {style}: every answer, {slow['variables']} variables", cells, slow["cpu"])
            reached = ratio(slow["cpu"] / full, "the same answers")
            good |= reached and style == "own"
            ratio(slow["cpu"] / written, "the same answers, the kernel's written as rows")
    return int(not good)


def _scan(plan: Plan, table: pa.Table, facts: list[str]) -> int:
    """Read every value and every bit of what is known."""
    columns, seen = Columns.from_table(plan, table), 0
    for column in map(columns.column, facts):
        values: Any = column.values
        seen += (count(values) if values.dtype == np.uint64 else int(values.sum())) + count(column.known)
    return seen


def _masks(plan: Plan, table: pa.Table) -> Any:
    screening = screen(plan, Columns.from_table(plan, table), DAY, threads=1)
    screening.counts("G0")
    return screening


def _answers(plan: Plan, table: pa.Table) -> list[dict[str, tuple[Sets, Sets, Sets, Any]]]:
    """Of each block and group: status and findings, the conditions that failed, the facts that are missing, and of
    those who are eligible the rows with what is due."""
    program, columns = compile_plan(plan, DAY), Columns.from_table(plan, table)
    made = []
    for low in range(0, columns.rows, CHUNK):
        high = min(low + CHUNK, columns.rows)
        block = Block(program, Evaluator(columns, program.tables, program.leap_day, low, high))
        told: dict[str, tuple[Sets, Sets, Sets, Any]] = {}
        for name in plan.groups:
            outcome = block.outcome(name)
            status = {
                "eligible": outcome.eligible,
                "ineligible": outcome.ineligible,
                "unknown": outcome.unknown,
            }
            rows, due = None, None
            if outcome.program.benefit is not None:
                status |= {f"finding {kind}": found for kind, found in finding_rows(outcome).items()}
                rows = rows_of(outcome.eligible, high - low)
                due = outcome.due(rows)
            told[name] = (status, dict(outcome.failed), dict(outcome.missing), (rows, due))
        made.append(told)
    return made


def _rows(plan: Plan, table: pa.Table) -> int:
    screening = screen(plan, Columns.from_table(plan, table), DAY, threads=1)
    return sum(batch.num_rows for batch in screening.decisions("findings", difference=True))


def openfisca(folder: Path, table: pa.Table, mode: str, style: str) -> tuple[dict[str, Any], Any]:
    facts, out = folder / f"{mode}.parquet", folder / f"{mode}.npz"
    pq.write_table(table.replace_schema_metadata({"flags": json.dumps(FLAGS)}), facts)
    script = str(ROOT / "bench" / "openfisca_rules.py")
    command = [str(PYTHON), "-W", "ignore", script, str(facts), str(out), mode, style]
    ran = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(ran.stdout.splitlines()[-1]), np.load(out)


def compare(plan: Plan, blocks: list[Any], found: Any, lines: dict[str, dict[str, str]]) -> None:
    """Every cell of every answer, or an AssertionError that names the first that differs."""
    low = 0
    for block in blocks:
        rows = min(CHUNK, 8 * len(found["G0"]) - low)
        for name in plan.groups:
            status, failed, missing, (places, due) = block[name]
            size = min(rows, 64 * len(status["eligible"]))
            theirs = _reader(found, low, size)

            def same(what: str, ours: Words, other: Any, size: int = size) -> None:
                left = unpack(ours, size).view(np.bool_)
                wrong = np.flatnonzero(left != other)
                assert not len(wrong), (what, len(wrong), wrong[:3])

            same(f"{name} eligible", status["eligible"], theirs(name))
            same(f"{name} ineligible", status["ineligible"], theirs(f"{name}_failed"))
            same(f"{name} unknown", status["unknown"], theirs(f"{name}_open"))
            assert set(failed) == set(lines[name]), (name, sorted(failed), sorted(lines[name]))
            for key, words in failed.items():
                same(f"{name} {key} failed", words, theirs(f"{lines[name][key]}_failed"))
            hanging = [key for key in found.files if key.startswith(f"{name}_missing_")]
            for key in hanging:
                words = missing.get(key.removeprefix(f"{name}_missing_"), np.zeros_like(status["eligible"]))
                same(key, words, theirs(key))
            assert set(missing) <= {key.removeprefix(f"{name}_missing_") for key in hanging}, name
            if places is not None:
                benefit = plan.groups[name].benefit
                kinds = theirs(f"{name}_finding")
                for number, kind in enumerate(FINDINGS):
                    if kind:
                        same(f"{name} finding {kind}", status[f"finding {kind}"], kinds == number)
                known = theirs(f"{benefit}_due_known")[places]
                assert np.array_equal(due[1], known), benefit
                assert np.array_equal(due[0][known], theirs(f"{benefit}_due")[places][known]), benefit
        low += size


def _reader(found: Any, low: int, size: int) -> Callable[[str], Any]:
    def read(name: str) -> Any:
        values = found[name]
        if values.dtype == np.uint8:
            return np.unpackbits(values[low // 8 :], count=size, bitorder="little").view(np.bool_)
        return values[low : low + size]

    return read


def best(work: Any) -> tuple[Any, float]:
    """The result, and the least processor time of some rounds."""
    least = float("inf")
    for _ in range(ROUNDS):
        cpu = time.process_time()
        result = work()
        least = min(least, time.process_time() - cpu)
    return result, least


def told(title: str, cells: int, cpu: float) -> None:
    print(f"  {title:<54}{cells / cpu / 1e6:>9.1f} M/CPU-s{cpu:>9.3f} s CPU", flush=True)


def ratio(times: float, what: str) -> bool:
    print(f"  {what}: every cell agrees; the kernel is {times:.1f} times as fast; over {BAR:.0f}: "
          f"{'yes' if times >= BAR else 'NO'}")  # fmt: skip
    return times >= BAR


if __name__ == "__main__":
    raise SystemExit(main())
