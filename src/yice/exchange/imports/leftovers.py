"""Uploads that nobody decided about: they hold whole numbers, so after a while the delivery is given up."""

from __future__ import annotations

import datetime as dt
import time
import uuid
from pathlib import Path

from django.conf import settings
from django.db import transaction

from yice import shelf
from yice.audit import services as audit
from yice.exchange.imports.keeping import tidy
from yice.jobs.models import State
from yice.loop.identify.enums import BatchState
from yice.loop.identify.models import Batch
from yice.terms import clock

UNDECIDED = (BatchState.READING, BatchState.UNREADABLE, BatchState.STAGED, BatchState.PAUSED)
LIVE = (State.WAITING, State.RUNNING)
STRANGE = 86_400  # seconds: a file of staging or uploads that no batch names


def give_up() -> int:
    """Discard what waited longer than YICE_KEEP_UPLOADS days, and remove files that belong to no batch."""
    before = clock.now() - dt.timedelta(days=settings.YICE_KEEP_UPLOADS)
    late = Batch.objects.filter(state__in=UNDECIDED, recorded_at__lt=before)
    done = 0
    for batch in late.exclude(job__state__in=LIVE).order_by("pk"):
        with transaction.atomic():
            row = Batch.objects.select_for_update().get(pk=batch.pk)
            if row.state not in UNDECIDED:
                continue
            row.state = BatchState.DISCARDED
            row.save(update_fields=["state"])
            values = {"source": row.source, "days": settings.YICE_KEEP_UPLOADS}
            audit.record(actor=None, code="batch.expired", subject=row, area=row.area, values=values)
        tidy(row)
        done += 1
    _strangers()
    return done


def _strangers() -> None:
    """Files whose batch is not there: a kill between the copy and the row."""
    oldest = time.time() - STRANGE
    staged = Path(settings.VAR) / "staging"
    late = {one.name: shelf.remove for one in shelf.names("uploads") if one.at < oldest}
    late |= {str(path): _unlink for path in staged.glob("*") if path.stat().st_mtime < oldest}
    keys = {name: Path(name).name.split(".")[0] for name in late}
    named = [key for key in set(keys.values()) if _is_key(key)]
    known = {key.hex for key in Batch.objects.filter(uuid__in=named).values_list("uuid", flat=True)}
    for name, take_away in late.items():
        if _is_key(keys[name]) and keys[name] not in known:
            take_away(name)


def _unlink(path: str) -> None:
    Path(path).unlink(missing_ok=True)


def _is_key(text: str) -> bool:
    try:
        return uuid.UUID(text).hex == text
    except ValueError:
        return False
