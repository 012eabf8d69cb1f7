"""One person over all groups of a plan, in the kernel and with its database reads; loading and checking a plan.

    .venv/bin/python -m bench.one_person

The database is a demo filled for this (5,000 people) with its own plan.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.bench_plan import forty_groups
from bench.population import DAY, snapshot
from tools.postgres import cluster

from yice.rules.columns import Columns
from yice.rules.kernel.screening import screen
from yice.rules.model import Plan
from yice.rules.pack.loader import load_pack

PACKS = Path(__file__).resolve().parents[1] / "packs"
KERNEL, DATABASE, LOADING = 2.0, 20.0, 500.0  # milliseconds
RUNS = 300


def main() -> int:
    if "--inside" in sys.argv:
        return rescreening()
    good = True
    plan = forty_groups(country=True)
    good &= alone("forty groups of the bench", plan)
    for path in sorted(PACKS.glob("*/pack.yaml")):
        name = path.parent.name
        good &= told(f"loading and checking {name}", median(lambda at=path.parent: load_pack(at), 5), LOADING)
        pack = load_pack(path.parent)
        if any(group.unit in ("person", "household") for group in pack.groups.values()):
            good &= alone(name, pack)
    good &= filled("SQLite", "")
    with cluster() as address:
        good &= filled("PostgreSQL", address)
    return int(not good)


def filled(name: str, database: str) -> bool:
    """A demo filled in a database of its own, and its people screened again one by one."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("YICE_")}
    with tempfile.TemporaryDirectory() as var:
        environment = {**clean, "YICE_VAR": var, **({"YICE_DATABASE": database} if database else {})}
        fill = [sys.executable, "-m", "yice.config.cli", "demo", "--only-fill"]
        ran = subprocess.run(fill, env=environment, check=False, capture_output=True, text=True)
        if ran.returncode:
            print(f"  with {name}: the demo could not be filled")
            return False
        inside = [sys.executable, "-m", "bench.one_person", "--inside", name]
        return subprocess.run(inside, env=environment, check=False).returncode == 0


def alone(name: str, plan: Plan) -> bool:
    """A decision on one person's facts as a page has them, the plan being compiled."""
    table = snapshot(forty_groups(country=True), 1000, 0.02)
    columns = Columns.from_table(forty_groups(country=True), table)
    known = [
        one for one in table.schema.names[1:] if one in plan.facts or one.split(".")[-1] in plan.benefits
    ]
    facts = {one: columns.value(one) for one in known if one in columns.facts}
    groups = sum(group.unit in ("person", "household") for group in plan.groups.values())

    def decide() -> None:
        screen(plan, Columns.one(plan, facts), DAY).decide()

    return told(f"kernel, {groups} groups: {name}", median(decide, RUNS), KERNEL)


def rescreening() -> int:
    """The service that a desk page calls after an edit, on persons in turn."""
    from yice.config.commands import setup_django

    setup_django()
    from django.db import transaction

    from yice.loop.identify.models import Person
    from yice.loop.identify.services.rescreening import rescreen

    persons = iter(list(Person.objects.filter(removed_on=None).order_by("id")[: RUNS + 11]))
    for _ in range(10):
        with transaction.atomic():
            rescreen(next(persons))

    def again() -> None:
        with transaction.atomic():
            rescreen(next(persons))

    return int(not told(f"with the reads and writes of {sys.argv[-1]}", median(again, RUNS), DATABASE))


def median(work: Callable[[], object], runs: int) -> float:
    """Milliseconds of processor, the median."""
    work()
    taken = []
    for _ in range(runs):
        began = time.process_time()
        work()
        taken.append((time.process_time() - began) * 1000)
    return statistics.median(taken)


def told(what: str, taken: float, limit: float) -> bool:
    good = taken <= limit
    print(f"  {what:<52}{taken:>9.2f} ms CPU, under {limit:.0f}: {'yes' if good else 'NO'}", flush=True)
    return good


if __name__ == "__main__":
    raise SystemExit(main())
