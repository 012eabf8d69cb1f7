"""A demo's own folder: the day that is held in it, and the mark that it is filled."""

from __future__ import annotations

import json
from pathlib import Path

DAY = "2020-06-30"
STAMP = "filled.json"  # with what


def filled_with(folder: Path) -> dict[str, object] | None:
    """What a demo was filled with, once it is."""
    path = folder / STAMP
    return json.loads(path.read_text("utf-8")) if path.is_file() else None


def note_filled(folder: Path, wanted: dict[str, object]) -> None:
    (folder / STAMP).write_text(json.dumps(wanted), "utf-8")
