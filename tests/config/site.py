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

    def several(self, *commands: tuple[str, ...], before: str = "") -> str:
        """Commands one after another in one process; each must succeed. `before`: Python to run first."""
        _, environment = self.command()
        code = f"import django, sys\nfrom yice.config.cli import run\ndjango.setup()\n{before}\n"
        code += f"sys.exit(next(filter(None, map(run, {[list(one) for one in commands]!r})), 0))"
        environment["DJANGO_SETTINGS_MODULE"] = "yice.config.settings"
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def fill(self) -> str:
        return self.done("demo", "--people", str(PEOPLE), "--only-fill")
