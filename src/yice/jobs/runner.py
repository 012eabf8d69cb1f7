"""The worker: take a job, do it, say how it ended, take the next. See docs/decisions/0006-jobs.md."""

from __future__ import annotations

import logging
import os
import signal
import socket
import time
from collections.abc import Callable
from types import FrameType

from django.db import OperationalError, close_old_connections
from structlog.contextvars import bound_contextvars

from yice.jobs import leases
from yice.jobs.leases import MAX_ATTEMPTS, RETRY_AFTER, Lease
from yice.jobs.models import Job, State
from yice.jobs.registry import handler_of
from yice.jobs.work import CancelledError, Heartbeat, LeaseLostError, StoppingError, Work
from yice.terms.errors import AwayError, Problem, Problems, places
from yice.terms.messages import Message

log = logging.getLogger(__name__)
IDLE = 1.0  # seconds between looks at an empty queue
LOCKED_AFTER = 2.0  # seconds before a job that met a locked database, or no files, is taken up again


def attempt(job: Job, announce: Callable[[Work], None] = lambda work: None) -> State:
    """Do one attempt at a claimed job and record its end; gives the state it is in then."""
    lease, work = Lease(job.pk, job.fence), Work(job)
    announce(work)
    heart = Heartbeat(work)
    heart.start()
    try:
        _require_owner(job)
        handler_of(job.kind)(work)
    except LeaseLostError:
        return State.RUNNING  # somebody else's now
    except CancelledError:
        heart.stop()
        leases.finish(lease, State.CANCELLED, **work.end())
        return State.CANCELLED
    except StoppingError:
        heart.stop()
        leases.give_back(lease, 0, counted=False)
        return State.WAITING
    except (Problem, Problems) as error:
        heart.stop()
        first = error.problems[0] if isinstance(error, Problems) else error
        leases.finish(lease, State.FAILED, error=first.code, error_text=_sentences(first), **work.end())
        return State.FAILED
    except Exception as error:
        heart.stop()
        return _stumbled(job, lease, error)
    finally:
        heart.stop()
    if not work.finished:
        leases.finish(lease, State.DONE, **work.end())
    return State.DONE


def _require_owner(job: Job) -> None:
    """What somebody asked for is not done in their name once their account is closed; their posts stand with it."""
    if not job.owner.is_active:
        raise Problem(
            "job-owner-left",
            Message("提出这项任务的账号已经停用，任务没有做。"),
            fix=Message("如仍需要，请在岗的同事重新提出。"),
        )


def _stumbled(job: Job, lease: Lease, error: Exception) -> State:
    """An attempt that ended in something nobody foresaw: again, unless this was the last. Never its values."""
    if isinstance(error, AwayError) or (isinstance(error, OperationalError) and leases.locked(error)):
        leases.give_back(lease, LOCKED_AFTER, counted=False)
        return State.WAITING
    code = f"internal:{type(error).__name__}"[:60]
    log.error("attempt %s of a job failed: %s at %s", job.attempts, code, places(error))
    if job.attempts < MAX_ATTEMPTS:
        leases.give_back(lease, RETRY_AFTER[job.attempts], counted=True, error=code)
        return State.WAITING
    leases.finish(lease, State.FAILED, error=code)
    return State.FAILED


def _sentences(problem: Problem) -> dict[str, object]:
    """A Problem's sentences with their values as text, so that each reader gets their own language."""

    def told(message: Message | None) -> dict[str, object] | None:
        if message is None:
            return None
        values = {name: v if isinstance(v, int | str) else str(v) for name, v in message.values.items()}
        return {"text": message.text, "values": values}

    return {part: told(getattr(problem, part)) for part in ("what", "where", "why", "fix")}


class Worker:
    """Works until told to stop (SIGTERM, SIGINT), or until its parent is gone."""

    def __init__(self) -> None:
        self.holder = f"{socket.gethostname()}:{os.getpid()}"[:80]
        self._work: Work | None = None
        self._stopping = False
        self._parent = os.getppid()

    def stop(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        self._stopping = True
        if self._work is not None:
            self._work.stopping = True

    def run(self, *, until_empty: bool = False) -> int:
        """Do jobs as they come; with `until_empty`, return when none is free. Gives the number of attempts."""
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, self.stop)
        attempts = 0
        while not self._stopping and os.getppid() == self._parent:
            job = leases.patiently(lambda: leases.claim(self.holder))
            if job is None:
                if until_empty:
                    break
                close_old_connections()
                time.sleep(IDLE)
                continue
            attempts += 1
            with bound_contextvars(job=str(job.uuid), kind=job.kind):
                log.info("an attempt at a job ended: %s", attempt(job, self._announce))
            self._work = None
        return attempts

    def _announce(self, work: Work) -> None:
        self._work = work
        work.stopping = self._stopping
