"""A few processes that live and die together: the web server and its workers."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence

GRACE = 15.0  # seconds a child gets to end in order
PAUSE = (0.5, 2.0, 10.0)  # seconds before a child that died is started again, longer each time
STEADY = 60.0  # seconds after which its earlier deaths are forgotten


class _Child:
    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self.command, self.environment = command, environment
        self.deaths = 0
        self.start()

    def start(self) -> None:
        # A session of its own: Ctrl-C reaches only us, and we end the children in order.
        self.process = subprocess.Popen(self.command, env=dict(self.environment), start_new_session=True)  # noqa: S603
        self.began = time.monotonic()
        self.again_at: float | None = None

    def tend(self) -> None:
        """Start it again, a while after it died."""
        now = time.monotonic()
        if self.again_at is not None:
            if now >= self.again_at:
                self.start()
        elif self.process.poll() is not None:
            self.deaths = 1 if now - self.began > STEADY else self.deaths + 1
            self.again_at = now + PAUSE[min(self.deaths, len(PAUSE)) - 1]


def supervise(
    commands: Sequence[Sequence[str]], *, restart: bool = True, environment: Mapping[str, str] | None = None
) -> int:
    """Run `commands` until one of SIGTERM, SIGINT, SIGHUP; the first is the main one: its end ends all.

    The others are started again when they die. Without `restart`, wait until all have ended. Gives an exit code.
    """
    stopping = False

    def stop(*_: object) -> None:
        nonlocal stopping
        stopping = True

    before = {sign: signal.signal(sign, stop) for sign in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    children = [_Child(command, environment or os.environ) for command in commands]
    main = children[0].process
    try:
        while not stopping:
            if restart:
                if main.poll() is not None:
                    break
                for child in children[1:]:
                    child.tend()
            elif all(child.process.poll() is not None for child in children):
                break
            time.sleep(0.2)
    finally:
        _end([child.process for child in children])
        for sign, handler in before.items():
            signal.signal(sign, handler)
    return 0 if stopping else main.returncode


def _end(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """Ask all to end, then make them."""
    for process in processes:
        if process.poll() is None:
            process.terminate()
    end = time.monotonic() + GRACE
    for process in processes:
        try:
            process.wait(max(0.1, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
