"""Build the container image and try it: `python -m bench.image [--base IMAGE] [--home FOLDER]` (root, Debian's packages).

    apt-get install --no-install-recommends bubblewrap buildah crun mmdebstrap postgresql

Without `--base` the base is made of Debian's packages alone, so that no registry of images is asked. Then, as
`compose.yaml` runs it: root file system read-only, no rights, no root, `/tmp` in memory; against a PostgreSQL of its
own: a county filled by its jobs, pages, health, readiness, a sign-in, an upload read by a job, and an end in order.
"""

from __future__ import annotations

import argparse
import http.cookiejar
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tools import postgres

ROOT = Path(__file__).resolve().parents[1]
IMAGE, BASE = "localhost/yice", "localhost/yice-base"
SITE = 10001  # the user that the image names
PATIENCE = 120.0  # seconds
CERTIFICATES = "/etc/ssl/certs"  # the building machine's: an office's network may sign what comes through it
DEMO = {"YICE_DEMO": "1", "YICE_TODAY": "2020-06-30"}
PASSWORD = "yice-demo-2020"  # noqa: S105 - a demo's, shown on its sign-in page


def run(*command: str, cwd: Path = ROOT) -> str:
    done = subprocess.run(command, cwd=cwd, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.strip()


class Store:
    """Images and containers in a folder of their own, without a service."""

    def __init__(self, folder: Path) -> None:
        self._words = ["buildah", "--storage-driver", "vfs", "--root", str(folder / "images")]
        self._words += ["--runroot", str(folder / "running")]
        os.environ["BUILDAH_ISOLATION"] = "chroot"

    def __call__(self, *words: str) -> str:
        return run(*self._words, *words)

    def base(self, folder: Path) -> str:
        """Debian 12 with Python, of packages alone."""
        packages = "--include=python3,python3-venv,ca-certificates"
        suites = ("bookworm main", "bookworm-updates main"), ("bookworm-security main",)
        lines = [f"deb http://deb.debian.org/debian {one}" for one in suites[0]]
        lines += [f"deb http://deb.debian.org/debian-security {one}" for one in suites[1]]
        run(
            "mmdebstrap",
            "--quiet",
            "--variant=minbase",
            packages,
            "bookworm",
            str(folder / "base.tar"),
            *lines,
        )
        made = self("from", "scratch")
        self("add", "--quiet", made, str(folder / "base.tar"), "/")
        for name in ("SSL_CERT_FILE", "PIP_CERT", "NODE_EXTRA_CA_CERTS"):
            self("config", "--env", f"{name}={CERTIFICATES}/ca-certificates.crt", made)
        self("commit", "--quiet", "--rm", made, BASE)
        return BASE

    def built(self) -> dict[str, Any] | None:
        """What an image that is there says of how it is run."""
        if IMAGE not in self("images", "--format", "{{.Name}}"):
            return None
        said: dict[str, Any] = json.loads(self("inspect", "--type", "image", IMAGE))["Docker"]["config"]
        return said

    def build(self, base: str) -> dict[str, Any]:
        """The image; gives what it says of how it is run."""
        self(
            "build", "--format", "docker", "--network", "host", "--volume", f"{CERTIFICATES}:{CERTIFICATES}:ro",
            "--build-arg", f"BASE={base}", "--file", "deploy/container/Containerfile", "--tag", IMAGE, ".",
        )  # fmt: skip
        return self.built() or {}


class Box:
    """A container as `compose.yaml` asks for it, on the image's files, which stay as they are: by `bwrap`, which needs
    no service and no control groups. The network is this machine's: the database and whoever asks are here."""

    def __init__(self, root: str, said: dict[str, Any], folder: Path, more: dict[str, str]) -> None:
        self.root, self.said, self.more = root, said, more
        self.data = folder / "data"
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(mode=0o700)
        os.chown(self.data, SITE, SITE)
        for above in Path(root).parents:
            if above.is_relative_to(folder):
                above.chmod(0o711)  # its user must come there
        assert said["User"] == str(SITE) and said["Healthcheck"], said

    def start(self, *words: str) -> subprocess.Popen[str]:
        given = [*self.said["Env"], *(f"{name}={value}" for name, value in self.more.items())]
        command = f"bwrap --ro-bind {self.root} / --proc /proc --dev /dev --tmpfs /tmp".split()
        command += ["--bind", str(self.data), "/srv/yice", "--chdir", self.said["WorkingDir"], "--clearenv"]
        for name, _, value in (one.partition("=") for one in given):
            command += ["--setenv", name, value]
        command += ["--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--as-pid-1"]
        command += f"--uid {SITE} --gid {SITE} --cap-drop ALL --".split()
        command += [*self.said["Entrypoint"], *words]
        return subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            user=SITE, group=SITE, extra_groups=[],
        )  # fmt: skip

    def done(self, *words: str) -> str:
        process = self.start(*words)
        said, _ = process.communicate(timeout=600)
        assert process.returncode == 0, said
        return said

    def within(self, script: str) -> str:
        """What the shell in the box says."""
        kept, self.said = self.said, {**self.said, "Entrypoint": []}
        try:
            return self.done("/bin/sh", "-c", script)
        finally:
            self.said = kept


