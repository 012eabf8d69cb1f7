"""A packed file of facts says the same as a plain one, row for row and blank for blank."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rules.little_plan import DAY, PLAN
from tests.rules.test_columns import as_table

from yice.rules.files import packed
from yice.rules.files.screen import screen_file
from yice.terms.errors import Problem

DATES = st.dates(dt.date(1900, 1, 1), dt.date(2030, 1, 1))


@st.composite
def tables(draw: st.DrawFn) -> pa.Table:
    rows = draw(st.integers(0, 150))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    share = draw(st.sampled_from([0.0, 0.1, 1.0]))
    columns: dict[str, pa.Array] = {"person_id": pa.array([str(row) for row in range(rows)], pa.string())}
    for number in range(draw(st.integers(1, 20))):
        columns[f"flag{number}"] = pa.array(random.random(rows) < 0.4, mask=random.random(rows) < share)
    numbers = random.integers(0, 100, rows)
    for kind in (np.int8, np.int32, np.int64):
        columns[kind.__name__] = pa.array(numbers.astype(kind), mask=random.random(rows) < share)
    columns["day"] = columns["int32"].cast(pa.date32())
    columns["word"] = pa.array(["一", None] * rows, pa.string())[:rows]
    return pa.table(columns)


def opened(table: pa.Table, wanted: set[str] | None = None, rows: int = 1000) -> pa.Table:
    parts = packed.pack(table).to_batches(max_chunksize=rows)
    if not parts:
        return packed.plain_table(packed.pack(table))
    return pa.Table.from_batches([packed.plain(part, wanted) for part in parts])


@settings(max_examples=60, deadline=None)
@given(tables(), st.integers(1, 70))
def test_packing_loses_nothing(table: pa.Table, rows: int) -> None:
    found = opened(table, rows=rows)
    assert sorted(found.schema.names) == sorted(table.schema.names)
    for name in table.schema.names:
        assert found.column(name).to_pylist() == table.column(name).to_pylist()


def test_a_file_of_flags_is_one_column_without_blanks() -> None:
    table = packed.pack(pa.table({"alive": [True, None, False], "grade": pa.array([1, None, 2], pa.int8())}))
    assert table.schema.names == ["grade", packed.COLUMN]
    assert [column.null_count for column in table.columns] == [0, 0]


def test_only_what_is_wanted_is_made() -> None:
    table = pa.table({"alive": [True, None], "literate": [False, True]})
    assert opened(table, {"literate"}).schema.names == ["literate"]


@pytest.mark.parametrize(
    "layout",
    [None, "nonsense", {"version": 2, "known": {"a": 0}, "true": {}}, {"version": 1, "known": {"a": 8}, "true": {}},
     {"version": 1, "known": {}, "true": {"a": 0}}, {"version": 1, "known": ["a"], "true": {}}, [],
     {"version": 1, "known": {"word": 0}, "true": {}}, {"version": 1, "known": {"a": 1e999}, "true": {}}],
)  # fmt: skip
def test_another_version_is_told_not_guessed(layout: Any) -> None:
    metadata = None if layout is None else {packed.LAYOUT: json.dumps(layout).encode()}
    field = pa.field(packed.COLUMN, pa.binary(1), metadata=metadata)
    with pytest.raises(Problem, match="这里读不了"):
        packed.Layout.of(pa.schema([field, pa.field("word", pa.string())]))


def test_screening_a_packed_file_finds_what_a_plain_one_finds(tmp_path: Path) -> None:
    people = [
        {
            "birth_date": dt.date(1950 + row % 70, 3, 1),
            "deceased": row % 9 == 0 or None,
            "grade": row % 5 or None,
        }
        for row in range(500)
    ]
    table = as_table(people)
    results = []
    for name, one in (("plain", table), ("packed", packed.pack(table))):
        facts, out = tmp_path / f"{name}.parquet", tmp_path / f"{name}.out.parquet"
        pq.write_table(one, facts, row_group_size=130)  # not a multiple of eight: nothing depends on it
        screen_file(PLAN, facts, DAY, out)
        results.append(pq.read_table(out).to_pylist())
    assert results[0] == results[1]
    assert len({row["status"] for row in results[0]}) == 3
