"""Each way of comparing, run in a process of its own on the same files and measured there: ours, Splink, the bare join."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from bench.matching.judge import Ints, Truth

ROOT = Path(__file__).resolve().parents[2]
REFEREE = Path(__file__).with_name("referee.py")
BENCH_PYTHON = ROOT / ".venv-bench" / "bin" / "python"
YICE = Path(sys.executable).with_name("yice")
MODEL = ROOT / "src" / "yice" / "matching" / "model.json"
Pairs = tuple[Ints, Ints]
NOTHING: Pairs = (np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))


@dataclass(frozen=True)
class Cost:
    wall: float
    cpu: float  # seconds of processor
    memory: float  # the most held, in GB

    def told(self, rows: int) -> str:
        return (
            f"{self.cpu / rows * 1e6:6.1f} CPU-s a million list rows, {self.memory:.2f} GB, {self.wall:.1f} s"
        )


def run(*command: object) -> Cost:
    """Run to the end and say what it took.

    What the kernel tells of an ended child counts our own memory from before its start, so its peak is read on the way.
    """
    start = time.monotonic()
    child = subprocess.Popen([str(part) for part in command], cwd=ROOT, stdout=subprocess.DEVNULL)
    held = 0
    while True:
        pid, status, used = os.wait4(child.pid, os.WNOHANG)
        if pid:
            break
        held = max(held, _peak(child.pid))
        time.sleep(0.02)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{Path(str(command[0])).name} {command[1]} ended with {child.returncode}")
    return Cost(time.monotonic() - start, used.ru_utime + used.ru_stime, held / 1e6)


def _peak(pid: int) -> int:
    """The most memory a process has held since its start, in kB; 0 where it cannot be told."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")), 0)


def ours(
    truth: Truth, without: tuple[str, ...], model: Path | None = None, engine: str = "local"
) -> tuple[pa.Table, pa.Table, Cost]:
    """`yice match`, files in and files out."""
    registry, list_ = (_less(truth.folder / f"{name}.parquet", without) for name in ("registry", "list"))
    pairs, review = truth.folder / "pairs.parquet", truth.folder / "review.parquet"
    extra = [*(["--model", model] if model else []), "--engine", engine]
    cost = run(
        sys.executable, "-m", "yice.config.cli", "match", "--registry", registry, "--list", list_, "--pairs", pairs, "--review", review, "--test-range", *extra
    )  # fmt: skip
    return pq.read_table(pairs), pq.read_table(review), cost


def bare(truth: Truth) -> tuple[Pairs, Cost]:
    """Equality of the written number, where it is one: of fifteen characters or more."""
    out = truth.folder / "bare.parquet"
    registry, list_ = (truth.folder / f"{name}.parquet" for name in ("registry", "list"))
    cost = run(sys.executable, "-m", "bench.matching.bare", registry, list_, out)
    found = pq.read_table(out)
    left, right = truth.positions(found)
    return (left, right), cost


def splink(folder: Path, model: Path, without: tuple[str, ...]) -> tuple[pa.Table, Cost]:
    """Every pair Splink blocks, with its weight: `left`, `right`, `weight`, the likeliest for each list row."""
    out = folder / "splink.parquet"
    extra = ["--without", *without] if without else []
    cost = run(BENCH_PYTHON, REFEREE, "link", folder, model, out, *extra)
    found = pq.read_table(out)
    first = pc.equal(found["source_dataset_l"], "registry").to_numpy()
    one, other = found["unique_id_l"].to_numpy(), found["unique_id_r"].to_numpy()
    left, right = np.where(first, one, other), np.where(first, other, one)
    weight = found["match_weight"].to_numpy()
    order = np.lexsort((-weight, right))
    best = order[np.r_[True, right[order][1:] != right[order][:-1]]] if len(order) else order
    return pa.table({"left": left[best], "right": right[best], "weight": weight[best]}), cost


def threshold(truth: Truth, found: pa.Table) -> float:
    """The weight from which on F1 is best on these people: chosen where the truth may be known."""
    right = truth.ours[found["left"].to_numpy()] == truth.theirs[found["right"].to_numpy()]
    weight = found["weight"].to_numpy()
    order = np.argsort(-weight)
    hits = np.cumsum(right[order])
    f1 = 2 * hits / (np.arange(1, len(order) + 1) + truth.found_in_register.sum())
    return float(weight[order][int(np.argmax(f1))])


def read_model(path: Path) -> dict[str, object]:
    return dict(json.loads(path.read_text("utf-8")))


def _less(path: Path, without: tuple[str, ...]) -> Path:
    """The file, or one beside it that lacks these columns."""
    if not without:
        return path
    less = path.with_name(f"{path.stem}.without-{'-'.join(without)}.parquet")
    if not less.exists() or less.stat().st_mtime < path.stat().st_mtime:
        kept = [name for name in pq.read_schema(path).names if name not in without]
        source = pq.ParquetFile(path)
        with pq.ParquetWriter(less, pa.schema([source.schema_arrow.field(name) for name in kept])) as writer:
            for group in range(source.num_row_groups):
                writer.write_table(source.read_row_group(group, columns=kept))
    return less
