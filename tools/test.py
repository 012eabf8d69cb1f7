"""Run every test: on SQLite, again on a real PostgreSQL, and in Chromium. `python -m tools.test [pytest arguments]`.

What the machine lacks is left out loudly; with CI=true it is a failure. Ends with pytest's summary of each round
and the sum of all of them.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET  # our own pytest's report
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Lock
from typing import IO

from tools import assets, postgres

ROOT = Path(__file__).resolve().parents[1]
PROVIDER = ROOT / "tests/accounts/provider"  # a real OpenID provider, of the tests alone
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
NO_TESTS = 5  # pytest's exit code when nothing was selected
IN_BROWSER = "tests/browser"  # so that this round need not read all the others
COUNTED = ("tests", "failures", "errors", "skipped")


class Rounds:
    """The rounds so far: their counts, whether all went well, and what was left out."""

    def __init__(self, arguments: list[str]) -> None:
        self.arguments = arguments
        self.counts = dict.fromkeys(COUNTED, 0)
        self.good = True
        self.left_out: list[str] = []
        self._told = Lock()  # two rounds may end at once

    def run(
        self,
        title: str,
        marks: str,
        *options: str,
        where: tuple[str, ...] = (),
        database: str = "",
        into: IO[str] | None = None,
    ) -> None:
        """One run of pytest over the tests that `marks` selects, below `where` unless the caller asked for others; what
        it says goes `into` a file, if given."""
        print(f"\n=== {title} ===", file=into, flush=True)
        environment = {**_environment(), "YICE_TEST_DATABASE": database}
        if not database:
            del environment["YICE_TEST_DATABASE"]
        begin = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            report = Path(folder) / "report.xml"
            command = [
                sys.executable,
                "-m",
                "pytest",
                "-q",
                "--durations=12",
                "--durations-min=2",
                "-m",
                marks,
                f"--junitxml={report}",
                *options,
            ]
            code = subprocess.run(
                [*command, *(self.arguments or where)],
                cwd=ROOT,
                env=environment,
                check=False,
                stdout=into,
                stderr=subprocess.STDOUT if into else None,
            ).returncode
            with self._told:
                self._count(report)
                # A selection by hand may well find nothing to run on PostgreSQL or in the browser.
                self.good &= code == 0 or (code == NO_TESTS and bool(self.arguments))
        print(f"=== {title}: {time.monotonic() - begin:.0f} s", file=into, flush=True)

    @contextmanager
    def beside(self, title: str, marks: str, *options: str, where: tuple[str, ...] = ()) -> Iterator[None]:
        """A round that mostly waits, run while the block runs another one; what it said is told after the block."""
        with tempfile.TemporaryFile("w+", encoding="utf-8") as said, ThreadPoolExecutor(1) as other:
            round_ = other.submit(self.run, title, marks, *options, where=where, into=said)
            try:
                yield
            finally:
                wait([round_])
                said.seek(0)
                print(said.read(), flush=True)
                round_.result()

    def leave_out(self, title: str, why: str) -> None:
        self.left_out.append(f"{title}: {why}")
        if os.environ.get("CI", "").lower() == "true":
            self.good = False

    def _count(self, report: Path) -> None:
        if report.exists():
            for suite in ET.parse(report).iter("testsuite"):  # noqa: S314
                for name in COUNTED:
                    self.counts[name] += int(suite.get(name, 0))

    def close(self) -> int:
        """The sum, what was left out in a box, and the exit code."""
        if self.left_out:
            width = max(map(len, self.left_out)) + 2
            lines = ["NOT TESTED on this machine:", *self.left_out]
            print(
                "\n".join(
                    ["", "#" * (width + 4), *(f"# {line:<{width}} #" for line in lines), "#" * (width + 4)]
                )
            )
        failed = self.counts["failures"] + self.counts["errors"]
        skipped = self.counts["skipped"]
        passed = self.counts["tests"] - failed - skipped
        print(f"\n{passed} passed, {failed} failed, {skipped} skipped")
        return 0 if self.good and not failed else 1


def _environment() -> dict[str, str]:
    """Ours, with compiled modules kept: the tests start some hundred processes, and half of each start is compiling."""
    environment = dict(os.environ)
    if environment.pop("PYTHONDONTWRITEBYTECODE", ""):
        # Somebody wants no such files among the sources: they have a place of their own.
        environment["PYTHONPYCACHEPREFIX"] = str(ROOT / ".venv" / "pycache")
    return environment


def main() -> int:
    # A stop from outside must still end the cluster.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    rounds = Rounds(sys.argv[1:])
    try:
        assets.install(PROVIDER)
    except assets.CannotBuildError as error:
        rounds.leave_out("OpenID", str(error).splitlines()[0])
    parallel = ("-n", str(min(os.cpu_count() or 1, 4)), "--dist=loadgroup")
    rounds.run("SQLite", "not browser", *parallel)
    with ExitStack() as stack:
        if any(map(shutil.which, CHROMIUM)):
            # A browser and its tests wait for each other; PostgreSQL's round has the cores meanwhile.
            stack.enter_context(rounds.beside("Chromium", "browser", *parallel, where=(IN_BROWSER,)))
        else:
            rounds.leave_out("Chromium", "not installed. Debian: apt-get install chromium fonts-noto-cjk")
        try:
            with postgres.cluster() as address:
                rounds.run(
                    "PostgreSQL",
                    "django_db and not browser and not any_database",
                    *parallel,
                    database=address,
                )
        except postgres.PostgresMissingError as error:
            rounds.leave_out("PostgreSQL", str(error))
    return rounds.close()


if __name__ == "__main__":
    raise SystemExit(main())
