"""A real server that speaks S3, on this machine, in a process of its own."""

from __future__ import annotations

import os
import ssl
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.config.office import Office

from tools import postgres

ACCESS = "yice:not-a-secret@"


@dataclass
class Server:
    """`say(bucket)` is what YICE_FILES is told. With an `office`, an empty folder, it stands behind TLS: its
    certificate is vouched for by the `ca.pem` there."""

    port: int = field(default_factory=postgres.free_port)
    office: Path | None = None
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)]
        if self.office:
            Office(self.office).server("localhost")
            command += ["-c", f"{self.office}/server.pem", "-k", f"{self.office}/server.key"]
        clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        self.process = subprocess.Popen(
            command, env=clean, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for _ in range(300):
            with suppress(OSError):
                self.ask("GET", "")
                return
            time.sleep(0.1)
        raise AssertionError("the server did not answer")

    def stop(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def ask(self, method: str, path: str, body: bytes | None = None) -> bytes:
        """What somebody with the bucket's own access sees or does."""
        address = f"{'https' if self.office else 'http'}://localhost:{self.port}/{path}"
        known = ssl.create_default_context(cafile=self.office / "ca.pem") if self.office else None
        told = {"Content-Type": "application/octet-stream"}
        asked = urllib.request.Request(address, body, told, method=method)  # noqa: S310 - ours
        with urllib.request.urlopen(asked, timeout=30, context=known) as answer:  # noqa: S310
            return bytes(answer.read())

    def bucket(self) -> str:
        name = f"yice-{uuid.uuid4().hex[:12]}"
        self.ask("PUT", name)
        return name

    def say(self, bucket: str) -> str:
        if self.office:
            return f"s3://{ACCESS}localhost:{self.port}/{bucket}/site?ca={self.office}/ca.pem"
        return f"s3+http://{ACCESS}127.0.0.1:{self.port}/{bucket}/site"


@contextmanager
def serving(office: Path | None = None) -> Iterator[Server]:
    held = Server(office=office)
    held.start()
    try:
        yield held
    finally:
        held.stop()
