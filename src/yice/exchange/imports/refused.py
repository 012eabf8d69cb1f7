"""Refused rows go back as the same workbook with a reason column, in a file of its own, kept for a while."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings

from yice.exchange.files import Sheet, refused_workbook
from yice.exchange.imports.reasons import from_json
from yice.exchange.imports.staging.store import Store, rows
from yice.loop.identify.models import Batch
from yice.terms.errors import Problem

KEPT_DAYS = 30  # it holds full numbers: long enough to be mended, no longer


def path_of(batch: Batch) -> Path:
    return Path(settings.VAR) / "refused" / f"{batch.uuid.hex}.xlsx"


def keep(batch: Batch, sheet: Sheet, lines: Sequence[int]) -> None:
    """Keep the refused rows as they were sent, beside the upload, until the workbook is written."""
    path = _kept(batch)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path_of(batch).unlink(missing_ok=True)
    at = np.flatnonzero(np.isin(sheet.rows, np.array(lines, dtype=sheet.rows.dtype)))
    table = sheet.as_table().take(pa.array(at)).append_column("row", pa.array(sheet.rows[at]))
    told = {b"name": sheet.name.encode(), b"headers": json.dumps(sheet.headers, ensure_ascii=False).encode()}
    with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as out:
        pq.write_table(table.replace_schema_metadata(told), out)


def ensure(store: Store, batch: Batch) -> Path | None:
    """The workbook, written now if it is not there and still can be; None where nothing was refused."""
    path, kept = path_of(batch), _kept(batch)
    if not batch.counts.get("refused"):
        kept.unlink(missing_ok=True)
        return None
    if path.exists() or not kept.is_file() or not store.exists():
        return path if path.exists() else None
    store.attach()
    try:
        found = rows(store, "SELECT line, why FROM {s}.refused ORDER BY line")
    finally:
        store.detach()
    why: dict[int, list[Problem]] = {}
    for line, problems in found:
        told = json.loads(problems) if isinstance(problems, str) else problems
        why.setdefault(int(line), []).extend(from_json(one) for one in told)
    unfinished = path.with_suffix(".part")
    os.close(os.open(unfinished, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600))
    refused_workbook(path, why, unfinished, sheets=[_sheet(kept)])
    unfinished.rename(path)
    kept.unlink()
    return path


def _kept(batch: Batch) -> Path:
    return path_of(batch).with_suffix(".parquet")


def _sheet(kept: Path) -> Sheet:
    table = pq.read_table(kept)
    told = table.schema.metadata
    columns = [table.column(name).combine_chunks() for name in table.column_names if name != "row"]
    numbers = table.column("row").to_numpy().astype(np.int32)
    return Sheet(told[b"name"].decode(), None, json.loads(told[b"headers"]), columns, numbers)


def sweep() -> None:
    """Delete workbooks older than KEPT_DAYS."""
    folder = Path(settings.VAR) / "refused"
    oldest = time.time() - KEPT_DAYS * 86400
    for path in folder.glob("*") if folder.exists() else ():
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
