"""A site in a folder of its own, worked by the command, as an administrator would."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PEOPLE = 60


@dataclass
class Site:
    """A data folder, its database, and the command run on them."""

    folder: Path
    database: str = ""
    more: dict[str, str] = field(default_factory=lambda: {"YICE_DEMO": "1", "YICE_TODAY": "2020-06-30"})

    def command(self, *arguments: str) -> tuple[list[str], dict[str, str]]:
        """The words of a command and its environment: nothing of the machine's own settings."""
        ours = ("YICE_", "DJANGO_")
        clean = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        environment = {**clean, **self.more, "YICE_VAR": str(self.folder), "LANG": "zh_CN.UTF-8"}
        if self.database:
            environment["YICE_DATABASE"] = self.database
        return [sys.executable, "-m", "yice.config.cli", *arguments], environment

    def run(self, *arguments: str) -> tuple[int, str]:
        command, environment = self.command(*arguments)
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300)
        return done.returncode, done.stdout + done.stderr

    def done(self, *arguments: str) -> str:
        code, said = self.run(*arguments)
        assert code == 0, said
        return said

    def fill(self) -> str:
        return self.done("demo", "--people", str(PEOPLE), "--only-fill")
