"""The database as it stood at one moment, as a file, and back. Writers go on while it is copied."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from yice.config.backup import manifest
from yice.config.backup.manifest import Manifest
from yice.config.environment import TLS_WORDS
from yice.terms.errors import Problem
from yice.terms.messages import Message

WRITTEN_BY_MIGRATE = {"identify_namefolding"}  # by which tables names are folded: nobody's data


def copy(into: Path) -> Manifest:
    """Copy the database to the file `into`; gives what it said at that moment."""
    return _copy_sqlite(into) if connection.vendor == "sqlite" else _copy_postgres(into)


def put(held: Path) -> None:
    """Put a copy in the place of this site's database, which must be empty."""
    if connection.vendor == "sqlite":
        _put_sqlite(held)
    else:
        _put_postgres(held)


def is_empty() -> bool:
    """Whether no table of Yice's own holds a row but those that migrate writes. Without tables it is empty."""
    there = set(connection.introspection.table_names()) - WRITTEN_BY_MIGRATE
    with connection.cursor() as cursor:
        for table in manifest.tables(own=True):
            if table in there:
                cursor.execute(f"SELECT 1 FROM {connection.ops.quote_name(table)} LIMIT 1")  # noqa: S608
                if cursor.fetchone() is not None:
                    return False
    return True


def _copy_sqlite(into: Path) -> Manifest:
    """In one step: in WAL mode a reader sees one moment and holds nobody up."""
    source = sqlite3.connect(f"file:{connection.settings_dict['NAME']}?mode=ro", uri=True)
    target = sqlite3.connect(into)
    try:
        source.backup(target)
    finally:
        source.close()
        target.close()
    os.chmod(into, 0o600)
    # What it holds is asked of the copy: the site has perhaps gone on.
    said = manifest.of_site()
    copied = sqlite3.connect(f"file:{into}?mode=ro", uri=True)
    try:
        said.counts = {
            table: copied.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]  # noqa: S608
            for table in said.counts
        }
        head = copied.execute("SELECT hash FROM audit_chainhead WHERE id = 1").fetchone()
        said.chain_head = bytes(head[0]).hex() if head else ""
    finally:
        copied.close()
    return said


def _put_sqlite(held: Path) -> None:
    place = Path(connection.settings_dict["NAME"])
    connection.close()
    half = place.with_name(f"{place.name}.part")
    shutil.copyfile(held, half)
    os.chmod(half, 0o600)
    for beside in ("-wal", "-shm"):
        place.with_name(place.name + beside).unlink(missing_ok=True)
    os.replace(half, place)


def _copy_postgres(into: Path) -> Manifest:
    """The dump and the counts see the same snapshot."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        seen = cursor.fetchone()[0]
        said = manifest.of_site()
        _run(
            "pg_dump",
            "--format=custom",
            "--no-owner",
            "--no-privileges",
            f"--snapshot={seen}",
            f"--file={into}",
        )
    os.chmod(into, 0o600)
    return said


def _put_postgres(held: Path) -> None:
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"DROP TABLE IF EXISTS {connection.ops.quote_name(table)} CASCADE")
    connection.close()
    _run("pg_restore", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error", str(held))


def _run(program: str, *arguments: str) -> None:
    """PostgreSQL's own program against this site's database; the password goes by the environment."""
    where = shutil.which(program)
    if where is None:
        raise Problem(
            "postgres-client-missing",
            Message("本机没有 {program}，不能备份或恢复 PostgreSQL 的数据库。", program=program),
            fix=Message("请安装 PostgreSQL 的客户端程序（Debian：apt-get install postgresql-client）。"),
        )
    held: dict[str, Any] = connection.settings_dict
    options = {"--host": held["HOST"], "--port": held["PORT"], "--username": held["USER"]}
    given = [f"{name}={value}" for name, value in options.items() if value]
    over_tls = {f"PG{name.upper()}": said for name, said in held["OPTIONS"].items() if name in TLS_WORDS}
    environment = {**os.environ, **over_tls, "PGPASSWORD": str(held["PASSWORD"]), "LC_ALL": "C"}
    command = [where, *given, f"--dbname={held['NAME']}", "--no-password", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        # Its words may hold a row's values, so only the first line, which names the object, is told.
        why = (done.stderr.strip().splitlines() or [""])[0][:200]
        raise Problem(
            "postgres-client-failed", Message("{program} 没有成功：{why}", program=program, why=why)
        )
