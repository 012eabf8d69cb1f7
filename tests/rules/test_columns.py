"""Facts come in as records, texts or Arrow memory and mean the same; a bad value is told, never guessed."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rules.little_plan import CATEGORIES, DAY, MEI, PLAN, fact, plan_with
from tests.rules.rule_texts import PEOPLE

from yice.rules.columns import Columns
from yice.rules.kernel.screening import screen
from yice.terms.errors import Problem


def decided(columns: Columns) -> list[dict[str, Any]]:
    return [row for part in screen(PLAN, columns, DAY).decisions() for row in part.to_pylist()]


def as_table(people: list[dict[str, Any]]) -> pa.Table:
    """The people as a typed table: dates, codes as numbers with their book, sets as lists."""
    arrays: dict[str, pa.Array] = {"person_id": pa.array([str(i) for i in range(len(people))])}
    fields = [pa.field("person_id", pa.string())]
    for name, told in PLAN.facts.items():
        values = [person.get(name) for person in people]
        meta = None
        match told.type:
            case "bool":
                array = pa.array(values, pa.bool_())
            case "date":
                array = pa.array(values, pa.date32())
            case "code":
                array = pa.array([None if v is None else told.codes.index(v) for v in values], pa.int8())
                meta = {"codes": ";".join(told.codes)}
            case "int" if told.derive is None:
                array = pa.array(values, pa.int64())
            case "set":
                array = pa.array(values, pa.list_(pa.string()))
            case "area":
                array = pa.array([None if v is None else int(v) for v in values], pa.int64())
            case _:
                array = pa.array(values, pa.string())
        if told.derive is None:
            arrays[name] = array
            fields.append(pa.field(name, array.type, metadata=meta))
    return pa.table(list(arrays.values()), schema=pa.schema(fields))


def as_texts(people: list[dict[str, Any]]) -> pa.Table:
    """The people as a CSV file has them."""

    def text(value: Any) -> str | None:
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, list):
            return ";".join(value) or "none"
        return None if value is None else str(value)

    names = ["person_id", *(name for name, told in PLAN.facts.items() if told.derive is None)]
    rows = [{"person_id": str(i), **person} for i, person in enumerate(people)]
    return pa.table({name: pa.array([text(row.get(name)) for row in rows], pa.string()) for name in names})


@settings(max_examples=60, deadline=None)
@given(st.lists(PEOPLE, min_size=1, max_size=70), st.integers(0, 20))
def test_records_texts_and_typed_tables_decide_alike(people: list[dict[str, Any]], start: int) -> None:
    people = [{k: v for k, v in person.items() if "." not in k} for person in people]
    expected = decided(Columns.from_records(PLAN, people))
    assert decided(Columns.from_table(PLAN, as_table(people))) == expected
    assert decided(Columns.from_table(PLAN, as_texts(people))) == expected
    part = decided(Columns.from_table(PLAN, as_table(people).slice(start)))
    assert part == [row for row in expected if int(row["person_id"]) >= start]


def test_a_bitmap_of_arrow_is_used_where_it_lies() -> None:
    table = as_table([{"employed": True}] * 640)
    column = Columns.from_table(PLAN, table).column("employed")
    buffer = table.column("employed").chunk(0).buffers()[1]
    assert isinstance(column.values, np.ndarray)
    assert column.values.ctypes.data == buffer.address


def test_codes_of_another_code_book_are_turned_into_ours() -> None:
    field = pa.field("category", pa.int8(), metadata={"codes": "psychiatric;visual"})
    table = pa.table([pa.array([0, None, 1], pa.int8())], schema=pa.schema([field]))
    columns = Columns.from_table(PLAN, table)
    assert [columns.value("category", row) for row in range(3)] == ["psychiatric", None, "visual"]


@pytest.mark.parametrize("name", ["category", "level"])
def test_a_number_outside_its_bounds_or_code_book_is_refused_where_it_is_known(name: str) -> None:
    plan = plan_with(*PLAN.groups.values(), facts=(replace(fact("level", "int"), low=1, high=4),))
    fine = pa.array([1, 99, 4], pa.int8(), mask=np.array([False, True, False]))
    assert Columns.from_table(plan, pa.table({name: fine})).value(name, 1) is None
    with pytest.raises(Problem) as caught:
        Columns.from_table(plan, pa.table({name: pa.array([1, 99, 4], pa.int8())})).column(name)
    assert caught.value.field == name


def test_a_column_in_several_pieces_is_one_column() -> None:
    whole = as_table([MEI, {}, MEI])
    pieces = pa.concat_tables([whole.slice(0, 1), whole.slice(1)])
    assert decided(Columns.from_table(PLAN, pieces)) == decided(Columns.from_table(PLAN, whole))


def test_silence_that_always_speaks_fills_blanks_and_missing_columns() -> None:
    columns = Columns.from_records(PLAN, [{"deceased": True}, {"deceased": None}, {}])
    assert [columns.value("deceased", row) for row in range(3)] == [True, False, False]
    assert Columns.from_table(PLAN, pa.table({"grade": [1]})).value("deceased") is False


@pytest.mark.parametrize(
    ("fact", "written", "value"),
    [
        ("birth_date", "1970-03-01", dt.date(1970, 3, 1)),
        ("illness", "major;rare", ("major", "rare")),
        ("illness", "none", ()),
        ("illness", "", None),
        ("parts", "physical:1;intellectual:", {"physical": 1, "intellectual": None}),
        ("parts", {"visual": 4}, {"visual": 4}),
        ("hukou", "440704", "440704000000"),
        ("employed", "true", True),
        ("grade", " 2 ", 2),
        ("grade", 3.0, 3),
        ("category", None, None),
    ],
)
def test_a_value_is_read_as_people_write_it(fact: str, written: Any, value: Any) -> None:
    assert Columns.one(PLAN, {fact: written}).value(fact) == value


@pytest.mark.parametrize(
    ("fact", "written"),
    [
        ("birth_date", "1970/3/1"),
        ("birth_date", "2019-02-29"),
        ("category", "phisical"),
        ("grade", "two"),
        ("grade", 2.5),
        ("grade", True),
        ("employed", "yes"),
        ("illness", "major;flu"),
        ("parts", "physical:7"),
        ("hukou", "江海区"),
        ("income_pc_month", 2**63),
    ],
)
def test_a_value_of_another_kind_is_refused_without_being_repeated(fact: str, written: Any) -> None:
    with pytest.raises(Problem) as caught:
        Columns.one(PLAN, {fact: written}).column(fact)
    assert caught.value.field == fact
    assert str(written) not in str(caught.value.what)


def test_codes_have_a_place_each() -> None:
    columns = Columns.from_records(PLAN, [{"category": code} for code in CATEGORIES])
    values = columns.column("category").values
    assert values is not None
    assert values.tolist() == list(range(len(CATEGORIES)))
