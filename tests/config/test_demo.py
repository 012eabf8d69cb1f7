"""One command fills a county and serves it; the second start finds everything in place."""

from __future__ import annotations

import signal
import socket
import sqlite3
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest
from tests.config.site import PEOPLE, ROOT, Site

pytestmark = pytest.mark.slow


def demo(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    command, environment = Site(folder, more={}).command("demo", "--people", str(PEOPLE), *arguments)
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)


def counts(folder: Path) -> dict[str, int]:
    tables = ("identify_person", "identify_finding", "identify_batch", "accounts_user", "audit_event")
    with sqlite3.connect(folder / "yice.sqlite3") as database:
        return {name: database.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables}  # noqa: S608


def test_the_demo_is_filled_once_served_on_its_own_day_and_ends_in_order(demo_folder: Path) -> None:
    filled = counts(demo_folder)
    assert filled["identify_person"] >= 55
    assert filled["identify_finding"] > 0
    assert filled["accounts_user"] == 8

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    second = demo(demo_folder, "--port", str(port))
    try:
        page = _page(f"http://127.0.0.1:{port}/sign-in/")
    finally:
        second.send_signal(signal.SIGINT)
        said, _ = second.communicate(timeout=60)
    assert "演示数据" in page
    assert "2020年6月30日" in page
    assert f"http://127.0.0.1:{port}/" in said
    assert "yice-demo-2020" in said
    assert second.returncode == 0
    assert counts(demo_folder) == filled


def _page(address: str) -> str:
    end = time.monotonic() + 120
    while True:
        try:
            with urllib.request.urlopen(address, timeout=20) as answer:  # noqa: S310 - our own server
                return str(answer.read().decode())
        except OSError:
            assert time.monotonic() < end, "the site did not start"
            time.sleep(0.2)
