"""How fast a register goes in: CSV to committed, sealing, comparing and audit on, on SQLite and on PostgreSQL.

    .venv/bin/python -m bench.imports [--people N] [--database sqlite|postgresql|both] [--file CSV --again CSV]

First load, then the same register with a tenth of its rows changed, then the very same file. Each database runs in a
process of its own, on a site of its own in a temporary folder, and waits for the disk at every commit. Rows a second
from reading the file to the end of the commit; processor seconds are those of this process, its helpers and the
database's server. The anchor is the least that can be done with the file: read it, put its cells as they are into one
table without indexes, commit. Needs the machine to itself for walls that mean something.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import datetime as dt
import itertools
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

AREA, DAY = "440704000000", dt.date(2020, 6, 30)
FIRST, REPEAT = 10_000, 25_000  # rows a second that must be reached
TICKS = os.sysconf("SC_CLK_TCK")


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--people", type=int, default=200_000)
    options.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    options.add_argument("--file", type=Path)
    options.add_argument("--again", type=Path)
    options.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options.add_argument("--profile", action="store_true")
    chosen = options.parse_args()
    if chosen.inside:
        return inside(chosen.file, chosen.again, profile=chosen.profile)
    with tempfile.TemporaryDirectory(prefix="yice-bench-") as folder:
        first = chosen.file or written(Path(folder), chosen.people)
        again = chosen.again or with_changes(first, Path(folder) / "again.csv")
        code = 0
        if chosen.database in ("sqlite", "both"):
            code |= measure("sqlite", "", first, again, Path(folder), profile=chosen.profile)
        if chosen.database in ("postgresql", "both"):
            from tools.postgres import cluster

            with cluster(durable=True) as address:
                code |= measure("postgresql", address, first, again, Path(folder), profile=chosen.profile)
    return code


def measure(name: str, address: str, first: Path, again: Path, folder: Path, *, profile: bool) -> int:
    """One database, in a process of its own."""
    print(f"import, {name} (load {os.getloadavg()[0]:.1f}):", flush=True)
    environment = {key: value for key, value in os.environ.items() if not key.startswith("YICE_")} | {
        "YICE_VAR": str(folder / name),
        "YICE_DATABASE": address,
        "YICE_TODAY": DAY.isoformat(),
        "DJANGO_SETTINGS_MODULE": "yice.config.settings",
    }
    command = [sys.executable, "-m", "bench.imports", "--inside", "--file", str(first), "--again", str(again)]
    return subprocess.run(
        [*command, *(["--profile"] if profile else [])], env=environment, check=False
    ).returncode


def written(folder: Path, people: int) -> Path:
    """A synthetic register as CSV, with the dirt and doubles of real ones."""
    from yice.exchange.synth import Settings, make, write

    write(make(Settings(people=people, seed=7, as_of=DAY, months=1)), folder / "synth", "csv")
    return next((folder / "synth").rglob("registry*.csv"))


def with_changes(first: Path, out: Path) -> Path:
    """The same register with a value changed in every tenth row."""
    with (
        first.open(encoding="utf-8-sig", newline="") as source,
        out.open("w", encoding="utf-8", newline="") as copy,
    ):
        reader = csv.DictReader(source)
        writer = csv.DictWriter(copy, reader.fieldnames or [], quoting=csv.QUOTE_ALL)
        writer.writeheader()
        column = "联系电话" if "联系电话" in (reader.fieldnames or []) else (reader.fieldnames or [])[-1]
        for number, row in enumerate(reader):
            if number % 10 == 0:
                row[column] = f"1119{number:07d}"
            writer.writerow(row)
    return out


def inside(first: Path, again: Path, *, profile: bool) -> int:
    """The measured process: an empty site, the anchor, three deliveries."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    actor = settle()
    least = anchor(first)
    good = bring("first load", first, actor, FIRST, least, profile=profile)
    good &= bring("a tenth changed", again, actor, REPEAT, least, profile=profile)
    good &= bring("the same again", again, actor, REPEAT, least, profile=profile)
    return 0 if good else 1


def settle():  # type: ignore[no-untyped-def]
    """The county's places and one officer who may import."""
    from yice.accounts.enums import Role
    from yice.accounts.models import Post, User
    from yice.accounts.services import install
    from yice.areas.models import Area
    from yice.areas.services import load_divisions

    load_divisions(provinces=["44"])
    install(demo=True)
    actor = User.objects.create_user("bench", name="bench")
    Post.objects.create(user=actor, role=Role.COUNTY_FEDERATION, area=Area.objects.get(code=AREA))
    return actor


