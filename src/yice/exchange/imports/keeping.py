"""The files beside a batch: the upload and the staged rows until the decision, the refused rows for a while after."""

from __future__ import annotations

import uuid
from pathlib import Path

from yice import shelf
from yice.exchange.imports import refused
from yice.exchange.imports.staging import open_store
from yice.loop.identify.enums import BatchState
from yice.loop.identify.models import Batch

DECIDED = (BatchState.COMMITTED, BatchState.DISCARDED)


def tidy(batch: Batch) -> None:
    """Remove what was kept only until the decision; refused rows of a committed batch are written out first."""
    store = open_store(batch.uuid)
    if batch.state == BatchState.COMMITTED:
        refused.ensure(store, batch)
    store.drop()
    shelf.remove(batch.file_path)


def sweep() -> None:
    """Tidy after batches that were decided by a process that did not live to tidy; drop old refused workbooks."""
    refused.sweep()
    names = [Path(one.name).stem for one in shelf.names("uploads")]
    left = [uuid.UUID(name) for name in names if len(name) == 32]
    for batch in Batch.objects.filter(uuid__in=left, state__in=DECIDED):
        tidy(batch)
