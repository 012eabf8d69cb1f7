"""Refused rows go back as the same workbook with a reason column, in a file of its own, kept for a while."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

from django.conf import settings

from yice.exchange.files import refused_workbook
from yice.exchange.imports.reasons import from_json
from yice.exchange.imports.staging.store import Store, rows
from yice.loop.identify.models import Batch
from yice.terms.errors import Problem

KEPT_DAYS = 30  # it holds full numbers: long enough to be mended, no longer


def path_of(batch: Batch) -> Path:
    return Path(settings.VAR) / "refused" / f"{batch.uuid.hex}.xlsx"


def ensure(store: Store, batch: Batch, upload: Path) -> Path | None:
    """The workbook, written now if it is not there and still can be; None where nothing was refused."""
    path = path_of(batch)
    if not batch.counts.get("refused"):
        return None
    if path.exists() or not upload.is_file() or not store.exists():
        return path if path.exists() else None
    store.attach()
    try:
        kept = rows(store, "SELECT line, why FROM {s}.refused ORDER BY line")
    finally:
        store.detach()
    why: dict[int, list[Problem]] = {}
    for line, problems in kept:
        told = json.loads(problems) if isinstance(problems, str) else problems
        why.setdefault(int(line), []).extend(from_json(one) for one in told)
    sheet = str(batch.mapping.get("sheet", ""))
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    os.close(os.open(unfinished, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600))
    refused_workbook(upload, {sheet: why} if sheet else why, unfinished)
    unfinished.rename(path)
    return path


def sweep() -> None:
    """Delete workbooks older than KEPT_DAYS."""
    folder = Path(settings.VAR) / "refused"
    oldest = time.time() - KEPT_DAYS * 86400
    for path in folder.glob("*.xlsx") if folder.exists() else ():
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
