"""Temporary tables that what a run found is set beside what is on file, the same on both databases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from django.db import connection

FINDINGS = "finding_new"
ASKS = "ask_new"
_FINDING = {
    "person_id": "bigint NOT NULL",
    "grp": "varchar(60) NOT NULL",
    "kind": "varchar(10) NOT NULL",
    "benefit": "varchar(60) NOT NULL",
    "line": "varchar(12) NOT NULL",
    "due_fen": "bigint",
    "paid_fen": "bigint",
    "reason": "{json} NOT NULL",
    "cause": "varchar(32) NOT NULL",
    "uuid": "{uuid} NOT NULL",
    "PRIMARY KEY": "(person_id, grp, kind)",
}
_ASK = {
    "person_id": "bigint PRIMARY KEY",
    "questions": "{json} NOT NULL",
    "from_lists": "{json} NOT NULL",
    "weight": "integer NOT NULL",
    "open": "boolean NOT NULL",
    "uuid": "{uuid} NOT NULL",
}
TABLES: Mapping[str, Mapping[str, str]] = {FINDINGS: _FINDING, ASKS: _ASK}
BATCH = 2000


def fill(table: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """Make the table anew with these rows."""
    postgres = connection.vendor == "postgresql"
    types = {"uuid": "uuid", "json": "jsonb"} if postgres else {"uuid": "char(32)", "json": "text"}
    body = ", ".join(f"{name} {kind.format(**types)}" for name, kind in TABLES[table].items())
    names = [name for name in TABLES[table] if name != "PRIMARY KEY"]
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {table}")
        cursor.execute(f"CREATE TEMPORARY TABLE {table} ({body})")
        if postgres:
            with cursor.copy(f"COPY {table} ({', '.join(names)}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            cursor.execute(f"ANALYZE {table}")
            return
        marks = ", ".join(["%s"] * len(names))
        insert = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608 - names above
        waiting = iter(rows)
        while batch := list(islice(waiting, BATCH)):
            cursor.executemany(insert, batch)


def drop() -> None:
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"DROP TABLE IF EXISTS {table}")


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


def date() -> str:
    """A date parameter as the database wants it among other expressions."""
    return "CAST(%s AS date)" if connection.vendor == "postgresql" else "%s"
