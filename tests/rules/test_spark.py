"""The same pack and snapshot through Spark, in local mode: row for row what one machine finds, over all groups."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from yice.rules.expression.scope import facts_of_persons
from yice.rules.files import packed
from yice.rules.pack.loader import load_pack

pytestmark = [
    pytest.mark.spark,
    pytest.mark.skipif(
        find_spec("pyspark") is None or shutil.which("java") is None,
        reason="needs requirements/spark.txt and Java",
    ),
]
ROOT = Path(__file__).resolve().parents[2]
PACK = ROOT / "packs" / "cn-11-2018"
ROWS, GROUP = 1000, 300


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    """Made-up people in four row groups; one of them has a grade that no certificate has."""
    random = np.random.default_rng(11)
    columns = {"person_id": pa.array([f"P{row:04d}" for row in range(ROWS)])}
    fields = [pa.field("person_id", pa.string())]
    for fact in facts_of_persons(load_pack(PACK)).values():
        low, high = fact.low or 0, min(fact.high or 9, 99)
        values = {
            "bool": lambda: random.random(ROWS) < 0.4,
            "code": lambda fact=fact: random.integers(0, len(fact.codes), ROWS).astype(np.int8),
            "int": lambda low=low, high=high: random.integers(low, high + 1, ROWS),
            "date": lambda: random.integers(-10_000, 18_400, ROWS).astype(np.int32),
            "area": lambda: random.choice([110101001001, 110105001001, 130102001001], ROWS),
        }.get(fact.type)
        if fact.derive is not None or values is None:
            continue
        array = pa.array(values(), mask=random.random(ROWS) < 0.05)
        array = array.cast(pa.date32()) if fact.type == "date" else array
        columns[fact.name] = array
        metadata = {"codes": ";".join(fact.codes)} if fact.type == "code" else None
        fields.append(pa.field(fact.name, array.type, metadata=metadata))
    grades = columns["grade"].to_pylist()
    grades[450] = 7
    columns["grade"] = pa.array(grades, pa.int64())
    table = packed.pack(pa.table(list(columns.values()), schema=pa.schema(fields)))
    pq.write_table(table, tmp_path / "facts.parquet", row_group_size=GROUP)
    return tmp_path / "facts.parquet"


def screened(snapshot: Path, engine: str) -> Path:
    out = snapshot.with_name(f"{engine}.parquet")
    command = [
        sys.executable,
        "-m",
        "yice.config.cli",
        "screen",
        "--pack",
        str(PACK),
        "--facts",
        str(snapshot),
    ]
    command += ["--as-of", "2020-06-30", "--out", str(out), "--engine", engine]
    environment = {**os.environ, "SPARK_LOCAL_IP": "127.0.0.1", "YICE_VAR": str(snapshot.parent)}
    ran = subprocess.run(command, env=environment, check=False, capture_output=True, text=True, timeout=300)
    assert ran.returncode == 0, ran.stderr[-2000:]
    return out


def test_spark_finds_what_one_machine_finds(snapshot: Path) -> None:
    here, there = screened(snapshot, "local"), screened(snapshot, "spark")
    plain = pa.schema(
        [(f.name, pa.string() if pa.types.is_dictionary(f.type) else f.type) for f in pq.read_schema(here)]
    )
    alone, parted = (pq.read_table(one).cast(plain).to_pylist() for one in (here, there))
    by = lambda row: (row["person_id"], row["group"])  # noqa: E731
    assert sorted(alone, key=by) == sorted(parted, key=by)
    assert len({row["group"] for row in parted}) > 40
    assert len(list(there.glob("part-*.parquet"))) == 4
    refused = (there / "_refused" / "part-00001.csv").read_text("utf-8-sig")
    assert refused == here.with_name("local.parquet.refused.csv").read_text("utf-8-sig")
    assert "P0450" in refused
