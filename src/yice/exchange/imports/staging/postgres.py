"""Staging in a PostgreSQL schema of its own, unlogged: quick to fill, empty after a crash and then staged again."""

from __future__ import annotations

import contextlib
import itertools
import uuid
from collections.abc import Iterable, Sequence

from django.db import DatabaseError, connection

from yice.exchange.imports.staging.store import Row, is_complete
from yice.exchange.imports.staging.tables import JOINED, KEYS, LOADED, POSTGRESQL, TABLES, create_sql
from yice.identifiers.sealing import mark_version


class PostgresStore:
    """One schema a batch, filled by COPY."""

    def __init__(self, batch: uuid.UUID) -> None:
        self.prefix = f"staging_{batch.hex}"

    def create(self) -> None:
        self.drop()
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE SCHEMA {self.prefix}")
            for table in TABLES:
                sql = create_sql(self.prefix, table, POSTGRESQL, unlogged=True, keyed=table not in LOADED)
                cursor.execute(sql)

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

    def load_packed(self, table: str, rows: bytes) -> None:
        into = f"COPY {self.prefix}.{table} FROM STDIN (FORMAT csv)"
        with connection.cursor() as cursor, cursor.copy(into) as copy:
            copy.write(rows)

    def take_back(self, table: str, numbers: Sequence[int]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f'DELETE FROM {self.prefix}.{table} WHERE "row" = ANY(%s)', [list(numbers)])

    def seal(self) -> None:
        with connection.cursor() as cursor:
            for table in LOADED:  # a key built at once costs less than one kept while loading
                cursor.execute(f'ALTER TABLE {self.prefix}.{table} ADD PRIMARY KEY ("{KEYS[table]}")')
                keys = ", ".join(f'"{name}"' for name in TABLES[table] if name in JOINED)
                cursor.execute(f"ANALYZE {self.prefix}.{table} ({keys})")
            cursor.execute(f"INSERT INTO {self.prefix}.note VALUES ('complete', %s)", [str(mark_version())])

    def exists(self) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass(%s)", [f"{self.prefix}.note"])
            if cursor.fetchone()[0] is None:
                return False
            cursor.execute(f"SELECT value FROM {self.prefix}.note WHERE name = 'complete'")
            return is_complete(cursor.fetchone())

    def attach(self) -> None:
        """A schema is always in reach. Joins of a whole county may take some memory and need no compiling."""
        with connection.cursor() as cursor:
            cursor.execute("SET work_mem = '64MB'; SET jit = off")

    def detach(self) -> None:
        with connection.cursor() as cursor, contextlib.suppress(DatabaseError):
            cursor.execute("RESET work_mem; RESET jit")

    def drop(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP SCHEMA IF EXISTS {self.prefix} CASCADE")
