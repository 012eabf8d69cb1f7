"""The shipped nginx.conf in a real nginx: TLS of today alone, and what visitors say of themselves is overwritten."""

from __future__ import annotations

import http.server
import json
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from typing import Any

import pytest
from tests.config.office import Office
from tools.postgres import free_port

SHIPPED = Path(__file__).resolve().parents[2] / "deploy/nginx.conf"
NAME = "yice.example.org"
MAIN = "daemon off; pid {0}/pid; error_log {0}/log; events {{}} http {{ {1} {2} }}"
PLACES = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
HSTS = "Strict-Transport-Security"


class Site(http.server.BaseHTTPRequestHandler):
    """Behind the proxy: tells what reached it."""

    def do_GET(self) -> None:
        body = json.dumps({name.lower(): value for name, value in self.headers.items()}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header(HSTS, "from the site")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *said: Any) -> None:
        """Nothing."""


class Front:
    def __init__(self, folder: Path) -> None:
        self.folder, self.tls, self.plain = folder, free_port(), free_port()

    def visit(self, path: str, headers: dict[str, str] | None = None, **how: Any) -> Any:
        """The answer, its text read; ssl.SSLError where they find no common way."""
        name = how.pop("name", NAME)
        context = ssl.create_default_context(cafile=str(self.folder / "ca.pem"))
        for setting, value in how.items():
            context.set_ciphers(value) if setting == "ciphers" else setattr(context, setting, value)
        to = HTTPSConnection("127.0.0.1", self.tls, context=context, timeout=10)
        to.sock = context.wrap_socket(socket.create_connection(("127.0.0.1", self.tls)), server_hostname=name)
        with to.sock:
            self.version, self.cipher = to.sock.version(), to.sock.cipher()[0]  # type: ignore[attr-defined]
            to.request("GET", path, headers={"Host": name, **(headers or {})})
            answer = to.getresponse()
            answer.text = answer.read().decode()  # type: ignore[attr-defined]
        return answer


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
    if program is None:
        pytest.skip("nginx is not installed (Debian: apt-get install nginx-light)")
    folder = tmp_path_factory.mktemp("front")
    Office(folder).server(NAME)
    front = Front(folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site) as site:
        threading.Thread(target=site.serve_forever, daemon=True).start()
        text = SHIPPED.read_text("utf-8")
        for ours, theirs in (
            ("/etc/ssl/yice.pem", f"{folder}/server.pem"),
            ("/etc/ssl/private/yice.key", f"{folder}/server.key"),
            ("127.0.0.1:8000", f"127.0.0.1:{site.server_port}"),
            ("listen 443 ", f"listen 127.0.0.1:{front.tls} "),
            ("listen 80", f"listen 127.0.0.1:{front.plain}"),
        ):
            assert ours in text
            text = text.replace(ours, theirs)
        places = "".join(f"{one}_temp_path {folder}/{one};" for one in PLACES)
        (folder / "conf").write_text(MAIN.format(folder, places, text), "utf-8")
        words = [program, "-p", str(folder), "-c", str(folder / "conf"), "-e", str(folder / "log")]
        tested = subprocess.run([*words, "-t"], capture_output=True, text=True, check=False)
        assert tested.returncode == 0 and "warn" not in tested.stderr, tested.stderr
        process = subprocess.Popen(words, stderr=subprocess.DEVNULL)
        try:
            end = time.monotonic() + 10
            while time.monotonic() < end:
                with suppress(OSError), socket.create_connection(("127.0.0.1", front.plain)):
                    break
                time.sleep(0.05)
            yield front
        finally:
            process.terminate()
            process.wait()
            site.shutdown()


def test_what_a_visitor_says_of_themselves_does_not_reach_the_site(front: Front) -> None:
    lies = {
        "X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "http", "X-Forwarded-Host": "evil.example",
        "X-Real-IP": "203.0.113.9", "Forwarded": "for=203.0.113.9", "X-Request-ID": "a" * 32,
    }  # fmt: skip
    answer = front.visit("/", lies)
    said = json.loads(answer.text)
    assert (said["x-forwarded-for"], said["x-forwarded-proto"], said["host"]) == ("127.0.0.1", "https", NAME)
    assert (
        not {"x-forwarded-host", "x-real-ip", "forwarded"} & said.keys() and said["x-request-id"] != "a" * 32
    )
    assert answer.getheader("Server") == "nginx"


def test_a_browser_stays_on_tls_whoever_answers(front: Front) -> None:
    for path, status in (("/", 200), ("/metrics", 404)):
        answer = front.visit(path)
        assert answer.status == status
        assert answer.headers.get_all(HSTS) == ["max-age=31536000; includeSubDomains; preload"]
    plain = HTTPConnection("127.0.0.1", front.plain, timeout=10)
    plain.request("GET", "/a?b=1", headers={"Host": NAME})
    answer = plain.getresponse()
    assert (answer.status, answer.getheader("Location")) == (301, f"https://{NAME}/a?b=1")
    plain.close()


def test_another_name_gets_no_page_and_no_certificate(front: Front) -> None:
    with pytest.raises(ssl.SSLError, match="UNRECOGNIZED_NAME"):
        front.visit("/", name="evil.example")


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_old_tls_is_refused(front: Front, version: ssl.TLSVersion) -> None:
    weak = {"ciphers": "ALL:@SECLEVEL=0", "minimum_version": version, "maximum_version": version}
    with pytest.raises(ssl.SSLError, match="ALERT_PROTOCOL_VERSION"):
        front.visit("/", **weak)


def test_todays_tls_is_taken_with_strong_ciphers_alone(front: Front) -> None:
    front.visit("/")
    assert front.version == "TLSv1.3"
    old = {"maximum_version": ssl.TLSVersion.TLSv1_2}
    front.visit("/", **old)
    assert front.version == "TLSv1.2" and front.cipher.startswith("ECDHE-") and "GCM" in front.cipher
    for weak in ("ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA384", "ECDHE-ECDSA-AES128-CCM"):
        with pytest.raises(ssl.SSLError, match="HANDSHAKE_FAILURE"):
            front.visit("/", ciphers=f"{weak}:@SECLEVEL=0", **old)
