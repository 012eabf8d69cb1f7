"""What the pages of a province cost: a million people and three million cases on PostgreSQL, beside ten thousand.

    .venv/bin/python -m bench.load [--home DIR]                fill (once) and measure
    .venv/bin/python -m bench.load --minutes 30                500 commissioners in the morning for 30 minutes
    .venv/bin/python -m bench.load --people 1000 --minutes 2 --commissioners 24 --pause 4     as CI does: one small county

DIR (var/load, 14 GB) keeps the cluster; a second run starts at once. The pages are those of `yice serve` with a site's own settings,
asked for over loopback by users who have signed in: alone, thirty-two at once who read a few seconds between two pages
(`--pause`), and thirty-two who never pause. Wall times need the machine to itself; milliseconds of processor a page,
of the site and of the database, do not.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from bench.load.county import COUNTY, DAY
from bench.load.site import environment
from tools.postgres import cluster

COUNTY_SIZE = 10_000
GOAL, ROLL_UP = 0.150, 2.0  # seconds: p95 of a page at 32 users, the ledger of the province
SETTINGS = {
    "shared_buffers": "2GB",
    "effective_cache_size": "6GB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",
}
POURING = {"wal_level": "minimal", "max_wal_senders": "0", "autovacuum": "off"}


def main() -> int:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--home", type=Path, default=Path("var/load"), help="where the cluster is kept")
    options.add_argument(
        "--people", type=int, default=1_000_000, help="a multiple of 10,000, or fewer: one county"
    )
    options.add_argument("--seed", type=int, default=7)
    options.add_argument("--users", type=int, default=32)
    options.add_argument("--seconds", type=float, default=60, help="of each round with all users")
    options.add_argument(
        "--pause", type=float, default=0, help="seconds between two pages of one user: 4, in the morning 30"
    )
    options.add_argument("--each", type=int, default=30, help="times that one user asks for each page")
    options.add_argument("--processes", type=int, default=2, help="web processes")
    options.add_argument("--minutes", type=float, default=0, help="of the morning rush, instead of the pages")
    options.add_argument("--commissioners", type=int, default=500)
    options.add_argument("--only-fill", action="store_true")
    options.add_argument("--inside", default="", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    chosen.pause = chosen.pause or (30 if chosen.minutes else 4)
    if chosen.inside:
        return inside(chosen)
    home = chosen.home.resolve()
    sizes = [COUNTY_SIZE, chosen.people] if chosen.people > COUNTY_SIZE else [chosen.people]
    fill(home, sizes, chosen.seed)
    if chosen.only_fill:
        return 0
    with cluster(durable=True, keep=home, settings=SETTINGS) as address:
        code = 0
        for size in sizes[-1:] if chosen.minutes else sizes:
            around = of(home, address, size) | {"BENCH_POSTGRES": str(_postmaster(home))}
            code |= run(f"measure:{size}", around)
        return code


def run(part: str, around: Mapping[str, str]) -> int:
    """A part in a process of its own, with the same options."""
    command = [sys.executable, "-m", "bench.load", *sys.argv[1:], "--inside", part]
    return subprocess.run(command, env=dict(around), check=False).returncode


def of(home: Path, address: str, size: int | str) -> dict[str, str]:
    database = f"{address.rpartition('/')[0]}/people_{size}"
    return environment(database, home / "var", DAY.isoformat())


def fill(home: Path, sizes: list[int], seed: int) -> None:
    """The databases that are not there yet: the county, then every size from it."""
    missing = [size for size in sizes if not (home / f"filled-{size}").exists()]
    if not missing:
        return
    import psycopg

    with (
        cluster(keep=home, settings={**SETTINGS, **POURING}) as address,
        psycopg.connect(address, autocommit=True) as connection,
    ):
        for size in missing if (home / "filled-county").exists() else ["county", *missing]:
            began = time.monotonic()
            print(f"  filling {size}:", flush=True)
            connection.execute(f"DROP DATABASE IF EXISTS people_{size}")
            source = "template1" if size == "county" else "people_county"
            connection.execute(f"CREATE DATABASE people_{size} TEMPLATE {source}")
            if run(f"fill:{size}", of(home, address, size)):
                raise SystemExit(f"Filling {size} failed.")
            (home / f"filled-{size}").touch()
            print(f"  {size} filled in {time.monotonic() - began:.0f} s", flush=True)


def _postmaster(home: Path) -> int:
    return int((home / "data" / "postmaster.pid").read_text().split()[0])


def inside(chosen: argparse.Namespace) -> int:
    import django

    part, _, size = chosen.inside.partition(":")
    if size == "county":
        from bench.load import county, multiply

        county.make(min(COUNTY_SIZE, chosen.people), chosen.seed)
        multiply.cases()
        multiply.spare_room()
        return 0
    django.setup()
    if part == "fill":
        from bench.load import multiply

        from yice.config import serving

        serving.migrate()  # the county may have been kept since an earlier version
        multiply.counties(max(0, int(size) // COUNTY_SIZE - 1))
        multiply.settle()
        return 0
    if chosen.minutes:
        from bench.load import morning

        return morning.measure(chosen)
    from bench.load import report

    load = os.getloadavg()[0]
    print(f"\n{int(size):,} people, load {load:.1f} ({COUNTY}: {COUNTY_SIZE:,} of them)", flush=True)
    return report.measure(chosen, int(size))


if __name__ == "__main__":
    raise SystemExit(main())
