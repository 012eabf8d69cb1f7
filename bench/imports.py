"""How fast a register goes in: CSV to committed, sealing, comparing and audit on, on SQLite and on PostgreSQL.

    .venv/bin/python -m bench.imports [--people N] [--database sqlite|postgresql|both] [--file CSV --again CSV]

First load, then the same register with a tenth of its rows changed, then the very same file. Each database runs in a
process of its own, on a site of its own in a temporary folder. Rows a second from reading the file to the end of the
commit. Needs the machine to itself for figures that mean something.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import datetime as dt
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

AREA, DAY = "440704000000", dt.date(2020, 6, 30)
FIRST, REPEAT = 10_000, 25_000  # rows a second that must be reached


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

            with cluster() as address:
                code |= measure("postgresql", address, first, again, Path(folder), profile=chosen.profile)
    return code


def measure(name: str, address: str, first: Path, again: Path, folder: Path, *, profile: bool) -> int:
    """One database, in a process of its own."""
    print(f"import, {name}:", flush=True)
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
        writer = csv.DictWriter(copy, reader.fieldnames or [])
        writer.writeheader()
        column = "联系电话" if "联系电话" in (reader.fieldnames or []) else (reader.fieldnames or [])[-1]
        for number, row in enumerate(reader):
            if number % 10 == 0:
                row[column] = f"1119{number:07d}"
            writer.writerow(row)
    return out


def inside(first: Path, again: Path, *, profile: bool) -> int:
    """The measured process: an empty site, three deliveries."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    actor = settle()
    good = bring("first load", first, actor, FIRST, profile=profile)
    good &= bring("a tenth changed", again, actor, REPEAT, profile=profile)
    good &= bring("the same again", again, actor, REPEAT, profile=profile)
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


def bring(what: str, path: Path, actor, least: int, *, profile: bool) -> bool:  # type: ignore[no-untyped-def]
    from yice.exchange.imports.services import receive
    from yice.exchange.imports.steps import Alone
    from yice.exchange.imports.working import commit_batch, stage_batch

    steps: list[tuple[str, float, float]] = []

    def tell(done: int, total: int, stage: str) -> None:
        if not steps or steps[-1][0] != stage:
            steps.append((stage, time.perf_counter(), cpu()))

    class Last(Alone):
        """Notes when the commit is through: writing out refused rows and tidying come after it."""

        committed = 0.0

        @contextlib.contextmanager
        def commit(self, *, last: bool = False):  # type: ignore[no-untyped-def]
            with super().commit(last=last):
                yield
            Last.committed = time.perf_counter()

    watch = contextlib.nullcontext()
    if profile:
        import cProfile

        watch = cProfile.Profile()
    before, began = cpu(), time.perf_counter()
    with watch:
        batch = receive(actor=actor, path=path, kind="registry", area=AREA, as_of=DAY, whole=True)
        received = time.perf_counter()
        batch = stage_batch(batch, Alone(tell))
        staged = time.perf_counter()
        batch = commit_batch(batch, Last(tell), actor=actor, accept_pauses=True)
    ended = Last.committed
    rate = batch.counts["read"] / (ended - began)
    worked = cpu() - before
    counts = {name: batch.counts[name] for name in ("read", "added", "changed", "unchanged", "refused")}
    print(
        f"  {what:<16} {rate:>8,.0f} rows/s {'' if rate >= least else f'(at least {least:,} wanted) '}"
        f"receive {received - began:.1f} s, stage {staged - received:.1f} s, commit {ended - staged:.1f} s, CPU {worked:.1f} s  {counts}",
        flush=True,
    )
    for (stage, at, used), (_next, until, by) in zip(
        steps, [*steps[1:], ("", ended, before + worked)], strict=True
    ):
        print(f"      {until - at:6.2f} s, CPU {by - used:6.2f} s  {stage}", flush=True)
    if profile:
        import pstats

        pstats.Stats(watch).sort_stats("tottime").print_stats(18)
    return rate >= least


def cpu() -> float:
    """Seconds of processor time of this process and the workers it has ended (not of a database server)."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


if __name__ == "__main__":
    sys.exit(main())
