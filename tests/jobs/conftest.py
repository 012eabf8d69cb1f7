"""Workers as real processes, on the database of the test."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]


def database_address() -> str:
    """The test database as YICE_DATABASE gives it to a child."""
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return str(settings["NAME"])
    user = f"{quote(settings['USER'])}:{quote(settings['PASSWORD'])}"
    return f"postgresql://{user}@{settings['HOST']}:{settings['PORT']}/{settings['NAME']}"


class Workers:
    """Starts workers, and says where they are."""

    def __init__(self, notes: Path) -> None:
        self.notes = notes
        self.started: list[subprocess.Popen[bytes]] = []

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        environment = {
            **os.environ,
            "YICE_VAR": str(self.notes),
            "YICE_DATABASE": database_address(),
            "YICE_JOB_LEASE": "2",
            "DJANGO_SETTINGS_MODULE": "yice.config.settings",
        }
        command = [sys.executable, "-m", "tests.jobs.worker", *arguments]
        process = subprocess.Popen(command, cwd=ROOT, env=environment)
        self.started.append(process)
        self.wait_for(f"up-{process.pid}")
        return process

    def wait_for(self, note: str) -> None:
        self.until(lambda: (self.notes / note).exists(), note)

    def say(self, note: str) -> None:
        (self.notes / note).touch()

    def until(self, true: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + 60
        while not true():
            assert time.monotonic() < end, f"waited too long for: {what}"
            time.sleep(0.05)


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[Workers]:
    found = Workers(tmp_path)
    yield found
    for process in found.started:
        if process.poll() is None:
            process.kill()
        process.wait()
