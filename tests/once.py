"""Things that are dear to make, made once for all the processes of a test run."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from yice.accounts import row_policies
from yice.policy import archive
from yice.rules.model import Plan
from yice.rules.pack import folder, loader
from yice.rules.pack.written import Written


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


def own_database(factory: pytest.TempPathFactory) -> Callable[[], None]:
    """Give this process a database of its own, a copy of one that was migrated for all; what comes back drops it.

    A copy takes some milliseconds; the migrations take several seconds of work.
    """
    creation, process = connection.creation, os.environ.get("PYTEST_XDIST_WORKER", "alone")
    sqlite, before = connection.vendor == "sqlite", connection.settings_dict["NAME"]

    def named(place: Path) -> str:
        return str(place / "migrated.sqlite3") if sqlite else "test_yice_migrated"

    def migrate(place: Path) -> None:
        connection.settings_dict["TEST"]["NAME"] = named(place)
        creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        if not sqlite:
            row_policies.build()  # pages stand behind the wall in tests, too
        connection.close()
        connection.settings_dict["NAME"] = before

    _use(named(once(factory, f"migrated-{connection.vendor}", migrate)))
    creation.clone_test_db(process, verbosity=0)
    _use(creation.get_test_db_clone_settings(process)["NAME"])
    return partial(creation.destroy_test_db, before, verbosity=0)


def _use(name: str) -> None:
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name


def packs_read_once() -> None:
    """The files of a pack, and the plan that the same files make, are read once a process: a hundred tests settle
    somewhere with the same six packs, and half their time went into YAML. What is wrong is told anew each time.
    """
    plans: dict[tuple[str, str], Plan] = {}
    make = loader.plan_of

    def plan_of(written: Written, overrides: Mapping[str, Any] | None = None) -> Plan:
        if written.problems:
            return make(written, overrides)
        key = written.hash.hexdigest(), repr(sorted((overrides or {}).items()))
        if key not in plans:
            plans[key] = make(written, overrides)
        return plans[key]

    loader.plan_of = archive.plan_of = plan_of
    folder.read_yaml = lru_cache(maxsize=1024)(folder.read_yaml)
