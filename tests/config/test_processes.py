"""The web server and its workers live and die together."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from yice.config.serving import require_port
from yice.terms.errors import Problem

pytestmark = pytest.mark.slow

SUPERVISE = """
import sys
from yice.config.processes import supervise
main = [sys.executable, "-c", "import time; time.sleep(60)"]
helper = [sys.executable, "-c", "import os, sys, time; open(sys.argv[1], 'a').write(f'{os.getpid()} '); time.sleep(60)"]
sys.exit(supervise([main, [*helper, sys.argv[1]]]))
"""


def until(true: Callable[[], object], what: str) -> None:
    end = time.monotonic() + 30
    while not true():
        assert time.monotonic() < end, f"waited too long for: {what}"
        time.sleep(0.05)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_helper_that_dies_is_started_again_and_all_end_with_their_parent(tmp_path: Path) -> None:
    notes = tmp_path / "pids"
    notes.touch()
    parent = subprocess.Popen([sys.executable, "-c", SUPERVISE, str(notes)])
    until(lambda: notes.read_text().split(), "the helper")
    first = int(notes.read_text().split()[0])
    os.kill(first, signal.SIGKILL)
    until(lambda: len(notes.read_text().split()) == 2, "the helper's second start")
    second = int(notes.read_text().split()[1])
    parent.terminate()
    assert parent.wait(20) == 0
    assert not alive(second)


def test_a_taken_port_is_said_in_a_sentence_with_the_next_one_to_try() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Problem) as error:
            require_port("127.0.0.1", port)
    assert str(port) in str(error.value.what)
    assert f"PORT={port + 1}" in str(error.value.fix)
