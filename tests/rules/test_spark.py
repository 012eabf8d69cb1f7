"""The same pack and snapshot through Spark, in local mode: row for row what one machine finds, over all groups."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from yice.rules.expression.scope import facts_of_persons
from yice.rules.files import packed
from yice.rules.files.screen import Report, screen_file
from yice.rules.files.spark import screen_on_spark
from yice.rules.kernel.silence import Received, WholeList
from yice.rules.model import Fact, Plan
from yice.rules.pack.loader import load_pack
from yice.terms.errors import Problem

pytestmark = [
    pytest.mark.spark,
    pytest.mark.skipif(
        find_spec("pyspark") is None or shutil.which("java") is None,
        reason="needs requirements/spark.txt and Java: make spark",
    ),
]
PACKS = Path(__file__).resolve().parents[2] / "packs"
PLANS = ["cn-11-2018", "cn-43-2016", "cn-22-2017", "cn-15-2013", "cn-440704-2016"]
DAY = dt.date(2020, 6, 30)
ROWS, GROUP = 1000, 300


@pytest.fixture(autouse=True)
def on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPARK_LOCAL_IP", "127.0.0.1")


def people(plan: Plan, path: Path, *, pack: bool) -> Path:
    """Made-up people in four row groups, a tenth of each fact unknown; one has a grade that no certificate has.

    Packed as the desk writes it; or plain, with texts, days on which values were told, and a person who comes twice.
    """
    random = np.random.default_rng(11)
    names = [f"P{row:04d}" for row in range(ROWS)]
    if not pack:
        names[700] = names[20]
    columns: dict[str, pa.Array] = {"person_id": pa.array(names)}
    fields = [pa.field("person_id", pa.string())]
    for fact in facts_of_persons(plan).values():
        if fact.derive is None and (values := drawn(fact, random, plan)) is not None:
            array = pa.array(values, mask=random.random(ROWS) < 0.1)
            columns[fact.name] = array.cast(pa.date32()) if fact.type == "date" else array
            codes = {"codes": ";".join(fact.codes)} if fact.type == "code" else None
            fields.append(pa.field(fact.name, columns[fact.name].type, metadata=codes))
            if fact.fresh_for_days and not pack:
                told = pa.array(random.integers(17_000, 18_400, ROWS).astype(np.int32)).cast(pa.date32())
                columns[f"{fact.name}@date"] = told
                fields.append(pa.field(f"{fact.name}@date", told.type))
    grades = columns["grade"].to_pylist()
    grades[450] = 7
    columns["grade"] = pa.array(grades, pa.int64())
    table = pa.table(list(columns.values()), schema=pa.schema(fields))
    pq.write_table(packed.pack(table) if pack else table, path, row_group_size=GROUP)
    return path


def drawn(fact: Fact, random: np.random.Generator, plan: Plan) -> Any:
    low, high = fact.low or 0, min(fact.high or 9, 99)
    match fact.type:
        case "bool":
            return random.random(ROWS) < 0.4
        case "code":
            return random.integers(0, len(fact.codes), ROWS).astype(np.int8)
        case "int":
            return random.integers(low, high + 1, ROWS)
        case "date":
            return random.integers(-10_000, 18_400, ROWS).astype(np.int32)
        case "area":
            home = int(plan.areas[0]) if plan.areas else 110101001001
            return random.choice([home, home + 1_001_001, 130102001001], ROWS)
        case "set":
            return [";".join(random.permutation(list(fact.codes))[: 1 + row % 2]) for row in range(ROWS)]
        case "parts":
            return [f"{random.choice(list(fact.codes))}:{1 + row % 4}" for row in range(ROWS)]
    return None


def said(report: Report) -> Any:
    return (
        (report.rows, report.refused, report.written, report.as_of, report.ended),
        report.statuses, report.findings, report.warnings,
    )  # fmt: skip


def rows_of(results: Path) -> list[dict[str, Any]]:
    table = pq.read_table(results)
    plain = [
        (one.name, pa.string() if pa.types.is_dictionary(one.type) else one.type) for one in table.schema
    ]
    rows: list[dict[str, Any]] = table.cast(pa.schema(plain)).to_pylist()
    return sorted(rows, key=lambda row: (row["person_id"], row["group"]))


@pytest.mark.parametrize("pack", [True, False], ids=["packed", "plain"])
@pytest.mark.parametrize("name", PLANS)
def test_spark_finds_what_one_machine_finds(tmp_path: Path, name: str, pack: bool) -> None:
    plan = load_pack(PACKS / name)
    facts = people(plan, tmp_path / "facts.parquet", pack=pack)
    lists = sorted(plan.lists)[::2]
    received = Received(
        tuple(WholeList(one, plan.areas[0] if plan.areas else "", DAY.replace(day=1)) for one in lists)
    )
    here, there = tmp_path / "here.parquet", tmp_path / "there.parquet"
    alone = screen_file(plan, facts, DAY, here, received=received)
    parted = screen_on_spark(plan, facts, DAY, there, received=received)
    assert said(alone) == said(parted)
    assert rows_of(here) == rows_of(there)
    judged = {name for name, group in plan.groups.items() if group.unit in ("person", "household")}
    assert {group for group, _ in parted.statuses} == judged
    assert {status for _, status in parted.statuses} >= {"ineligible", "unknown"}
    assert len(list(there.glob("part-*.parquet"))) == 4
    refused = here.with_name("here.parquet.refused.csv").read_text("utf-8-sig")
    parts = [one.read_text("utf-8-sig") for one in sorted((there / "_refused").iterdir())]
    assert refused.splitlines()[1:] == [line for part in parts for line in part.splitlines()[1:]]
    assert alone.refused == (1 if pack else 2)


def test_the_command_says_what_cannot_be_read_as_one_sentence(tmp_path: Path) -> None:
    """And works: the same file, whole, gives a folder of findings."""
    plan = load_pack(PACKS / "cn-440704-2016")
    facts = people(plan, tmp_path / "facts.parquet", pack=True)
    torn = tmp_path / "torn.parquet"
    data = bytearray(facts.read_bytes())
    data[200:4000] = bytes(3800)
    torn.write_bytes(data)
    with pytest.raises(Problem) as problem:
        screen_on_spark(plan, torn, DAY, tmp_path / "none.parquet")
    assert problem.value.code == "facts-unreadable"
    assert not list(tmp_path.glob("none*"))
    command = [sys.executable, "-m", "yice.config.cli", "screen", "--pack", str(PACKS / "cn-440704-2016")]
    command += ["--facts", str(facts), "--as-of", "2020-06-30", "--out", str(tmp_path / "out.parquet")]
    command += ["--rows", "findings", "--engine", "spark"]
    environment = {**os.environ, "YICE_VAR": str(tmp_path)}
    ran = subprocess.run(command, env=environment, check=False, capture_output=True, text=True, timeout=300)
    assert ran.returncode == 0, ran.stderr[-2000:]
    assert {row["finding"] for row in rows_of(tmp_path / "out.parquet")} >= {"gap", "leak", "ask"}
