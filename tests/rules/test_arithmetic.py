"""Whole numbers as CEL has them: division toward zero, no answer beyond 64 bits or by zero."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.rules.little_plan import DAY
from tests.rules.reference import verdict

from yice.rules.expression.typed import Sum
from yice.rules.kernel.arith import arithmetic

LOW, HIGH = -(2**63), 2**63 - 1
NUMBERS = (
    st.integers(-20, 20)
    | st.integers(LOW, HIGH)
    | st.sampled_from([LOW, LOW + 1, -1, 0, 1, 2**31, 2**32, HIGH])
)


def exact(op: Sum, a: int, b: int) -> int | None:
    """The result in unbounded numbers, None where CEL has none."""
    if op in "/%":
        if b == 0 or (a, b) == (LOW, -1):
            return None
        quotient = abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)
        return quotient if op == "/" else a - quotient * b
    result = {"+": a + b, "-": a - b, "*": a * b}[op]
    return result if LOW <= result <= HIGH else None


@settings(max_examples=500)
@given(st.sampled_from(["+", "-", "*", "/", "%"]), NUMBERS, NUMBERS)
@example("*", 2**32, 2**31)
@example("*", LOW, -1)
@example("*", -(2**32), 2**31)
def test_results_are_exact_or_there_is_none(op: Sum, a: int, b: int) -> None:
    numbers, bad = arithmetic(op, np.array([a], np.int64), np.array([b], np.int64))
    found = None if bad is not None and bad[0] else int(numbers[0])
    assert found == exact(op, a, b)


@pytest.mark.parametrize(("a", "b"), [(-7, 2), (7, -2), (-7, -2), (7, 2), (1, 0)])
def test_cel_divides_the_same_way(a: int, b: int) -> None:
    for op in ("/", "%"):
        assert verdict(f"({a}) {op} ({b})", {}, DAY, {}) == exact(op, a, b)  # type: ignore[arg-type]