class Visitor:
    """Somebody behind the proxy with TLS."""

    def __init__(self, port: int) -> None:
        self.at = f"http://127.0.0.1:{port}"
        self.jar = http.cookiejar.CookieJar(
            http.cookiejar.DefaultCookiePolicy(secure_protocols=("http", "https"))
        )
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def ask(self, path: str, body: bytes | None = None, kind: str = "") -> tuple[int, str, str]:
        asked = urllib.request.Request(self.at + path, body)  # noqa: S310 - this machine's
        asked.add_header("X-Forwarded-Proto", "https")
        asked.add_header("Referer", self.at.replace("http", "https") + path)
        if kind:
            asked.add_header("Content-Type", kind)
        try:
            with self.opener.open(asked, timeout=30) as answer:
                return answer.status, answer.read().decode(), answer.url
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode(), ""

    def sent(self, path: str, file: Path | None = None, **said: str) -> tuple[int, str, str]:
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.ask(path)[1])
        assert token is not None, path
        said["csrfmiddlewaretoken"] = token[1]
        if file is None:
            return self.ask(path, urlencode(said).encode(), "application/x-www-form-urlencoded")
        line = uuid.uuid4().hex
        parts = [
            f'--{line}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in said.items()
        ]
        parts += [f'--{line}\r\nContent-Disposition: form-data; name="file"; filename="a.xlsx"\r\n\r\n']
        body = "".join(parts).encode() + file.read_bytes() + f"\r\n--{line}--\r\n".encode()
        return self.ask(path, body, f"multipart/form-data; boundary={line}")


def until(true: Callable[[], object], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, f"waited too long for: {what}"
        time.sleep(0.5)


def first_of(pid: int) -> int:
    """The first process in the box: the one that an engine would tell to end."""
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])


@contextmanager
def serving(box: Box, port: int) -> Iterator[Visitor]:
    process = box.start("serve", "--host", "0.0.0.0", "--port", str(port))  # noqa: S104 - as compose.yaml does
    try:
        visitor = Visitor(port)

        def ready() -> bool:
            assert process.poll() is None, process.stdout.read() if process.stdout else ""
            try:
                return visitor.ask("/readyz")[0] == 200
            except OSError:
                return False

        until(ready, "/readyz")
        yield visitor
        began = time.monotonic()
        os.kill(first_of(process.pid), signal.SIGTERM)
        code = process.wait(30)
        print(f"ended in order with {code} after {time.monotonic() - began:.1f} s")
        assert code in (0, 143), code
    finally:
        process.kill()


def tried(box: Box, port: int) -> None:
    said = box.within(
        "id -u; touch /opt/yice/x; touch /etc/x; touch /tmp/x && echo tmp; cat /proc/self/status"
    )
    assert (
        said.splitlines()[0] == str(SITE)
        and said.count("Read-only file system") + said.count("Permission denied") == 2
        and "\ntmp\n" in said
    )
    assert re.search(r"CapEff:\s0{16}\n", said) and re.search(r"NoNewPrivs:\s1\n", said), said
    print("read-only, no root, no rights")
    box.done("demo", "--people", "60", "--only-fill")
    print("tables made, a county filled by its jobs, on PostgreSQL")
    with serving(box, port) as visitor:
        assert visitor.ask("/healthz")[0] == 200
        assert visitor.sent("/sign-in/", username="luo", password=PASSWORD)[0] == 200
        left = next((box.data / "files").glob("deaths_health*"))
        day = {"as_of_0": "2020", "as_of_1": "6", "as_of_2": "1"}
        status, page, at = visitor.sent(
            "/imports/new/", left, kind="deaths_health", area="440704000000", whole="no", **day
        )
        assert status == 200 and "/jobs/" in at, (status, at, page[:3000])
        path = at.partition(str(port))[2]
        until(lambda: "/jobs/" not in visitor.ask(path)[2] or "完成" in visitor.ask(path)[1], "the job")
        print("signed in, uploaded, read by the job")
    wrong = [line for line in box.done("doctor").splitlines() if line.startswith(("✗", "!"))]
    print("doctor:", *(wrong or ["nothing wrong"]), sep="\n  ")


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--base", help="an image with Debian 12, Python 3.11 and venv")
    asked.add_argument(
        "--home", type=Path, help="a folder that keeps the images; an image in it is tried, not built"
    )
    said = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="yice-image-", ignore_cleanup_errors=True) as held:
        folder: Path = said.home or Path(held)
        store = Store(folder)
        how = store.built() or store.build(said.base or store.base(folder))
        print("built:", how["Entrypoint"], how["Cmd"], flush=True)
        made = store("from", "--pull-never", IMAGE)
        root = store("mount", made)
        port = postgres.free_port()
        with postgres.cluster(durable=True) as address:
            more = {**DEMO, "YICE_DATABASE": address, "YICE_HTTPS": "1", "YICE_LANG": "zh"}
            tried(Box(root, how, folder, more), port)
        store("rm", made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
