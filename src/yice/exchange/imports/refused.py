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


def write(store: Store, batch: Batch, upload: Path) -> int:
    """Write the workbook, mode 0600, from the attached staging tables; gives the rows in it."""
    sweep()
    sheet = str(batch.mapping.get("sheet", ""))
    why: dict[int, list[Problem]] = {}
    for line, kept in rows(store, "SELECT line, why FROM {s}.refused ORDER BY line"):
        problems = json.loads(kept) if isinstance(kept, str) else kept
        why.setdefault(int(line), []).extend(from_json(one) for one in problems)
    path = path_of(batch)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    if not why:
        return 0
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    return refused_workbook(upload, {sheet: why} if sheet else why, path)


def sweep() -> None:
    """Delete workbooks older than KEPT_DAYS."""
    folder = Path(settings.VAR) / "refused"
    oldest = time.time() - KEPT_DAYS * 86400
    for path in folder.glob("*.xlsx") if folder.exists() else ():
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
