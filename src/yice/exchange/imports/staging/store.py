"""One interface to staging on both databases. `{s}` in a statement stands for the batch's own staging tables."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from django.db import connection

from yice.identifiers.sealing import mark_version

Row = Sequence[Any]


class Store(Protocol):
    """The staging tables of one batch. Statements run on the site's own connection, so that they can join its tables."""

    prefix: str

    def create(self) -> None:
        """Make the tables anew, empty."""

    def load(self, table: str, rows: Iterable[Row]) -> int:
        """Add rows (tuples in the order of `tables.TABLES`)."""

    def load_packed(self, table: str, rows: bytes) -> None:
        """Add rows as `packing` made them."""

    def take_back(self, table: str, numbers: Sequence[int]) -> None:
        """Remove loaded rows again, by their `row`."""

    def seal(self) -> None:
        """Say that loading is complete: from here on the tables outlive a crash of the process."""

    def exists(self) -> bool:
        """Whether complete staging tables are there, their numbers marked by the newest key."""

    def attach(self) -> None:
        """Make the tables reachable from the site's connection."""

    def detach(self) -> None:
        """Let go of the tables; they stay."""

    def drop(self) -> None:
        """Remove the tables for good."""


def is_complete(noted: tuple[str] | None) -> bool:
    """What stands under "complete" is the version of the marks (`true`: the first)."""
    return noted is not None and int(json.loads(noted[0])) == mark_version()


def run(store: Store, sql: str, params: Sequence[Any] = ()) -> int:
    """Run one statement; returns the rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql.replace("{s}", store.prefix), list(params))
        return int(cursor.rowcount)


def rows(store: Store, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """All rows of a query."""
    with connection.cursor() as cursor:
        cursor.execute(sql.replace("{s}", store.prefix), list(params))
        return list(cursor.fetchall())


def value(store: Store, sql: str, params: Sequence[Any] = ()) -> Any:
    """The first column of the first row."""
    found = rows(store, sql, params)
    return found[0][0] if found else None


def insert(store: Store, table: str, columns: Sequence[str], values: list[tuple[Any, ...]]) -> None:
    """Add a moderate number of rows through the site's connection."""
    names, into = ", ".join(f'"{name}"' for name in columns), f"{store.prefix}.{table}"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {into} ({names}) FROM STDIN") as copy:
                for row in values:
                    copy.write_row(row)
            return
        # One transaction, and a deferred one of its own: it locks the staging file and never the site's.
        own = not connection.in_atomic_block
        if own:
            cursor.execute("BEGIN")
        try:
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {into} ({names}) VALUES ({marks})", values)
        finally:
            if own:
                cursor.execute("COMMIT")


def note(store: Store, name: str, content: Any) -> None:
    """Keep a small value beside the rows."""
    run(store, "DELETE FROM {s}.note WHERE name = %s", [name])
    insert(store, "note", ("name", "value"), [(name, json.dumps(content))])


def noted(store: Store, name: str) -> Any:
    """A value kept with `note`, None where there is none."""
    found = value(store, "SELECT value FROM {s}.note WHERE name = %s", [name])
    return json.loads(found) if isinstance(found, str) else found
