"""Who holds a job. Every change of a lease is one short transaction; a locked database is waited out.

The fence is the whole proof: it grows with each claim, so whoever still carries the number in the row is the
only holder, however long it slept and whatever its clock says.
"""

from __future__ import annotations

import datetime as dt
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import OperationalError, connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from yice.jobs.models import Job, State
from yice.terms import clock

MAX_ATTEMPTS = 3
LEASE = float(os.environ.get("YICE_JOB_LEASE", "30"))  # seconds
BEAT = LEASE / 10
PROGRESS_EVERY = 1.0  # seconds between writes of progress, and so at most between two beats
GRACE = 3 * min(BEAT, PROGRESS_EVERY)
RETRY_AFTER = (0.0, 5.0, 30.0)  # seconds before the second and third attempt; index: attempts made
LONGEST = dt.timedelta(
    seconds=2 * max(LEASE, *RETRY_AFTER)
)  # clocks of two machines may differ by half of it
LOCK_LIMIT = 3600.0  # seconds to wait out a locked database before it counts as broken
# SQLite by its text; PostgreSQL by SQLSTATE: lock timeout, deadlock, serialisation, shutdown, connection lost.
PG_WAIT = ("55P03", "40P01", "40001", "57P01", "57P02", "57P03", "08")

T = TypeVar("T")


@dataclass(frozen=True)
class Lease:
    """One attempt's hold on one job."""

    job_id: int
    fence: int


def locked(error: OperationalError) -> bool:
    """Whether a database error only means: somebody else is writing, try again."""
    state = getattr(error.__cause__, "sqlstate", None)
    if state:
        return str(state).startswith(PG_WAIT)
    return "locked" in str(error) or "busy" in str(error)


def patiently(action: Callable[[], T], limit: float = LOCK_LIMIT) -> T:
    """Do `action` (a whole transaction) again until the database lets it through."""
    end = time.monotonic() + limit
    while True:
        try:
            return action()
        except OperationalError as error:
            if not locked(error) or time.monotonic() > end:
                raise
            if not connection.in_atomic_block:
                connection.close()
            time.sleep(0.2)


def _free() -> Q:
    """Jobs that anybody may take now: waiting ones, and running ones whose holder went silent.

    No lease is made for longer than LONGEST: one that ends later was made before the clock was put back, and would
    hold its job until the clock is there again. A holder that lives renews it while the job is only suspected.
    """
    now = timezone.now()
    over = Q(lease_until=None) | Q(lease_until__lte=now) | Q(lease_until__gt=now + LONGEST)
    return Q(state__in=[State.WAITING, State.RUNNING]) & over


def _in(seconds: float) -> dt.datetime:
    return timezone.now() + dt.timedelta(seconds=seconds)


def claim(holder: str) -> Job | None:
    """Take the oldest free job for `holder`, or None. One that has used up its attempts is failed instead.

    A job whose lease ran out is suspected first and taken when it stays silent for a grace: the lock that we
    have just been let through may be what kept a living holder from renewing.
    """
    # Look without a write lock first: an idle worker must not disturb anybody.
    if not Job.objects.filter(_free()).exists():
        return None
    with transaction.atomic():
        job = Job.objects.select_for_update(skip_locked=True).filter(_free()).order_by("id").first()
        if job is None:
            return None
        if job.state == State.RUNNING and not job.suspected:
            job.suspected, job.lease_until = True, _in(GRACE)
            job.save(update_fields=["suspected", "lease_until"])
            return None
        job.suspected = False
        job.fence += 1
        if job.attempts >= MAX_ATTEMPTS:
            job.state, job.finished_at, job.lease_until = State.FAILED, clock.now(), None
            job.error = job.error or "job-worker-lost"
            job.save()
            return None
        job.attempts += 1
        job.state, job.holder = State.RUNNING, holder
        job.lease_until = _in(LEASE)
        job.started_at = job.started_at or clock.now()
        job.done, job.total, job.stage, job.stage_at = 0, 0, "", timezone.now()
        job.save()
        return job


def renew(lease: Lease, **changes: Any) -> bool | None:
    """Hold on for another while, with changes of progress. None: the lease is lost; else whether to cancel."""
    held = Job.objects.filter(pk=lease.job_id, fence=lease.fence, state=State.RUNNING)
    if not held.update(lease_until=_in(LEASE), suspected=False, **changes):
        return None
    return held.values_list("cancel_asked", flat=True).first()


def prove(lease: Lease, **changes: Any) -> bool | None:
    """As `renew`, but refuses when a cancel was asked, and keeps the row locked until the transaction ends."""
    held = Job.objects.filter(pk=lease.job_id, fence=lease.fence, state=State.RUNNING)
    if held.filter(cancel_asked=False).update(**{"lease_until": _in(LEASE), "suspected": False, **changes}):
        return False
    return True if held.exists() else None


def finish(lease: Lease, state: State, **changes: Any) -> bool:
    """End the job, if the lease is still held."""
    held = Job.objects.filter(pk=lease.job_id, fence=lease.fence, state=State.RUNNING)
    ended = {"state": state, "finished_at": clock.now(), "lease_until": None, **changes}
    return bool(patiently(lambda: held.update(**ended)))


def give_back(lease: Lease, after: float, *, counted: bool, error: str = "") -> bool:
    """Put the job back in the queue, for `after` seconds from now; an attempt that is not `counted` is free."""
    held = Job.objects.filter(pk=lease.job_id, fence=lease.fence, state=State.RUNNING)
    attempts = F("attempts") if counted else F("attempts") - 1
    changes = {
        "state": State.WAITING,
        "lease_until": _in(after),
        "attempts": attempts,
        "holder": "",
        "error": error,
    }
    return bool(patiently(lambda: held.update(**changes)))
