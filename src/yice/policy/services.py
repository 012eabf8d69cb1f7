"""Install a pack, never changed afterwards; run it over the people of an area."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from yice.accounts.models import User
from yice.policy.models import InstalledPack, ScreeningRun


def install(*, actor: User | None, path: Path, settings: Mapping[str, Any] | None = None) -> InstalledPack:
    """Check the pack folder and keep it with what it extends; the same content twice is the same row."""
    raise NotImplementedError


def run_screening(
    *, actor: User, pack: InstalledPack, area: str, as_of: dt.date | None = None, progress: Any = None
) -> ScreeningRun:
    """Snapshot the area, evaluate every group, hand the result to the loop. Blocks; pages use request_screening."""
    raise NotImplementedError


def request_screening(*, actor: User, pack: InstalledPack, area: str, as_of: dt.date | None = None) -> Any:
    """Queue `run_screening` as a job of kind "screening.run"; gives the Job."""
    raise NotImplementedError
