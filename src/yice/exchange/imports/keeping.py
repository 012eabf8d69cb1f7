"""The files beside a batch: the upload and the staged rows until the decision, the refused rows for a while after."""

from __future__ import annotations

import uuid
from pathlib import Path

from django.conf import settings

from yice.exchange.imports import refused
from yice.exchange.imports.staging import open_store
from yice.loop.identify.enums import BatchState
from yice.loop.identify.models import Batch

DECIDED = (BatchState.COMMITTED, BatchState.DISCARDED)


def upload_of(batch: Batch) -> Path:
    """Where the upload stands while the batch is undecided."""
    return Path(settings.VAR) / batch.file_path


def tidy(batch: Batch) -> None:
    """Remove what was kept only until the decision; refused rows of a committed batch are written out first."""
    store = open_store(batch.uuid)
    if batch.state == BatchState.COMMITTED:
        refused.ensure(store, batch)
    store.drop()
    upload_of(batch).unlink(missing_ok=True)


def sweep() -> None:
    """Tidy after batches that were decided by a process that did not live to tidy; drop old refused workbooks."""
    refused.sweep()
    folder = Path(settings.VAR) / "uploads"
    names = [path.stem for path in folder.iterdir()] if folder.exists() else []
    left = [uuid.UUID(name) for name in names if len(name) == 32]
    for batch in Batch.objects.filter(uuid__in=left, state__in=DECIDED):
        tidy(batch)
