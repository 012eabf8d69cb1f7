"""Whole-number arithmetic as CEL has it: division toward zero; overflow and division by zero have no answer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from yice.rules.expression.typed import Sum

Numbers = NDArray[np.int64]
_LOWEST = np.int64(-(2**63))


def arithmetic(op: Sum, a: Numbers, b: Numbers) -> tuple[Numbers, NDArray[np.bool_] | None]:
    """The result for each row, and the rows that have none."""
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        if op == "+":
            total = np.add(a, b)
            return total, ((a ^ total) & (b ^ total)) < 0
        if op == "-":
            total = np.subtract(a, b)
            return total, ((a ^ b) & (a ^ total)) < 0
        if op == "*":
            total = np.multiply(a, b)
            # Exact check only where the estimate comes near the limit.
            near = np.abs(a.astype(np.float64) * b.astype(np.float64)) >= 2.0**62
            return total, near & ~_exact(a, b, total) if near.any() else None
        bad = (b == 0) | ((a == _LOWEST) & (b == -1))
        divisor = np.where(bad, 1, b)
        remainder = np.fmod(a, divisor)
        return (remainder if op == "%" else (a - remainder) // divisor), bad


def _exact(a: Numbers, b: Numbers, total: Numbers) -> NDArray[np.bool_]:
    """Whether a * b is `total` without wrapping round."""
    divisor = np.where(b == 0, 1, b)
    wraps = (a == _LOWEST) & (b == -1)
    back = np.where(wraps, 0, total - np.fmod(total, divisor)) // divisor
    fits: NDArray[np.bool_] = ~wraps & ((b == 0) | ((back == a) & (np.fmod(total, divisor) == 0)))
    return fits
