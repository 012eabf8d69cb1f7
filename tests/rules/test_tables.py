"""A dated table gives the latest line not after the day; an area takes the nearest line above it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rules.little_plan import AT, DAY, PLAN, condition, group, plan_with

from yice.rules.columns import Columns
from yice.rules.kernel.evaluator import OneRow, Tables
from yice.rules.kernel.lower import Lowering
from yice.rules.kernel.screening import screen
from yice.rules.model import Plan, Rate, Table

LONG_AGO = dt.date(2000, 1, 1)


def with_table(*rates: Rate, keys: int = 1) -> Plan:
    """The little plan with a table `t`."""
    table = Table("t", tuple(f"key{i}" for i in range(keys)), "fen", rates)
    return replace(PLAN, tables={"t": table})


def looked_up(plan: Plan, text: str, on: dt.date = DAY, **facts: Any) -> int | None:
    lowering = Lowering(plan, on, lambda name: (_ for _ in ()).throw(KeyError(name)))
    evaluator = OneRow(Columns.one(plan, facts), Tables(plan, on), lowering.leap_day)
    node = lowering.text(text, AT, None)
    return evaluator.value_of(node, PLAN.facts["grade"])  # type: ignore[no-any-return]


def rate(value: int | None, *keys: str, since: dt.date = LONG_AGO) -> Rate:
    return Rate(keys, since, value)


class TestDates:
    PLAN = with_table(
        rate(100), rate(120, since=dt.date(2020, 1, 1)), rate(None, since=dt.date(2021, 7, 1)), keys=0
    )

    @pytest.mark.parametrize(
        ("on", "value"),
        [
            (dt.date(1999, 12, 31), None),
            (dt.date(2019, 12, 31), 100),
            (dt.date(2020, 1, 1), 120),
            (dt.date(2021, 6, 30), 120),
            (dt.date(2021, 7, 1), None),
        ],
    )
    def test_a_value_holds_from_its_day_until_the_next_or_its_end(
        self, on: dt.date, value: int | None
    ) -> None:
        assert looked_up(self.PLAN, 'table("t")', on) == value


class TestAreas:
    PLAN = with_table(
        rate(1, "44"), rate(2, "4407"), rate(3, "440704000000"), rate(4, "440704001"), rate(5, "440704001003")
    )

    @pytest.mark.parametrize(
        ("area", "value"),
        [
            ("440704001003", 5),
            ("440704001004", 4),
            ("440704005001", 3),
            ("440703001001", 2),
            ("440104001001", 1),
            ("110101001001", None),
            (None, None),
        ],
    )
    def test_the_nearest_line_above_counts(self, area: str | None, value: int | None) -> None:
        assert looked_up(self.PLAN, 'table("t", hukou)', hukou=area) == value


class TestKeys:
    @pytest.mark.parametrize(
        ("key", "facts", "value"),
        [
            ("grade", {"grade": 2}, 20),
            ("grade", {"grade": 3}, None),
            ("grade", {}, None),
            ("category", {"category": "physical"}, 30),
            ("category", {"category": "visual"}, None),
            ("employed", {"employed": True}, 40),
            ("employed", {"employed": False}, None),
            ("severe", {"grade": 1}, 40),
            ("uninsured_reason", {"uninsured_reason": "忘了"}, 50),
            ("uninsured_reason", {"uninsured_reason": "没钱"}, None),
            ('"忘了"', {}, 50),
            ('employed ? "physical" : "忘了"', {"employed": True}, 30),
            ('employed ? "physical" : "忘了"', {"employed": False}, 50),
            ("grade + 1", {"grade": 1}, 20),
        ],
    )
    def test_each_kind_of_key_finds_its_line(
        self, key: str, facts: dict[str, Any], value: int | None
    ) -> None:
        plan = with_table(rate(20, "2"), rate(30, "physical"), rate(40, "true"), rate(50, "忘了"))
        assert looked_up(plan, f'table("t", {key})', **facts) == value

    @settings(max_examples=50, deadline=None)
    @given(
        st.lists(st.tuples(st.integers(1, 4) | st.none(), st.booleans() | st.none()), min_size=1, max_size=70)
    )
    def test_two_keys_are_looked_up_together_for_many_rows(
        self, rows: list[tuple[int | None, bool | None]]
    ) -> None:
        lines = {(1, True): 7, (2, True): 9, (4, False): 11}
        plan = with_table(
            *(rate(value, str(grade), str(flag).lower()) for (grade, flag), value in lines.items()), keys=2
        )
        plan = replace(
            plan_with(group("g", condition("c", 'table("t", grade, employed) >= 9'))), tables=plan.tables
        )
        columns = Columns.from_records(plan, [{"grade": grade, "employed": flag} for grade, flag in rows])
        told = [row["status"] for part in screen(plan, columns, DAY).decisions() for row in part.to_pylist()]
        said = {None: "unknown", 7: "ineligible", 9: "eligible", 11: "eligible"}
        assert told == [said[lines.get(row)] for row in rows]  # type: ignore[call-overload]


def test_an_empty_table_knows_nothing() -> None:
    assert looked_up(with_table(keys=1), 'table("t", grade)', grade=1) is None
