"""When the last backup was made here: the time of an empty file beside the data, for the doctor and the figures."""

from __future__ import annotations

import time
from pathlib import Path

from django.conf import settings

STAMP = "last-backup"


def note() -> None:
    (Path(settings.VAR) / STAMP).touch()


def age() -> float | None:
    """Seconds since then; None where none was made."""
    path = Path(settings.VAR) / STAMP
    return max(0.0, time.time() - path.stat().st_mtime) if path.is_file() else None
