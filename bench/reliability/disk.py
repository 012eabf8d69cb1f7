"""The disk of a real server runs full under writers, and has room again: a tmpfs of its own, which needs root."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bench.reliability.clients import Writers
from bench.reliability.kills import WRITERS, judged, until
from bench.reliability.nodes import Node, environment, part

from tools import postgres

ROOM = {"postgresql": "220m", "sqlite": "48m"}
FULL_FOR = 5.0  # seconds


def run(_rounds: int) -> bool:
    """On PostgreSQL, whose log of writes shares the disk and which so may stop, and on SQLite."""
    if os.geteuid() != 0:
        print("left out: a tmpfs of its own needs root")
        return True
    held = [_full(vendor) for vendor in ROOM]  # both, whatever the first says
    return all(held)


@contextmanager
def _disk(size: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="yice-disk-") as name:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "tmpfs", name], check=True)
        try:
            yield Path(name)
        finally:
            subprocess.run(["umount", "-l", name], check=True)


def _full(vendor: str) -> bool:
    with _disk(ROOM[vendor]) as disk, tempfile.TemporaryDirectory(prefix="yice-reliability-") as name:
        home, server = Path(name), None
        if vendor == "postgresql":
            (disk / "postgres").mkdir()
            server = postgres.Server(
                disk / "postgres", durable=True, settings={"max_wal_size": "48MB", "shared_buffers": "32MB"}
            )
            server.start()
        env = environment(home / "var", server.address if server else str(disk / "yice.sqlite3"))
        world = json.loads(part("settle", env=env))
        node = Node(env, home / "node.log", web_only=True)
        node.start()
        try:
            node.wait()
            writers = Writers(ports=[node.port], count=WRITERS, **world)
            writers.start()
            until(lambda: len(writers.told.acknowledged) >= 100, "somebody to write")
            _fill(disk / "ballast")
            begin, full = writers.told.statuses[503], time.monotonic()
            until(lambda: writers.told.statuses[503] > begin, "the disk to be noticed")
            while time.monotonic() < full + FULL_FOR:
                _fill(disk / "ballast")
                time.sleep(0.2)
            before = len(writers.told.acknowledged)
            (disk / "ballast").unlink()
            stopped = server is not None and server.process is not None and server.process.poll() is not None
            if stopped and server is not None:
                server.start()  # as its unit would
            room = time.monotonic()
            until(lambda: len(writers.told.acknowledged) > before + 50, "writing to go on by itself")
            back = time.monotonic() - room
            good = judged(writers.stop(), home, env)
        finally:
            node.kill()
            if server is not None:
                server.kill()
        print(
            f"{vendor}: full for {FULL_FOR:.0f} s, 50 writes {back:.1f} s after there was room; the database {'had stopped' if stopped else 'went on'}"
        )
        return good


def _fill(path: Path) -> None:
    """Take what room there is."""
    with path.open("ab", buffering=0) as ballast, suppress(OSError):
        while ballast.write(bytes(1 << 16)):
            continue
