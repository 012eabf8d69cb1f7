"""A temporary table that the findings of a run are set beside those on file, the same on both databases."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any

from django.db import connection

TABLE = "finding_new"
COLUMNS = (
    "person_id", "grp", "kind", "benefit", "line", "due_fen", "paid_fen", "reason", "cause", "uuid",
)  # fmt: skip
BATCH = 2000


def fill(rows: Iterable[tuple[Any, ...]]) -> None:
    """Make the table anew with these rows."""
    postgres = connection.vendor == "postgresql"
    uuid, json = ("uuid", "jsonb") if postgres else ("char(32)", "text")
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {TABLE}")
        cursor.execute(
            f"CREATE TEMPORARY TABLE {TABLE} (person_id bigint NOT NULL, grp varchar(60) NOT NULL,"
            " kind varchar(10) NOT NULL, benefit varchar(60) NOT NULL, line varchar(12) NOT NULL,"
            f" due_fen bigint, paid_fen bigint, reason {json} NOT NULL, cause varchar(32) NOT NULL,"
            f" uuid {uuid} NOT NULL, PRIMARY KEY (person_id, grp, kind))"
        )
        if postgres:
            with cursor.copy(f"COPY {TABLE} ({', '.join(COLUMNS)}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            cursor.execute(f"ANALYZE {TABLE}")
            return
        marks = ", ".join(["%s"] * len(COLUMNS))
        insert = f"INSERT INTO {TABLE} ({', '.join(COLUMNS)}) VALUES ({marks})"  # noqa: S608 - names above
        waiting = iter(rows)
        while batch := list(islice(waiting, BATCH)):
            cursor.executemany(insert, batch)


def drop() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {TABLE}")


def run(sql: str, params: list[Any]) -> int:
    """Run a statement; how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.rowcount)


def rows(sql: str, params: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found
