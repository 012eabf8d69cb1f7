"""The pages of one database measured and printed."""

from __future__ import annotations

import argparse
import os
import time
from collections import defaultdict
from typing import Any

from bench.load import driver
from bench.load.pages import Worker, workers
from bench.load.site import environment, site

GOAL, ROLL_UP = 0.150, 2.0  # seconds: p95 of a page at 32 users, the ledger of the province


def measure(chosen: argparse.Namespace, size: int) -> int:
    from django.db import connection

    from yice.accounts.demo import PASS_PHRASE
    from yice.config import serving
    from yice.loop.deliver.services import count_ledger

    serving.migrate()
    print(f"  {_counts()}", flush=True)
    began = time.monotonic()
    counties = count_ledger()  # as `yice daily` does
    print(
        f"  the daily count of the ledger: {counties} counties in {time.monotonic() - began:.1f} s",
        flush=True,
    )
    own = workers(chosen.seed, own=True)
    around, postgres = _around(), int(os.environ["BENCH_POSTGRES"])
    connection.close()
    with site(around, "--processes", str(chosen.processes)) as served:
        asked = _queries(own)
        connection.close()
        alone = driver.alone(served, postgres, own, PASS_PHRASE, chosen.each)
        everywhere = workers(chosen.seed + 1)[: chosen.users]
        connection.close()
        paused, used = driver.together(
            served, postgres, everywhere, PASS_PHRASE, chosen.seconds, chosen.pause
        )
        flat, flat_used = driver.together(served, postgres, everywhere, PASS_PHRASE, chosen.seconds / 2, 0)
    print(
        f"  {'page':<26}{'queries':>8}{'1 user: p50':>13}{'p95':>7}{'site':>7}{'database':>10}{'32: p95':>9}{'no pause':>10}  ms"
    )
    for name, (middle, high, site_ms, database_ms, _wrong) in alone.items():
        among = f"{driver.p95(paused.took[name]) * 1000:9.0f}" if paused.took.get(name) else f"{'':>9}"
        crowd = f"{driver.p95(flat.took[name]) * 1000:10.0f}" if flat.took.get(name) else f"{'':>10}"
        print(
            f"  {name:<26}{asked.get(name, 0):>8}{middle * 1000:13.0f}{high * 1000:7.0f}{site_ms:7.0f}{database_ms:10.1f}"
            f"{among}{crowd}"
        )
    every = [one for took in paused.took.values() for one in took]
    for label, tally, sums in (("with pauses", paused, used), ("without", flat, flat_used)):
        took = [one for each in tally.took.values() for one in each]
        print(
            f"  32 users {label}: {tally.pages:,} pages, p95 {driver.p95(took) * 1000:.0f} ms, "
            + ", ".join(f"{name} {value:.1f}" for name, value in sums.items())
            + f", {len(tally.wrong)} wrong {sorted(set(tally.wrong))[:3] or ''}, load {os.getloadavg()[0]:.1f}",
            flush=True,
        )
    wrong = len(paused.wrong) + len(flat.wrong) + sum(int(one[4]) for one in alone.values())
    roll_up = alone["ledger of the province"][1]
    good = driver.p95(every) <= GOAL and roll_up <= ROLL_UP and not wrong
    print(
        f"  p95 under {GOAL * 1000:.0f} ms, roll-up under {ROLL_UP:.0f} s, nothing wrong: {'yes' if good else 'NO'}"
    )
    return 0 if good else 1


def _around() -> dict[str, str]:
    return environment(os.environ["YICE_DATABASE"], os.environ["YICE_VAR"], os.environ["YICE_TODAY"])  # type: ignore[arg-type]


def _counts() -> str:
    from django.apps import apps
    from django.db import connection

    names = ("identify.Person", "deliver.Case", "deliver.OpenStep", "deliver.StepRecord", "identify.Need", "plan.HelpPlan",
             "identify.Finding", "identify.ListEntry", "deliver.Notice", "audit.Event", "accounts.User")  # fmt: skip
    found = []
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(
                "SELECT reltuples::bigint FROM pg_class WHERE relname = %s",
                [apps.get_model(name)._meta.db_table],
            )
            found.append(f"{cursor.fetchone()[0]:,} {name.partition('.')[2]}")
        cursor.execute("SELECT pg_size_pretty(pg_database_size(current_database()))")
        found.append(str(cursor.fetchone()[0]))
    return ", ".join(found)


def _queries(asked: list[Worker]) -> dict[str, int]:
    """Page → queries, the most of those tried, everything around the page counted too."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from yice.accounts.models import User

    found: dict[str, int] = defaultdict(int)
    for one in {one.role: one for one in asked}.values():
        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(
            User.objects.get(username=one.username), backend="django.contrib.auth.backends.ModelBackend"
        )
        _begin(client)
        pages = dict(one.pages)
        pages |= {"case step, opened": one.steps[0]} if one.steps else {}
        for name, path in pages.items():
            client.get(path)
            with CaptureQueriesContext(connection) as seen:
                answer = client.get(path)
            if answer.status_code != 200:
                raise SystemExit(f"{name} for {one.role}: {answer.status_code}")
            found[name] = max(found[name], len(seen))
    return found


def _begin(client: Any) -> None:
    """The marks that the door leaves in a session."""
    import time

    session = client.session
    session["began"] = session["proved"] = int(time.time())
    session.save()
