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
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

HOW_TO_INSTALL = "Debian: apt-get install postgresql"
START_SECONDS = 60
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


@contextmanager
def cluster(*, durable: bool = False) -> Iterator[str]:
    """Run a cluster for the block; gives its address, `postgresql://yice:…@127.0.0.1:PORT/postgres`."""
    folder = binaries()
    if folder is None:
        raise PostgresMissingError(f"PostgreSQL's server is not installed. {HOW_TO_INSTALL}")
    home = Path(tempfile.mkdtemp(prefix="yice-postgres-"))
    server: subprocess.Popen[bytes] | None = None
    try:
        password = secrets.token_hex(12)
        (home / "password").write_text(password, "ascii")
        as_user = _unprivileged(home)
        initdb = [
            str(folder / "initdb"),
            "-D",
            str(home / "data"),
            "-U",
            "yice",
            "--encoding=UTF8",
            "--no-locale",
        ]
        initdb += ["--auth=scram-sha-256", f"--pwfile={home / 'password'}", "--no-sync"]
        made = subprocess.run(initdb, cwd=home, capture_output=True, text=True, check=False, **as_user)
        if made.returncode:
            raise PostgresMissingError(f"initdb failed: {made.stderr.strip()}")
        port = _free_port()
        command = [str(folder / "postgres"), "-D", str(home / "data"), "-p", str(port), "-k", str(home)]
        for name, value in {**SETTINGS, **({} if durable else FORGETFUL)}.items():
            command += ["-c", f"{name}={value}"]
        with (home / "log").open("wb") as log:
            # A session of its own: Ctrl-C reaches the tests first, which then stop the server in order.
            server = subprocess.Popen(
                command, cwd=home, stderr=log, stdout=log, start_new_session=True, **as_user
            )
        address = f"postgresql://yice:{password}@127.0.0.1:{port}/postgres"
        _wait(server, address, home / "log")
        yield address
    finally:
        if server is not None:
            _stop(server)
        shutil.rmtree(home, ignore_errors=True)


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


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(server: subprocess.Popen[bytes], address: str, log: Path) -> None:
    """Until the server accepts connections; says what its log says if it never does."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            psycopg.connect(address, connect_timeout=2).close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return
    raise PostgresMissingError(f"PostgreSQL did not start: {log.read_text('utf-8', 'replace').strip()}")


def _stop(server: subprocess.Popen[bytes]) -> None:
    """Fast shutdown; immediate when it does not answer."""
    for sign, seconds in ((signal.SIGINT, 10), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
        if server.poll() is not None:
            return
        server.send_signal(sign)
        try:
            server.wait(seconds)
        except subprocess.TimeoutExpired:
            continue
