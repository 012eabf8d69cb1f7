"""Staging in a PostgreSQL schema of its own, unlogged: quick to fill, empty after a crash and then staged again."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterable

from django.db import connection

from yice.exchange.imports.staging.store import Row
from yice.exchange.imports.staging.tables import POSTGRESQL, TABLES, create_sql


class PostgresStore:
    """One schema a batch, filled by COPY."""

    def __init__(self, batch: uuid.UUID) -> None:
        self.prefix = f"staging_{batch.hex}"

    def create(self) -> None:
        self.drop()
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE SCHEMA {self.prefix}")
            for table in TABLES:
                cursor.execute(create_sql(self.prefix, table, POSTGRESQL, unlogged=True))

    def load(self, table: str, rows: Iterable[Row]) -> int:
        waiting = iter(rows)
        first = next(waiting, None)
        if first is None:
            return 0
        count = 0
        with connection.cursor() as cursor, cursor.copy(f"COPY {self.prefix}.{table} FROM STDIN") as copy:
            for row in itertools.chain([first], waiting):
                copy.write_row(row)
                count += 1
        return count

    def seal(self) -> None:
        with connection.cursor() as cursor:
            for table in ("person", "entry", "member", "same"):
                cursor.execute(f"ANALYZE {self.prefix}.{table}")
            cursor.execute(f"INSERT INTO {self.prefix}.note VALUES ('complete', 'true')")

    def exists(self) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass(%s)", [f"{self.prefix}.note"])
            if cursor.fetchone()[0] is None:
                return False
            cursor.execute(f"SELECT 1 FROM {self.prefix}.note WHERE name = 'complete'")
            return cursor.fetchone() is not None

    def attach(self) -> None:
        """Nothing to do: a schema is always in reach."""

    def detach(self) -> None:
        """Nothing to do."""

    def drop(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP SCHEMA IF EXISTS {self.prefix} CASCADE")
