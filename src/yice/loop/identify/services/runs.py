"""A screening run becomes work: new findings open, settled ones stay settled, those without a cause close."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Applied:
    opened: int
    kept: int
    changed: int
    closed: int
    confirmed: int  # provisional ones that the next list showed
    asks: int


def apply_run() -> Applied:
    """Compare a run's findings with those on file, set-based, in one transaction."""
    raise NotImplementedError
