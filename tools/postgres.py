"""A private PostgreSQL cluster for tests and benchmarks, made from the machine's own binaries and gone afterwards.

It listens on 127.0.0.1 only, asks for a random password and, for tests, gives up durability for speed.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg

HOW_TO_INSTALL = "Debian: apt-get install postgresql"
START_SECONDS = 120
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "max_connections": "60",
    "log_min_messages": "fatal",
}
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class PostgresMissingError(Exception):
    """The machine has no PostgreSQL server, or it did not start; the text says which."""


def binaries() -> Path | None:
    """The folder with initdb and postgres: the newest under /usr/lib/postgresql, else where PATH finds them."""
    versions = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if versions:
        return max(versions, key=lambda path: float(path.parent.name))
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


class Server:
    """A cluster in `home`, made there unless it was before, which can be started, stopped, killed and started again."""

    process: subprocess.Popen[bytes] | None = None

    def __init__(
        self, home: Path, *, durable: bool = False, settings: Mapping[str, str] | None = None
    ) -> None:
        folder = binaries()
        if folder is None:
            raise PostgresMissingError(f"PostgreSQL's server is not installed. {HOW_TO_INSTALL}")
        self.home = home
        if not (home / "password").exists():
            (home / "password").write_text(secrets.token_hex(12), "ascii")
        password = (home / "password").read_text("ascii")
        self._as_user = _unprivileged(home)
        if not (home / "data" / "PG_VERSION").exists():
            self._make(folder)
        port = free_port()
        self.address = f"postgresql://yice:{password}@127.0.0.1:{port}/postgres"
        self._command = [str(folder / "postgres"), "-D", str(home / "data"), "-p", str(port), "-k", str(home)]
        for name, value in {**SETTINGS, **({} if durable else FORGETFUL), **(settings or {})}.items():
            self._command += ["-c", f"{name}={value}"]

    def _make(self, folder: Path) -> None:
        home = self.home
        initdb = [str(folder / "initdb"), "-D", str(home / "data"), "-U", "yice", "--encoding=UTF8"]
        initdb += ["--no-locale", "--auth=scram-sha-256", f"--pwfile={home / 'password'}", "--no-sync"]
        made = subprocess.run(initdb, cwd=home, capture_output=True, text=True, check=False, **self._as_user)
        if made.returncode:
            raise PostgresMissingError(f"initdb failed: {made.stderr.strip()}")

    def start(self) -> None:
        """Returns once it accepts connections; says what its log says if it never does."""
        log = self.home / "log"
        with log.open("ab") as said:
            # A session of its own: Ctrl-C reaches the tests first, which then stop the server in order.
            self.process = subprocess.Popen(
                self._command,
                cwd=self.home,
                stderr=said,
                stdout=said,
                start_new_session=True,
                **self._as_user,
            )
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self.process.poll() is None:
            try:
                psycopg.connect(self.address, connect_timeout=2).close()
            except psycopg.OperationalError:
                time.sleep(0.1)
            else:
                return
        raise PostgresMissingError(f"PostgreSQL did not start: {log.read_text('utf-8', 'replace').strip()}")

    def kill(self) -> None:
        """Signal 9 to every process of the server at once; each backend has a session of its own."""
        if self.process is None or self.process.poll() is not None:
            return
        children = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(self.process.pid)],  # noqa: S607
            capture_output=True,
            text=True,
            check=False,
        ).stdout.split()
        for pid in (self.process.pid, *map(int, children)):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()

    def stop(self, patience: int = 10) -> None:
        """Fast shutdown; immediate when it does not answer within `patience` seconds."""
        for sign, seconds in ((signal.SIGINT, patience), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
            if self.process is None or self.process.poll() is not None:
                return
            self.process.send_signal(sign)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(seconds)


@contextmanager
def cluster(
    *, durable: bool = False, keep: Path | None = None, settings: Mapping[str, str] | None = None
) -> Iterator[str]:
    """Run a cluster for the block; gives its address, `postgresql://yice:…@127.0.0.1:PORT/postgres`.

    `keep`: the folder it stays in when the block ends, and where one that was kept is started again.
    """
    home = keep or Path(tempfile.mkdtemp(prefix="yice-postgres-"))
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        server = Server(home, durable=durable, settings=settings)
        try:
            server.start()
            yield server.address
        finally:
            server.stop(60 if keep else 10)
    finally:
        if keep is None:
            shutil.rmtree(home, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _unprivileged(home: Path) -> dict[str, Any]:
    """Popen's arguments for a user who is not root (initdb refuses root), to whom `home` is handed."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        os.chown(home, entry.pw_uid, entry.pw_gid)
        os.chown(home / "password", entry.pw_uid, entry.pw_gid)
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise PostgresMissingError("No unprivileged user (postgres or nobody) to run PostgreSQL as.")
