"""Things that are dear to make, made once for all the processes of a test run."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """The folder that `make` filled: by whichever process comes first, while the others wait. Read it, or copy it.

    A `make` that fails leaves nothing behind, so the next one tries for itself and fails with its own words.
    """
    # Under xdist each process has a folder of its own below the run's.
    shared = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    place, made = shared / name, shared / f"{name}.made"
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            place.mkdir()
            try:
                make(place)
            except BaseException:
                place.rename(factory.mktemp(f"{name}-failed") / name)
                raise
            made.touch()
    return place
