"""The morning rush: commissioners sign in, look at the day, open their list, record visits; for minutes on end.

Locust drives them from its own environment (.venv-rush, bench/rush.py); this side starts the site, hands over who
comes, watches the memory of the site's processes and counts what is in the database afterwards.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.load.site import environment, seconds, site

ROOT = Path(__file__).resolve().parents[2]
LOCUST = ROOT / ".venv-rush" / "bin" / "locust"
GROWTH = 0.05  # of memory from the end of the first fifth of the time to the end


def measure(chosen: argparse.Namespace) -> int:
    from django.db import connection

    from yice.accounts.demo import PASS_PHRASE
    from yice.config import serving
    from yice.loop.identify.models import VisitRecord

    if not LOCUST.exists():
        print("  The morning rush is left out: `make bench` puts Locust into .venv-rush.")
        return 0
    serving.migrate()
    users, before = _commissioners(chosen.commissioners), VisitRecord.objects.count()
    postgres = int(os.environ["BENCH_POSTGRES"])
    connection.close()
    around = environment(os.environ["YICE_DATABASE"], Path(os.environ["YICE_VAR"]), os.environ["YICE_TODAY"])
    with (
        tempfile.TemporaryDirectory() as folder,
        site(around, "--processes", str(chosen.processes)) as served,
    ):
        people = Path(folder) / "users.json"
        people.write_text(
            json.dumps(
                {"users": users, "password": PASS_PHRASE, "pause": [chosen.pause / 1.5, chosen.pause * 4 / 3]}
            ),
            "utf-8",
        )
        command = [str(LOCUST), "--headless", "--users", str(len(users)), "--spawn-rate", str(len(users) / min(300.0, chosen.minutes * 12)),
                   "--run-time", f"{int(chosen.minutes * 60)}s", "--stop-timeout", "30", "--host", f"http://127.0.0.1:{served.port}",
                   "--csv", f"{folder}/out", "--only-summary", "--locustfile", str(ROOT / "bench" / "rush.py")]  # fmt: skip
        clean = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH",)}
        began, used = time.monotonic(), (served.seconds(), seconds(postgres))
        driver = subprocess.Popen(
            command,
            env={**clean, "RUSH_USERS": str(people)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        memory = list[float]()
        while driver.poll() is None:
            time.sleep(5)
            memory.append(served.memory())
        wall = time.monotonic() - began
        cpu = [
            after - before_
            for before_, after in zip(used, (served.seconds(), seconds(postgres)), strict=True)
        ]
        rows = list(csv.DictReader((Path(folder) / "out_stats.csv").open(encoding="utf-8")))
        wrong = (Path(folder) / "out_failures.csv").read_text("utf-8").splitlines()[1:]
    recorded = VisitRecord.objects.count() - before
    return _say(rows, wrong, memory, cpu, wall, recorded)


def _say(
    rows: list[dict[str, str]],
    wrong: list[str],
    memory: list[float],
    cpu: list[float],
    wall: float,
    recorded: int,
) -> int:
    total = rows[-1]
    requests, failures = int(total["Request Count"]), int(total["Failure Count"])
    for row in rows:
        print(
            f"  {row['Name']:<18}{int(row['Request Count']):>8,} requests, {row['Failure Count']} wrong, p50 {row['50%']} ms, "
            f"p95 {row['95%']} ms, p99 {row['99%']} ms"
        )
    fifth = max(1, len(memory) // 5)
    early, late = statistics.median(memory[fifth : 2 * fifth] or memory), statistics.median(memory[-fifth:])
    sent = next(
        (
            int(row["Request Count"]) - int(row["Failure Count"])
            for row in rows
            if row["Name"] == "visit, sent"
        ),
        0,
    )
    print(
        f"  {requests / wall:.1f} requests/s, site {cpu[0] / max(1, requests) * 1000:.0f} ms and database "
        f"{cpu[1] / max(1, requests) * 1000:.1f} ms of processor a request, load {os.getloadavg()[0]:.1f}\n"
        f"  memory of the site {memory[0]:.0f} MB at first, {early:.0f} MB in the second fifth, {late:.0f} MB in the last\n"
        f"  {sent:,} visits acknowledged, {recorded:,} recorded"
    )
    for line in wrong[:5]:
        print(f"  {line}")
    good = not failures and late <= early * (1 + GROWTH) and recorded >= sent
    print(f"  no errors, every visit there, memory flat: {'yes' if good else 'NO'}", flush=True)
    return 0 if good else 1


def _commissioners(many: int) -> list[dict[str, Any]]:
    """Those with a list for today, with its address and its lines."""
    from yice.loop.identify.models import VisitList
    from yice.terms import clock

    lists = VisitList.objects.filter(day=clock.today(), made_by__username__contains="commissioner")
    found = []
    for one in (
        lists.select_related("made_by")
        .prefetch_related("visits")
        .order_by("id")[:: max(1, lists.count() // many)]
    ):
        lines = [visit.position for visit in one.visits.all()]
        found.append({"name": one.made_by.username, "list": str(one.uuid), "lines": sorted(lines)})
    return found[:many]
