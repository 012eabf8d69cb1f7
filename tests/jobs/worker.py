"""A real worker process with handlers that stop where a test wants them to: `python -m tests.jobs.worker`.

It tells where it is by making a file in YICE_VAR and waits there for another; short lease, short lock timeout.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

import django

NOTES = Path(os.environ["YICE_VAR"])


def say(what: str) -> None:
    (NOTES / what).touch()


def wait_for(what: str) -> None:
    end = time.monotonic() + 60
    while not (NOTES / what).exists():
        if time.monotonic() > end:
            raise TimeoutError(what)
        time.sleep(0.02)


def main() -> None:
    django.setup()
    from django.db import connection
    from django.db.backends.signals import connection_created

    from yice.areas.models import Area
    from yice.jobs.registry import Work, handler
    from yice.jobs.runner import Worker

    def impatient(connection: Any, **_: Any) -> None:
        """A held lock is met as an error after a fifth of a second, so that waiting it out is our own doing."""
        sql = "PRAGMA busy_timeout = 200" if connection.vendor == "sqlite" else "SET lock_timeout = '200ms'"
        with connection.cursor() as cursor:
            cursor.execute(sql)

    connection_created.connect(impatient)

    def rename(work: Work, where: str) -> None:
        """Name every place after this attempt, in two halves; `where` says at which point to stop."""
        point = f"{where}-{work.attempt}"
        if where == "before":
            say(point)
            wait_for("go")
        with work.commit(last=True):
            half = list(Area.objects.order_by("code").values_list("code", flat=True))[::2]
            Area.objects.filter(code__in=half).update(name=f"attempt {work.attempt}")
            if where == "between" and work.attempt == 1:
                say(point)
                wait_for("never")
            Area.objects.exclude(code__in=half).update(name=f"attempt {work.attempt}")
        say(f"written-{work.attempt}")
        if where == "after":
            wait_for("never")

    @handler("test.between")
    def between(work: Work) -> None:
        rename(work, "between")

    @handler("test.before")
    def before(work: Work) -> None:
        if work.attempt == 1:
            rename(work, "before")
        else:
            rename(work, "")

    @handler("test.after")
    def after(work: Work) -> None:
        rename(work, "after")

    @handler("test.steps")
    def steps(work: Work) -> None:
        say("started")
        for step in range(600):
            work.progress(step, 600, "逐步")
            work.check()
            time.sleep(0.05)

    connection.ensure_connection()
    say(f"up-{os.getpid()}")
    Worker().run(until_empty="--until-empty" in sys.argv)


if __name__ == "__main__":
    main()
