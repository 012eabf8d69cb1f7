"""Where rows wait between preview and commit: sealed, apart from the site's own tables, gone once decided."""

from __future__ import annotations

import uuid

from django.db import connection

from yice.exchange.imports.staging.postgres import PostgresStore
from yice.exchange.imports.staging.sqlite import SqliteStore
from yice.exchange.imports.staging.store import Store

__all__ = ["Store", "open_store"]


def open_store(batch: uuid.UUID) -> Store:
    """The staging store of a batch on the database in use."""
    return PostgresStore(batch) if connection.vendor == "postgresql" else SqliteStore(batch)
