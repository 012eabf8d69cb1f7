"""What pages read costs a fixed number of queries, however much waits."""

from __future__ import annotations

from typing import Any

import pytest
from django.test.utils import CaptureQueriesContext
from tests import factories as make
from tests.cast import Cast
from tests.loop.deliver.walking import Subject, Walk, again, second_clerk

from yice.loop.deliver.selectors import case as reading
from yice.loop.deliver.selectors import worklist
from yice.loop.deliver.selectors.people import able_to_hold

FORM = {"applied_by": "self", "account": "6200000000000000"}
PAPERS = {"identity": "seen", "certificate": "seen", "account": "copy"}


@pytest.fixture
def walks(cast: Cast) -> list[Walk]:
    make.jianghai()
    found = []
    for n in range(12):
        walk = Walk.open(cast.chen, "living_subsidy", Subject(person=make.person(f"周大山{n}")))
        walk.take(cast.chen, "apply", "submitted", values=FORM, evidence=PAPERS)
        found.append(walk)
    return found


def test_a_page_of_the_worklist(cast: Cast, walks: list[Walk], django_assert_max_num_queries: Any) -> None:
    liang = again(cast.liang)
    everything = worklist.rows(list(worklist.waiting(liang)[:50]))
    assert len(everything) == 12
    with django_assert_max_num_queries(2):  # the posts are known by now
        rows, total = worklist.page(worklist.waiting(liang), 2, 5)
    assert (rows, total) == (everything[5:10], 12)
    assert worklist.page(worklist.waiting(liang), 9, 5) == ([], 12)
    assert worklist.page(worklist.waiting(again(cast.tan)), 1, 5) == ([], 0)


def test_the_tallies_of_the_home_page(
    cast: Cast, walks: list[Walk], django_assert_max_num_queries: Any
) -> None:
    liang = again(cast.liang)
    with django_assert_max_num_queries(4):
        assert [(one.step, one.count) for one in worklist.tallies(liang)] == [("first_check", 12)]


def test_a_case_costs_the_same_after_a_long_story(
    cast: Cast, walks: list[Walk], django_assert_max_num_queries: Any
) -> None:
    def queries(walk: Walk) -> int:
        from django.db import connection

        with CaptureQueriesContext(connection) as seen:
            reading.view(again(cast.liang), walk.case.uuid)
        return len(seen)

    short = queries(walks[0])
    for _ in range(4):
        walks[0].back(cast.liang, "first_check", items=["再补"])
        walks[0].take(cast.chen, "apply", "submitted", values=FORM, evidence=PAPERS)
    assert queries(walks[0]) == short <= 20


def test_who_may_take_over_is_named(cast: Cast, walks: list[Walk]) -> None:
    wen = second_clerk()
    case = walks[0].case
    assert {one.name for one in able_to_hold(case, "first_check")} == {cast.liang.name, wen.name}
    walks[0].hand(cast.liang, "first_check", wen)
    assert able_to_hold(case, "first_check") == [cast.liang]
