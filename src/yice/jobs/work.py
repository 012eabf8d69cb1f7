"""What a handler gets: its arguments, a way to tell progress, and the only safe way to commit."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError, connection, transaction
from django.utils import timezone

from yice.accounts.models import User
from yice.jobs import leases
from yice.jobs.leases import Lease
from yice.jobs.models import Job, State
from yice.terms import clock


class LeaseLostError(Exception):
    """Somebody else took the job over while this attempt slept: nothing more may be written by it."""


class CancelledError(Exception):
    """The owner asked to stop."""


class StoppingError(Exception):
    """This worker is shutting down: the job goes back to the queue, the attempt does not count."""


class Work:
    """One attempt at one job."""

    def __init__(self, job: Job) -> None:
        self.job_id = job.uuid
        self.kind = job.kind
        self.arguments: dict[str, Any] = job.arguments
        self.actor: User = job.owner
        self.area = job.area
        self.attempt = job.attempts
        self.finished = False  # marked done inside its last commit
        self._lease = Lease(job.pk, job.fence)
        self._told: dict[str, Any] = {}
        self._result: dict[str, Any] = {}
        self._stage = ""
        self._cancel = self._lost = self.stopping = False
        self._guard = threading.Lock()

    def progress(self, done: int, total: int, stage: str = "") -> None:
        """How far the work is. Cheap: the heartbeat writes it, about once a second, in a transaction of its own.

        stage: a short Chinese source text ("写入人员"); the count and the estimate begin anew with each stage.
        SQLite shows nothing new while a commit holds the database.
        """
        with self._guard:
            self._told |= {"done": done, "total": total}
            if stage and stage != self._stage:
                self._stage = stage
                self._told |= {"stage": stage, "stage_at": timezone.now()}

    def result(self, **values: Any) -> None:
        """What the page of the job shows when it is done: counts and references, JSON, nothing about a person."""
        self._result |= values

    def check(self) -> None:
        """Stop here when there is no sense in going on. Call between batches."""
        if self._lost:
            raise LeaseLostError
        if self._cancel:
            raise CancelledError
        if self.stopping:
            raise StoppingError

    @contextmanager
    def commit(self, *, last: bool = False) -> Iterator[None]:
        """A transaction that only commits while the lease is held and no cancel was asked, proved at its very end.

        last: nothing follows, so the job is marked done in the same transaction: a kill cannot come between.
        """
        self.check()
        with transaction.atomic():
            yield
            ended: dict[str, Any] = {}
            if last:
                ended = {"state": State.DONE, "finished_at": clock.now(), "lease_until": None}
            changes = self._take() | ({"result": self._result} if self._result else {}) | ended
            cancelled = leases.prove(self._lease, **changes)
            if cancelled is None:
                self._lost = True
                raise LeaseLostError
            if cancelled:
                raise CancelledError
        self.finished = last

    def beat(self) -> None:
        """Renew the lease and write the progress; what the heartbeat does."""
        told = self._take()
        try:
            cancel = leases.renew(self._lease, **told)
        except OperationalError as error:
            with self._guard:
                self._told = told | self._told
            if not leases.locked(error):
                raise
            return
        self._lost |= cancel is None and not self.finished
        self._cancel |= bool(cancel)

    def _take(self) -> dict[str, Any]:
        with self._guard:
            told, self._told = self._told, {}
        return told

    def end(self) -> dict[str, Any]:
        """The last progress and result, for the row."""
        return self._take() | {"result": self._result}


class Heartbeat(threading.Thread):
    """Renews the lease from a connection of its own, so that a long step of the handler does not lose it."""

    def __init__(self, work: Work) -> None:
        super().__init__(name="heartbeat", daemon=True)
        self._work = work
        self._over = threading.Event()

    def run(self) -> None:
        wait = min(leases.PROGRESS_EVERY, leases.BEAT)
        try:
            while not self._over.wait(wait):
                try:
                    self._work.beat()
                except OperationalError:  # the connection broke; the next beat opens another
                    connection.close()
                    time.sleep(wait)
        finally:
            connection.close()

    def stop(self) -> None:
        self._over.set()
        self.join()
