"""How often somebody may ask holds over all processes of a site (PostgreSQL)."""

from __future__ import annotations

from importlib.util import find_spec, module_from_spec
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from yice.accounts import pace, rows
from yice.accounts.models import Asked

pytestmark = pytest.mark.django_db
MOST = 80


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Four that know of each other what stands in the database alone."""
    if connection.vendor != "postgresql":
        pytest.skip("PostgreSQL only")
    found = [_another() for _ in range(4)]
    for one in found:
        monkeypatch.setattr(one, "time", SimpleNamespace(time=lambda: 90.0))
    return found


def _another() -> Any:
    spec = find_spec("yice.accounts.pace")
    assert spec is not None and spec.loader is not None
    made = module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def let_through(processes: list[Any], who: str = "account 7") -> int:
    """Of many requests, now here now there, those that need not wait."""
    return sum(processes[turn % len(processes)].wait(who, MOST) == 0 for turn in range(8 * MOST))


def test_four_processes_let_through_little_more_than_one(processes: list[Any]) -> None:
    assert let_through(processes[:1], "account 8") == MOST
    assert MOST <= let_through(processes) <= MOST + 4 * MOST // pace.SHARES


def test_who_asks_is_kept_as_a_mark_and_costs_a_page_no_question_until_an_eighth(
    processes: list[Any], django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        let_through(processes)
    assert {len(one.who) for one in Asked.objects.all()} == {32}
    assert not Asked.objects.filter(who__contains="account").exists()
    assert pace.forget_told() == 1 and not Asked.objects.exists()


def test_a_reader_behind_the_wall_is_counted_and_still_behind_it_afterwards(processes: list[Any]) -> None:
    with rows.within(None):
        assert let_through(processes) < 2 * MOST
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            assert cursor.fetchone() == (rows.ROLE,)


def test_each_counts_for_itself_while_the_database_is_away(
    processes: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> int:
        raise connection.Database.OperationalError

    for one in processes:
        monkeypatch.setattr(one, "_told", away)
        monkeypatch.setattr(one, "DatabaseError", connection.Database.OperationalError)
    assert let_through(processes) == 4 * MOST
