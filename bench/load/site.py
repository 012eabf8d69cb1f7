"""The site under load: `yice serve` on a database of the kept cluster, what its processors did, and who signs in."""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?')


def environment(database: str, var: Path, day: str) -> dict[str, str]:
    """A process's environment with no setting of this machine's, on this database."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("YICE_")}
    return clean | {
        "YICE_VAR": str(var),
        "YICE_DATABASE": database,
        "YICE_TODAY": day,
        "YICE_PAGE_RATE": "1000000",  # 500 people, and each quicker than by hand
        "YICE_LOG": "ERROR",  # slow answers are what is measured here
        "DJANGO_SETTINGS_MODULE": "yice.config.settings",
    }


class Site:
    """`yice serve` in a process of its own."""

    def __init__(self, around: Mapping[str, str], *options: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        command = [
            sys.executable,
            "-m",
            "yice.config.cli",
            "serve",
            "--port",
            str(self.port),
            "--workers",
            "0",
            *options,
        ]
        self.process = subprocess.Popen(command, env=dict(around), stdout=subprocess.DEVNULL)
        end = time.monotonic() + 300
        while time.monotonic() < end:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
                connection.request("GET", "/healthz")
                connection.getresponse().read()
                return
            except OSError:
                time.sleep(0.2)
        raise SystemExit("The site did not start.")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)

    def memory(self) -> float:
        """MB of its processes that nobody else holds."""
        return sum(_private(pid) for pid in family(self.process.pid)) / 1e6

    def seconds(self) -> float:
        """Processor seconds of its processes so far."""
        return sum(_seconds(pid) for pid in family(self.process.pid))


@contextmanager
def site(around: Mapping[str, str], *options: str) -> Iterator[Site]:
    made = Site(around, *options)
    try:
        yield made
    finally:
        made.stop()


def family(root: int) -> list[int]:
    """A process and all below it."""
    above: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            above.setdefault(int(fields[1]), []).append(int(entry.name))
    found = [root]
    for pid in found:
        found += above.get(pid, [])
    return found


def _seconds(pid: int) -> float:
    """Its own, and of the children it has waited for."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(int(fields[at]) for at in (11, 12, 13, 14)) / TICKS


def seconds(root: int) -> float:
    return sum(_seconds(pid) for pid in family(root))


def _private(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Private"))


class Browser:
    """One signed-in user with one connection, as a browser keeps it."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, said: Mapping[str, str] | None = None) -> tuple[int, str, str]:
        """Status, text, and where it leads."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), "Accept": "text/html",
                   "Accept-Encoding": "identity"}  # fmt: skip
        body = urlencode(said, doseq=True) if said is not None else None
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
        except (http.client.RemoteDisconnected, ConnectionError):
            if method != "GET":
                raise
            self.connection.close()  # the server closes a line that nothing came over for a while
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                cookie, _, content = value.partition(";")[0].partition("=")
                self.cookies[cookie] = content
        return answer.status, text, answer.getheader("Location") or ""

    def sign_in(self, username: str, password: str) -> None:
        _, text, _ = self.ask("GET", "/sign-in/")
        said = {**dict(HIDDEN.findall(text)), "username": username, "password": password}
        status, _, _ = self.ask("POST", "/sign-in/", said)
        if status != 302:
            raise SystemExit(f"{username} cannot sign in: {status}")