def anchor(path: Path) -> float:
    """Rows a second of wall of reading the file into one bare table; the table is dropped again."""
    from django.db import connection, transaction

    with path.open(encoding="utf-8-sig", newline="") as stream:
        width = len(next(csv.reader(stream)))
    names = ", ".join(f"c{at} text" for at in range(width))
    clock = Watch()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE bare ({names})")
        if connection.vendor == "postgresql":
            with path.open("rb") as stream, cursor.copy("COPY bare FROM STDIN (FORMAT csv, HEADER)") as copy:
                while part := stream.read(1 << 20):
                    copy.write(part)
        else:
            with path.open(encoding="utf-8-sig", newline="") as stream:
                rows = csv.reader(stream)
                next(rows)
                marks = ", ".join(["%s"] * width)
                cursor.executemany(f"INSERT INTO bare VALUES ({marks})", rows)  # noqa: S608
    wall, worked = clock.read()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM bare")
        count = cursor.fetchone()[0]
        cursor.execute("DROP TABLE bare")
    print(
        f"  {'anchor, bare':<16} {count / wall:>8,.0f} rows/s {count / worked:>8,.0f} rows/CPU-s  {wall:.1f} s"
    )
    return float(count / wall)


def bring(what: str, path: Path, actor, least: int, bare: float, *, profile: bool) -> bool:  # type: ignore[no-untyped-def]
    from yice.exchange.imports.services import receive
    from yice.exchange.imports.steps import Alone
    from yice.exchange.imports.working import commit_batch, stage_batch

    clock = Watch()
    steps: list[tuple[str, float, float]] = [("receive", 0.0, 0.0)]

    def tell(done: int, total: int, stage: str) -> None:
        if steps[-1][0] != stage:
            steps.append((stage, *clock.read()))

    class Last(Alone):
        """Notes when the commit is through: writing out refused rows and tidying come after it."""

        @contextlib.contextmanager
        def commit(self, *, last: bool = False):  # type: ignore[no-untyped-def]
            with super().commit(last=last):
                yield
                steps.append(("COMMIT", *clock.read()))
            steps.append(("", *clock.read()))

    watch = contextlib.nullcontext()
    if profile:
        import cProfile

        watch = cProfile.Profile()
    with watch:
        batch = receive(actor=actor, path=path, kind="registry", area=AREA, as_of=DAY, whole=True)
        batch = stage_batch(batch, Alone(tell))
        batch = commit_batch(batch, Last(tell), actor=actor, accept_pauses=True)
    _done, wall, worked = steps[-1]
    read = batch.counts["read"]
    counts = {name: batch.counts[name] for name in ("read", "added", "changed", "unchanged", "refused")}
    print(
        f"  {what:<16} {read / wall:>8,.0f} rows/s {read / worked:>8,.0f} rows/CPU-s  {wall:.1f} s,"
        f" {worked:.1f} CPU-s, {read / wall / bare:.2f} of the anchor"
        f"{'' if read / wall >= least else f'  (at least {least:,} rows/s wanted)'}  {counts}",
        flush=True,
    )
    for (stage, at, used), (_next, until, by) in itertools.pairwise(steps):
        print(f"      {until - at:6.2f} s, CPU {by - used:6.2f} s  {stage}", flush=True)
    if profile:
        import pstats

        pstats.Stats(watch).sort_stats("tottime").print_stats(18)
    return bool(read / wall >= least)


class Watch:
    """Seconds of wall and of processor since it was made: of this process, its helpers, the database's server."""

    def __init__(self) -> None:
        from django.db import connection

        self._roots = [os.getpid()]
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                self._roots.append(_stat(cursor.fetchone()[0])[0])
        self._began, self._before = time.perf_counter(), self._worked()

    def read(self) -> tuple[float, float]:
        return time.perf_counter() - self._began, self._worked() - self._before

    def _worked(self) -> float:
        """Processor seconds of the roots and all below them, those already gone included."""
        known = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdecimal():
                with contextlib.suppress(OSError):
                    known[int(entry.name)] = _stat(int(entry.name))
        inside = set(self._roots)
        while more := {pid for pid, (parent, _used) in known.items() if parent in inside} - inside:
            inside |= more
        return sum(known[pid][1] for pid in inside if pid in known)


def _stat(pid: int) -> tuple[int, float]:
    """A process's parent, and the processor seconds of it and the children it has seen end."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[1]), sum(map(int, fields[11:15])) / TICKS


if __name__ == "__main__":
    sys.exit(main())
