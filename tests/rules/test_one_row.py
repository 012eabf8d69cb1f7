"""A single row, whose sets are plain numbers, is judged as the same row among others is."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rules.little_plan import AT, DAY, PLAN
from tests.rules.rule_texts import PEOPLE, RULES
from tests.rules.test_columns import as_table

from yice.rules.bits import holds
from yice.rules.columns import Columns
from yice.rules.kernel.evaluator import Evaluator, OneRow, Tables
from yice.rules.kernel.lower import Lowering
from yice.rules.kernel.screening import screen


@settings(max_examples=300, deadline=None)
@given(RULES, st.lists(PEOPLE, min_size=1, max_size=70))
def test_a_rule_says_the_same_of_one_row_as_of_many(text: str, people: list[dict[str, Any]]) -> None:
    lowering = Lowering(PLAN, DAY, lambda name: (_ for _ in ()).throw(KeyError(name)))
    node, tables = lowering.text(text, AT), Tables(PLAN, DAY)
    typed = [{name: value for name, value in person.items() if "." not in name} for person in people]
    for columns in (Columns.from_records(PLAN, people), Columns.from_table(PLAN, as_table(typed))):
        many = Evaluator(columns, tables, lowering.leap_day)
        true, false = many.bits(node)
        hanging: dict[str, Any] = {}
        many.hanging(node, many.full, hanging)
        for row in {0, len(people) // 2, len(people) - 1}:
            one, alone = OneRow(columns, tables, lowering.leap_day, row), dict[str, Any]()
            assert one.bits(node) == (holds(true, row), holds(false, row))
            one.hanging(node, one.full, alone)
            assert set(alone) == {name for name, rows in hanging.items() if holds(rows, row)}


@settings(max_examples=40, deadline=None)
@given(st.lists(PEOPLE, min_size=1, max_size=9))
def test_a_row_of_a_table_is_decided_as_its_record_is(people: list[dict[str, Any]]) -> None:
    people = [{name: value for name, value in person.items() if "." not in name} for person in people]
    table = screen(PLAN, Columns.from_table(PLAN, as_table(people)), DAY)
    for row, person in enumerate(people):
        assert table.decide(row) == screen(PLAN, Columns.one(PLAN, person), DAY).decide()
