"""The same two files through DuckDB, and through Spark in local mode: pair for pair what is found in memory."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from bench.matching.generate import generate

NO_SPARK = find_spec("pyspark") is None or shutil.which("java") is None


def matched(folder: Path, engine: str) -> list[list[dict[str, object]]]:
    out = {name: folder / f"{name}-{engine}.parquet" for name in ("pairs", "review")}
    command = [
        sys.executable,
        "-m",
        "yice.config.cli",
        "match",
        "--engine",
        engine,
        "--test-range",
        "--words",
    ]
    command += [f"--{name}={folder / name}.parquet" for name in ("registry", "list")]
    command += [f"--{name}={path}" for name, path in out.items()]
    environment = {**os.environ, "SPARK_LOCAL_IP": "127.0.0.1"}
    ran = subprocess.run(command, env=environment, check=False, capture_output=True, text=True, timeout=600)
    assert ran.returncode == 0, ran.stderr[-2000:]
    return [pq.read_table(path).to_pylist() for path in out.values()]


def made(tmp_path: Path) -> tuple[list[dict[str, object]], ...]:
    generate(tmp_path, 3000, 1500, 5, blank=0.1, harder=True)
    for name in ("registry", "list"):
        table = pq.read_table(tmp_path / f"{name}.parquet")
        pq.write_table(table, tmp_path / f"{name}.parquet", row_group_size=len(table) // 2 + 1)
    pairs, review = matched(tmp_path, "local")
    assert {row["pass"] for row in [*pairs, *review]} >= {1, 2, 4}
    return pairs, review


def test_duckdb_finds_the_pairs_that_memory_finds(tmp_path: Path) -> None:
    assert [*made(tmp_path)] == matched(tmp_path, "duckdb")


@pytest.mark.spark
@pytest.mark.skipif(NO_SPARK, reason="needs requirements/spark.txt and Java")
def test_spark_finds_the_pairs_one_machine_finds(tmp_path: Path) -> None:
    assert [*made(tmp_path)] == matched(tmp_path, "spark")
