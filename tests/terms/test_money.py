"""Sums as they are written in the field, kept as whole fen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yice.terms.errors import Problem
from yice.terms.money import format_fen, parse_fen


@pytest.mark.parametrize(
    ("value", "fen"),
    [
        ("1,234.50", 123450),
        ("￥285", 28500),
        ("285元", 28500),
        ("１６５．００", 16500),
        ("-30", -3000),
        ("165元/月", 16500),
        (285, 28500),
        (285.5, 28550),
        (0.1 + 0.2, 30),
        ("0", 0),
    ],
)
def test_a_sum_is_read_however_it_is_written(value: str | float, fen: int) -> None:
    assert parse_fen(value) == fen


@pytest.mark.parametrize(
    "value", ["", "三百", "1,23.4", "3万元", "12.3.4", float("nan"), float("inf"), "1-2"]
)
def test_what_is_not_a_sum_is_refused(value: str | float) -> None:
    with pytest.raises(Problem, check=lambda problem: problem.code == "money-unreadable"):
        parse_fen(value)


@pytest.mark.parametrize("value", ["0.005", "1.234", 2.345])
def test_less_than_a_fen_is_refused(value: str | float) -> None:
    with pytest.raises(Problem, check=lambda problem: problem.code == "money-below-fen"):
        parse_fen(value)


@given(st.integers(-(10**12), 10**12))
def test_a_written_sum_reads_back(fen: int) -> None:
    assert parse_fen(format_fen(fen)) == fen
    assert parse_fen(fen / 100) == fen
