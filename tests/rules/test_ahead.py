"""Working ahead of whoever waits: in order, bounded, and failures arrive where they belong."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from yice.rules.files.ahead import done, fetched


def test_results_come_in_the_order_of_the_items() -> None:
    assert list(done(lambda one: one * one, fetched(range(50)), 3)) == [one * one for one in range(50)]


def test_no_more_is_taken_than_a_few_pieces_ahead() -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for one in range(50):
            taken.append(one)
            yield one

    results = done(abs, items(), 2)
    next(results)
    assert len(taken) == 3


def test_a_failure_while_reading_reaches_whoever_waits() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise ValueError("unreadable")

    results = done(abs, fetched(items()), 2)
    with pytest.raises(ValueError, match="unreadable"):
        list(results)
