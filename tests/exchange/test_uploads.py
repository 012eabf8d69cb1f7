"""What is uploaded is looked at for viruses before anything reads it, and nobody fills the disk alone."""

from __future__ import annotations

import shutil
import socketserver
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.cast import COUNTY, Cast
from tests.exchange import import_cast as people

from yice.audit.models import Event
from yice.config.doctor import space
from yice.exchange.imports import services
from yice.loop.identify.models import Batch
from yice.shelf import scanner
from yice.terms.errors import Problem


class Clamd(socketserver.BaseRequestHandler):
    """Speaks the protocol as clamd does: a command, pieces with their length, an answer."""

    def handle(self) -> None:
        whole, stream = b"", self.request.makefile("rb")
        assert stream.read(10) == b"zINSTREAM\0"
        while size := int.from_bytes(stream.read(4)):
            whole += stream.read(size)
        self.request.sendall(b"stream: Eicar FOUND\0" if scanner.KNOWN in whole else b"stream: OK\0")


@contextmanager
def small_clamd(place: Path) -> Iterator[str]:
    with socketserver.ThreadingUnixStreamServer(str(place / "s"), Clamd) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"unix:{place / 's'}"
        server.shutdown()


@contextmanager
def real_clamd(place: Path) -> Iterator[str]:
    """Debian's, with a signature of our own making."""
    program = shutil.which("clamd")
    if program is None:
        pytest.skip("clamd is not installed (Debian: apt-get install clamav-daemon)")
    (place / "db").mkdir()
    (place / "db/own.ndb").write_text(f"Known:0:*:{scanner.KNOWN.hex()}\n")
    told = f"LocalSocket {place}/s\nDatabaseDirectory {place}/db\nForeground yes\nStreamMaxLength 1M\n"
    (place / "clamd.conf").write_text(told)
    place.chmod(0o755)
    process = subprocess.Popen(
        [program, "-c", str(place / "clamd.conf")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        end = time.monotonic() + 30
        while not (place / "s").exists() and time.monotonic() < end:
            time.sleep(0.1)
        yield f"unix:{place / 's'}"
    finally:
        process.terminate()
        process.wait()


@pytest.mark.parametrize("serving", [small_clamd, real_clamd])
def test_a_scanner_is_shown_all_of_a_file_and_knows_what_every_scanner_knows(
    serving: Any, settings: Any, tmp_path: Path
) -> None:
    with serving(tmp_path) as settings.YICE_SCANNER:
        scanner.require_clean([b"a" * 300_000, b"b"])
        with pytest.raises(Problem, match="查出病毒"):
            scanner.require_clean([b"a" * 300_000 + scanner.KNOWN[:30], scanner.KNOWN[30:]])
        assert [one.level for one in space.virus_scanner()] == ["ok"]
        if serving is real_clamd:  # larger than it will look at: not taken
            with pytest.raises(Problem, match="没有应答"):
                scanner.require_clean([b"a" * 2_000_000])


def test_a_scanner_on_another_machine_would_get_the_file_in_clear_and_is_not_a_setting() -> None:
    assert scanner.address_of("tcp://127.0.0.1:3310") == ("127.0.0.1", 3310)
    for wrong in ("tcp://10.0.0.1:3310", "tcp://127.0.0.1", "/run/clamd.ctl", "http://127.0.0.1:1"):
        with pytest.raises(ValueError):
            scanner.address_of(wrong)


@pytest.mark.django_db
@pytest.mark.any_database
def test_an_infected_file_is_not_taken_and_without_the_scanner_none_is(
    cast: Cast, settings: Any, tmp_path: Path
) -> None:
    client = Client()
    client.force_login(cast.he)

    def sent(content: bytes) -> Any:
        file = SimpleUploadedFile("名册.csv", content)
        form = {"kind": "registry", "as_of_0": "2020", "as_of_1": "6", "as_of_2": "1", "area": COUNTY}
        return client.post("/imports/new/", {**form, "whole": "no", "file": file})

    clean = people.write_csv(tmp_path / "a.csv", people.everybody()).read_bytes()
    with small_clamd(tmp_path) as settings.YICE_SCANNER:
        answer = sent(clean + scanner.KNOWN)
        assert answer.status_code == 422 and "查出病毒" in answer.content.decode()
        assert Event.objects.get(code="upload.infected").actor == cast.he
        assert Batch.objects.count() == 0 and sent(clean).status_code == 302
        assert Batch.objects.count() == 1
    answer = sent(clean)
    assert answer.status_code == 503 and "没有收下" in answer.content.decode()
    assert Batch.objects.count() == 1 and [one.level for one in space.virus_scanner()] == ["fail"]


@pytest.mark.django_db
@pytest.mark.any_database
def test_one_account_has_only_so_much_waiting(cast: Cast, settings: Any, tmp_path: Path) -> None:
    path = people.write_csv(tmp_path / "registry.csv", people.everybody())
    asked = {"kind": "registry", "area": COUNTY, "as_of": people.AS_OF, "actor": cast.he, "path": path}
    settings.YICE_UPLOAD_TOTAL = 2 * path.stat().st_size
    batch = services.receive(**asked)
    with pytest.raises(Problem, match="太多"):
        services.receive(**asked)
    services.discard(actor=cast.he, batch=batch)
    services.receive(**asked)
