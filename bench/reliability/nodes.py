"""One machine of a site: the web server as `yice serve` starts it and a worker for jobs, killed with signal 9."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

from tools import postgres

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 300
THREADS = 8


def environment(var: Path, database: str, **more: str) -> dict[str, str]:
    """What a process of this site is told; nothing of the machine's own settings."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("YICE_", "DJANGO_"))}
    return {
        **own,
        "DJANGO_SETTINGS_MODULE": "yice.config.settings",
        "YICE_VAR": str(var),
        "YICE_DATABASE": database,
        "YICE_DEMO": "1",
        "YICE_TODAY": "2020-06-30",
        "YICE_PAGE_RATE": "1000000",
        "YICE_JOB_LEASE": "3",
        "PYTHONPATH": os.pathsep.join(map(str, (ROOT / "src", ROOT))),
        **more,
    }


def part(name: str, *arguments: str, env: dict[str, str], root: Path = ROOT) -> str:
    """Run one of `bench.reliability.world`'s parts in a process of its own; gives what it printed."""
    command = [sys.executable, "-m", "bench.reliability.world", name, *arguments]
    ran = subprocess.run(command, env=env, cwd=root, check=False, stdout=subprocess.PIPE, text=True)
    if ran.returncode:
        raise SystemExit(f"{name} failed:\n{ran.stdout}")
    return ran.stdout.strip()


class Node:
    """A web server, and a worker unless `web_only`; what they say goes into `log`."""

    def __init__(self, env: dict[str, str], log: Path, *, root: Path = ROOT, web_only: bool = False) -> None:
        self.env, self.log, self.root, self.web_only = env, log, root, web_only
        self.port = postgres.free_port()
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        web = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"]
        web += ["--port", str(self.port), "--workers", "1", "--blocking-threads", str(THREADS), "--no-ws"]
        web += ["--log-level", "warning", "yice.config.wsgi:application"]
        worker = [sys.executable, "-m", "bench.reliability.world", "work"]
        with self.log.open("ab") as log:
            self.processes = [
                subprocess.Popen(
                    one, env=self.env, cwd=self.root, stdout=log, stderr=log, start_new_session=True
                )
                for one in ([web] if self.web_only else [web, worker])
            ]

    def healthy(self) -> bool:
        with (
            suppress(OSError),
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2) as said,
        ):
            return bool(said.status == 200)
        return False

    def wait(self, seconds: float = START_SECONDS) -> float:
        """Until it answers; gives the seconds it took."""
        begin = time.monotonic()
        while not self.healthy():
            if time.monotonic() - begin > seconds:
                raise SystemExit(f"a node did not answer:\n{self.log.read_text('utf-8', 'replace')[-3000:]}")
            time.sleep(0.1)
        return time.monotonic() - begin

    def kill(self) -> None:
        """Signal 9 to every process of it at once: each has a session, and so a group, of its own."""
        for process in self.processes:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        for process in self.processes:
            process.wait()
