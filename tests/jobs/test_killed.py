"""A worker dies, sleeps or meets a lock: the work is done once, whole, or not at all."""

from __future__ import annotations

import os
import signal
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.db import connection
from tests.cast import COUNTY, Cast
from tests.jobs.conftest import Workers, database_address

from yice.areas.models import Area
from yice.jobs.models import Job, State
from yice.jobs.services import cancel, enqueue

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def names() -> set[str]:
    return set(Area.objects.values_list("name", flat=True))


def state(job: Job) -> str:
    job.refresh_from_db()
    return job.state


@contextmanager
def held_lock(seconds: float) -> Iterator[None]:
    """Another connection holds the database against every writer, for `seconds` from now."""
    if connection.vendor == "sqlite":
        other = sqlite3.connect(database_address(), isolation_level=None, check_same_thread=False)
        other.execute("BEGIN IMMEDIATE")
    else:
        other = psycopg.connect(database_address())
        other.execute("LOCK TABLE jobs_job, areas_area IN EXCLUSIVE MODE")

    def release() -> None:
        time.sleep(seconds)
        other.execute("ROLLBACK")

    waiting = threading.Thread(target=release)
    waiting.start()
    yield
    waiting.join()
    other.close()


def test_a_worker_killed_between_two_writes_leaves_the_old_state_and_the_next_one_finishes(
    live_cast: Cast, workers: Workers
) -> None:
    before = names()
    job = enqueue(actor=live_cast.he, kind="test.between", arguments={}, area=COUNTY)
    first = workers.start()
    workers.wait_for("between-1")
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    assert names() == before

    workers.start()
    workers.until(lambda: state(job) == State.DONE, "the second attempt")
    assert names() == {"attempt 2"}
    assert job.attempts == 2


def test_a_worker_killed_after_its_last_commit_is_not_done_again(live_cast: Cast, workers: Workers) -> None:
    job = enqueue(actor=live_cast.he, kind="test.after", arguments={}, area=COUNTY)
    first = workers.start()
    workers.wait_for("written-1")
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    assert state(job) == State.DONE

    workers.start("--until-empty").wait()
    assert names() == {"attempt 1"}
    assert job.attempts == 1


def test_a_worker_that_slept_past_its_lease_can_no_longer_commit(live_cast: Cast, workers: Workers) -> None:
    job = enqueue(actor=live_cast.he, kind="test.before", arguments={}, area=COUNTY)
    sleeper = workers.start()
    workers.wait_for("before-1")
    os.kill(sleeper.pid, signal.SIGSTOP)
    workers.start()
    workers.until(lambda: state(job) == State.DONE, "the second worker")

    workers.say("go")
    os.kill(sleeper.pid, signal.SIGCONT)
    time.sleep(2)  # time enough to write, were it let
    sleeper.terminate()
    assert sleeper.wait() == 0
    assert names() == {"attempt 2"}
    assert not (workers.notes / "written-1").exists()


def test_a_lock_held_longer_than_the_lease_is_waited_out_and_costs_no_attempt(
    live_cast: Cast, workers: Workers
) -> None:
    job = enqueue(actor=live_cast.he, kind="test.before", arguments={}, area=COUNTY)
    with held_lock(3):  # longer than the lease of 2 seconds: taking the job has to wait
        workers.start()
    workers.wait_for("before-1")
    with held_lock(3):  # neither the heartbeat nor the commit gets through for a while
        workers.say("go")
        workers.start()  # and somebody else stands by to take it over
    workers.until(lambda: state(job) == State.DONE, "the end of the lock")
    assert job.attempts == 1
    assert names() == {"attempt 1"}


def test_a_running_job_stops_when_its_owner_calls_it_off(live_cast: Cast, workers: Workers) -> None:
    before = names()
    job = enqueue(actor=live_cast.he, kind="test.steps", arguments={}, area=COUNTY)
    workers.start()
    workers.wait_for("started")
    workers.until(lambda: bool(Job.objects.filter(pk=job.pk, done__gt=0).exists()), "some progress")
    cancel(actor=live_cast.he, job_id=job.uuid)
    workers.until(lambda: state(job) == State.CANCELLED, "the job to stop")
    assert 0 < job.done < job.total == 600
    assert names() == before


def test_a_worker_told_to_stop_puts_its_job_back_without_counting_the_attempt(
    live_cast: Cast, workers: Workers
) -> None:
    job = enqueue(actor=live_cast.he, kind="test.steps", arguments={}, area=COUNTY)
    worker = workers.start()
    workers.wait_for("started")
    worker.terminate()
    assert worker.wait() == 0
    assert state(job) == State.WAITING
    assert job.attempts == 0
