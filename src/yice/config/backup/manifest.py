"""What a backup says of itself, so that a restored site can be compared with the one it was made of."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path

from django.apps import apps
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from yice.accounts.models import Installation
from yice.audit.models import ChainHead
from yice.config import keys
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message

FORMAT = "yice-backup-1"
NAME = "manifest.json"
SEALED_AS = "backup"  # what the seal of the whole file is authenticated with, whatever the file is called
DATABASE = {"sqlite": "database.sqlite3", "postgresql": "database.pgdump"}
# Below the data folder: what rows name, and what a place has chosen. Everything else is made again, or is a key.
LASTING = ("uploads", "snapshots", "comparisons", "refused")  # of yice.shelf
FOLDERS = ("staging", "files")  # of this machine
FILES = ("columns.yaml", "filled.json")


@dataclass
class Manifest:
    """`counts`: rows by table; `files`: bytes and SHA-256 by name; `demo`: None on a site never set up."""

    format: str
    yice: str
    vendor: str
    made_at: str
    demo: bool | None
    migrations: list[str]
    counts: dict[str, int]
    chain_head: str
    keys: dict[str, str]
    files: dict[str, tuple[int, str]] = field(default_factory=dict)

    def as_json(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False, indent=1).encode()


def of_site() -> Manifest:
    """What the database says at this moment; call it in the transaction that the copy is made of."""
    return Manifest(
        format=FORMAT,
        yice=version("yice"),
        vendor=connection.vendor,
        made_at=clock.now().isoformat(timespec="seconds"),
        demo=Installation.objects.values_list("demo", flat=True).first(),
        migrations=migrations(),
        counts=counts(),
        chain_head=chain_head(),
        keys=keys.fingerprints(),
    )


def read(path: Path) -> Manifest:
    """The manifest of an unpacked backup."""
    try:
        held = json.loads(path.read_text("utf-8"))
        if held["format"] != FORMAT:
            raise ValueError
        made = Manifest(**held)
        made.files = {name: (int(size), str(digest)) for name, (size, digest) in made.files.items()}
        return made
    except (OSError, ValueError, KeyError, TypeError):
        raise Problem("backup-unreadable", Message("这个文件不是一策的备份，或已损坏。")) from None


def migrations() -> list[str]:
    """The migrations that the database has been through."""
    return sorted(".".join(one) for one in MigrationRecorder(connection).applied_migrations())


def tables(*, own: bool = False) -> list[str]:
    """The tables of the models installed; `own`: only those of Yice's packages."""
    models = apps.get_models(include_auto_created=True)
    found = {m._meta.db_table for m in models if not own or m.__module__.startswith("yice.")}
    return sorted(found)


def counts() -> dict[str, int]:
    """How many rows each table holds; of an older database those that it has."""
    found, there = {}, set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table in filter(there.__contains__, tables()):
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608
            found[table] = int(cursor.fetchone()[0])
    return found


def chain_head() -> str:
    """The hash of the last audit event."""
    head = ChainHead.objects.filter(id=1).first()
    return bytes(head.hash).hex() if head else ""


def digest_of(path: Path) -> tuple[int, str]:
    """Bytes and SHA-256 of a file."""
    with path.open("rb") as stream:
        return path.stat().st_size, hashlib.file_digest(stream, "sha256").hexdigest()
