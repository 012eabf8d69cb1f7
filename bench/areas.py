"""How fast the whole country's divisions go in: first load and repeat, on SQLite and on PostgreSQL.

.venv/bin/python -m bench.areas
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time

from tools.postgres import PostgresMissingError, cluster

LIMIT = 15.0  # seconds for all of it, on either database


def main() -> int:
    if "--inside" in sys.argv:
        return inside()
    good = on("")
    try:
        with cluster() as address:
            good &= on(address)
    except PostgresMissingError as error:
        print(f"  PostgreSQL left out: {error}")
    return int(not good)


def on(database: str) -> bool:
    """A process of its own, on an empty database."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("YICE_")}
    with tempfile.TemporaryDirectory() as var:
        environment = {**clean, "YICE_VAR": var, "YICE_DATABASE": database}
        command = [sys.executable, "-m", "bench.areas", "--inside"]
        return subprocess.run(command, env=environment, check=False).returncode == 0


def inside() -> int:
    from yice.config.commands import setup_django

    setup_django()
    from django.db import connection

    from yice.areas.services import load_divisions
    from yice.config.serving import migrate

    migrate()
    taken = []
    for what in ("first load", "same again"):
        began = time.monotonic()
        done = load_divisions()
        taken.append(time.monotonic() - began)
        print(
            f"  {connection.vendor:<11}{what:<11}{taken[-1]:6.1f} s  {done.places:,} places, {done.added:,} added"
        )
    print(
        f"  {connection.vendor:<11}under {LIMIT:.0f} s: {'yes' if max(taken) <= LIMIT else 'NO'}", flush=True
    )
    return int(max(taken) > LIMIT)


if __name__ == "__main__":
    raise SystemExit(main())
