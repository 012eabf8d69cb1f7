"""Nothing lost: kill -9 of PostgreSQL and of the application under 16 writers. `python -m bench.reliability --rounds 200`.

Writers take needs for fifty people through the service, as the pages do, each with its own key, and note a key as
acknowledged only after the service returned. Each round kills PostgreSQL (every process of it) or half of the writers,
with signal 9, in the middle of their work; whoever was cut off sends the same key again. At the end every
acknowledged key must be there exactly once, no need half made, and the audit chain whole.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg

from tools import postgres

WRITERS, PEOPLE = 16, 50
KINDS = 5


class Server:
    """A durable PostgreSQL that can be killed and started again on the same data."""

    def __init__(self, home: Path) -> None:
        self.home, self.port = home, postgres._free_port()
        folder = postgres.binaries()
        if folder is None:
            raise SystemExit(postgres.HOW_TO_INSTALL)
        self.folder = folder
        (home / "password").write_text("reliability", "ascii")
        self.user = postgres._unprivileged(home)
        made = [
            str(folder / "initdb"),
            "-D",
            str(home / "data"),
            "-U",
            "yice",
            "--encoding=UTF8",
            "--no-locale",
        ]
        made += ["--auth=scram-sha-256", f"--pwfile={home / 'password'}"]
        subprocess.run(made, cwd=home, check=True, stdout=subprocess.DEVNULL, **self.user)
        self.address = f"postgresql://yice:reliability@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        command = [str(self.folder / "postgres"), "-D", str(self.home / "data"), "-p", str(self.port)]
        command += ["-k", str(self.home), "-c", "listen_addresses=127.0.0.1", "-c", "max_connections=60"]
        with (self.home / "log").open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=self.home, stdout=log, stderr=log, start_new_session=True, **self.user
            )
        postgres._wait(self.process, self.address, self.home / "log")

    def kill(self) -> None:
        """Every process of the server at once; those that keep their own session are found by their parent."""
        children = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(self.process.pid)], capture_output=True, text=True, check=False
        ).stdout.split()
        for pid in (str(self.process.pid), *children):
            try:
                os.kill(int(pid), signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.process.wait()


def write(name: str, acknowledged: Path) -> None:
    """One writer: a need after another until it is killed."""
    import django

    django.setup()
    import uuid

    from django.db import DatabaseError, InterfaceError, connection

    from yice.accounts.models import User
    from yice.loop.identify.enums import Channel
    from yice.loop.identify.models import Person
    from yice.loop.identify.services.needs import record_need
    from yice.rules.services import NEEDS

    rng, kinds = random.Random(f"{name}{time.time_ns()}"), sorted(NEEDS)[:KINDS]  # noqa: S311 - no secret
    key = ""
    with acknowledged.open("a", buffering=1) as done:
        while True:
            key = key or uuid.uuid4().hex
            try:
                people = list(Person.objects.order_by("pk"))
                record_need(
                    actor=User.objects.get(username="he"),
                    person=rng.choice(people),
                    kind=rng.choice(kinds),
                    channel=Channel.VISIT,
                    key=key,
                )
            except (DatabaseError, InterfaceError, psycopg.Error):
                connection.close()
                time.sleep(0.1)
                continue  # the same key again
            done.write(f"{key}\n")
            os.fsync(done.fileno())
            key = ""


def settle() -> None:
    """Places, staff and fifty people."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    from tests.cast import settle as places

    from yice.loop.identify.models import Person

    places()
    for number in range(PEOPLE):
        Person.objects.create(
            name=f"某{number}", name_folded=f"某{number}", hukou="440704001001", residence="440704001001"
        )


def judge(folder: Path) -> list[str]:
    """What is wrong with what is there now; nothing is what one hopes for."""
    import django

    django.setup()
    from collections import Counter

    from django.db.models import Count, F

    from yice.audit.verifying import verify
    from yice.loop.identify.models import Need
    from yice.loop.identify.models.needs import NeedStep, NeedVoice

    keys = Counter(NeedVoice.objects.values_list("key", flat=True))
    said = [key for path in folder.glob("ack-*") for key in path.read_text("ascii").split() if len(key) == 32]
    found = [f"{len(lost)} acknowledged writes are not there"] if (lost := set(said) - set(keys)) else []
    found += [f"{sum(count > 1 for count in keys.values())} writes are there twice"] * (
        max(keys.values()) > 1
    )
    found += [f"{len(said) - len(set(said))} keys acknowledged twice"] * (len(said) != len(set(said)))
    voices = Need.objects.annotate(n=Count("voices")).exclude(n=F("times")).count()
    found += [f"{voices} needs whose count and voices differ"] * bool(voices)
    steps = NeedStep.objects.filter(kind__in=("opened", "joined")).count()
    found += [f"{sum(keys.values())} voices, {steps} steps"] * (steps != sum(keys.values()))
    faults = verify()
    found += [f"{len(faults)} faults in the audit chain"] * bool(faults)
    print(f"{len(said)} acknowledged, {sum(keys.values())} there, {Need.objects.count()} needs")
    return found


def main() -> int:
    asked = argparse.ArgumentParser()
    asked.add_argument("--rounds", type=int, default=10)
    asked.add_argument("part", nargs="?", default="all")
    asked.add_argument("rest", nargs="*")
    said = asked.parse_args()
    if said.part == "write":
        write(said.rest[0], Path(said.rest[1]))
    elif said.part == "settle":
        settle()
    elif said.part == "judge":
        wrong = judge(Path(said.rest[0]))
        print("\n".join(wrong) or "nothing lost, nothing twice, nothing half")
        return int(bool(wrong))
    else:
        return run(said.rounds)
    return 0


def run(rounds: int) -> int:
    home = Path(tempfile.mkdtemp(prefix="yice-reliability-"))
    server = Server(home)
    server.start()
    acks = Path(tempfile.mkdtemp(prefix="yice-acks-"))
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("YICE_")},
        "DJANGO_SETTINGS_MODULE": "yice.config.settings",
        "YICE_VAR": str(acks / "var"),
        "YICE_DATABASE": server.address,
    }
    me = [sys.executable, "-m", "bench.reliability"]
    subprocess.run([*me, "settle"], env=environment, check=True)

    def writer(number: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [*me, "write", str(number), str(acks / f"ack-{number}")],
            env=environment,
            stderr=subprocess.DEVNULL,
        )

    writers = [writer(number) for number in range(WRITERS)]
    begin, rng, back = time.monotonic(), random.Random(7), []  # noqa: S311 - when to kill is no secret
    try:
        _until(lambda: all((acks / f"ack-{n}").exists() for n in range(WRITERS)))
        for number in range(rounds):
            time.sleep(rng.uniform(0.5, 3.0))
            if number % 2 == 0:
                killed = time.monotonic()
                server.kill()
                server.start()
                back.append(time.monotonic() - killed)
            else:
                for at in rng.sample(range(WRITERS), WRITERS // 2):
                    writers[at].kill()
                    writers[at].wait()
                    writers[at] = writer(at)
            print(f"round {number + 1}/{rounds}", flush=True)
        time.sleep(8)
    finally:
        for one in writers:
            one.kill()
            one.wait()
    code = subprocess.run([*me, "judge", str(acks)], env=environment, check=False).returncode
    server.kill()
    print(
        f"{rounds} rounds in {time.monotonic() - begin:.0f} s; PostgreSQL back after {max(back):.1f} s at most"
    )
    return code


def _until(true: object, seconds: float = 180) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and not true():  # type: ignore[operator]
        time.sleep(0.2)


if __name__ == "__main__":
    raise SystemExit(main())
