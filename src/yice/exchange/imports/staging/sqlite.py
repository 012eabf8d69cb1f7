"""Staging in a second SQLite file, mode 0600, attached to the site's connection while it is compared and committed."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import uuid
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from django.conf import settings
from django.db import connection

from yice.exchange.imports.staging.store import Row, is_complete
from yice.exchange.imports.staging.tables import SQLITE, TABLES, create_sql
from yice.identifiers.sealing import mark_version


class SqliteStore:
    """A file under the data folder's `staging`. Loading has a connection of its own and never locks the site's file."""

    def __init__(self, batch: uuid.UUID) -> None:
        self.prefix = f"staging_{batch.hex[:12]}"
        self.path = Path(settings.VAR) / "staging" / f"{batch.hex}.sqlite3"
        self._loading: sqlite3.Connection | None = None

    def create(self) -> None:
        self.drop()
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        self._loading = sqlite3.connect(self.path, isolation_level=None)
        # Lost on a power cut, and then staged again from the upload: no journal, no waiting for the disk.
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "locking_mode=EXCLUSIVE", "cache_size=-32768"):
            self._loading.execute(f"PRAGMA {pragma}")
        for table in TABLES:
            self._loading.execute(create_sql("main", table, SQLITE))
        self._loading.execute("ATTACH DATABASE ':memory:' AS part")

    def load(self, table: str, rows: Iterable[Row]) -> int:
        marks = ", ".join("?" * len(TABLES[table]))
        with self._loading_at_once() as loading:
            return loading.executemany(f"INSERT INTO main.{table} VALUES ({marks})", rows).rowcount

    def load_packed(self, table: str, rows: bytes) -> None:
        assert self._loading is not None  # noqa: S101 - create comes first
        self._loading.deserialize(rows, name="part")  # takes the place of the chunk before
        # Records are copied as they are, for the two tables are declared alike.
        self._loading.execute(f"INSERT INTO main.{table} SELECT * FROM part.{table}")

    def take_back(self, table: str, numbers: Sequence[int]) -> None:
        with self._loading_at_once() as loading:
            loading.executemany(f"DELETE FROM main.{table} WHERE row = ?", ((one,) for one in numbers))

    @contextlib.contextmanager
    def _loading_at_once(self) -> Iterator[sqlite3.Connection]:
        """One transaction, though nothing is undone where there is no journal: a row at a time would be slow."""
        assert self._loading is not None  # noqa: S101 - create comes first
        self._loading.execute("BEGIN")
        yield self._loading
        self._loading.execute("COMMIT")

    def seal(self) -> None:
        if self._loading is None:
            return
        self._loading.execute("INSERT INTO main.note VALUES ('complete', ?)", [str(mark_version())])
        self._loading.close()
        self._loading = None
        handle = os.open(self.path, os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)

    def exists(self) -> bool:
        if not self.path.exists():
            return False
        try:
            with contextlib.closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)) as reading:
                found = reading.execute("SELECT value FROM note WHERE name = 'complete'").fetchone()
        except sqlite3.DatabaseError:
            return False
        return is_complete(found)

    def attach(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA database_list")
            if self.prefix in {name for _number, name, _path in cursor.fetchall()}:
                return
            cursor.execute(f"ATTACH DATABASE %s AS {self.prefix}", [str(self.path)])
            if not connection.in_atomic_block:
                cursor.execute(f"PRAGMA {self.prefix}.synchronous=OFF")
                cursor.execute(f"PRAGMA {self.prefix}.mmap_size={1 << 30}")

    def detach(self) -> None:
        with connection.cursor() as cursor, contextlib.suppress(Exception):
            cursor.execute(f"DETACH DATABASE {self.prefix}")

    def drop(self) -> None:
        if self._loading is not None:
            self._loading.close()
            self._loading = None
        self.detach()
        for suffix in ("", "-journal", "-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)


def let_go() -> None:
    """Detach staging files that a surrounding transaction kept attached (SQLite attaches ten at most)."""
    raw = connection.connection
    if connection.vendor != "sqlite" or raw is None or raw.in_transaction:
        return
    for _number, name, _path in raw.execute("PRAGMA database_list").fetchall():
        if name.startswith("staging_"):
            raw.execute(f"DETACH DATABASE {name}")
