"""My jobs, how far they are, and when they will be done."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from yice.accounts.models import User
from yice.jobs.models import Job, State
from yice.terms.errors import Problem
from yice.terms.messages import Message

ENOUGH = dt.timedelta(seconds=2)  # an estimate from less is noise


def jobs_of(*, actor: User) -> QuerySet[Job]:
    """The jobs that `actor` asked for, newest first."""
    return Job.objects.filter(owner=actor).order_by("-id")


def job_of(*, actor: User, job_id: uuid.UUID) -> Job:
    """One of the actor's own jobs; somebody else's does not exist for them."""
    job = jobs_of(actor=actor).filter(uuid=job_id).first()
    if job is None:
        raise Problem("job-unknown", Message("没有这项任务，或者它不是您发起的。"))
    return job


@dataclass(frozen=True)
class Progress:
    """What the page shows of a job that is not over."""

    stage: Message | None
    done: int
    total: int  # 0: not known yet
    ahead: int  # jobs waiting before this one
    rate: float | None  # a second, in this stage
    remaining: dt.timedelta | None  # of this stage; None: cannot be told yet

    @property
    def percent(self) -> int | None:
        return min(100, self.done * 100 // self.total) if self.total else None


def progress_of(job: Job) -> Progress:
    """How far `job` is, with the rate and the time left at that rate."""
    ahead = 0
    if job.state == State.WAITING:
        ahead = Job.objects.filter(state__in=[State.WAITING, State.RUNNING], id__lt=job.pk).count()
    rate, remaining = None, None
    if job.state == State.RUNNING and job.stage_at is not None and job.done:
        spent = timezone.now() - job.stage_at
        if spent >= ENOUGH:
            rate = job.done / spent.total_seconds()
            remaining = (
                dt.timedelta(seconds=round(max(0, job.total - job.done) / rate)) if job.total else None
            )
    stage = Message(job.stage) if job.stage else None
    return Progress(stage, job.done, job.total, ahead, rate, remaining)


def problem_of(job: Job) -> Problem | None:
    """Why a failed job failed, in the reader's language; an inner fault says only its code."""
    if job.state != State.FAILED:
        return None
    told = {
        part: Message.of(said["text"], said["values"]) if said else None
        for part, said in job.error_text.items()
    }
    what = told.pop("what", None)
    if what is None:
        return Problem(
            job.error,
            Message("任务没有完成（代码 {code}）。", code=job.error),
            why=Message(
                "已经试了 {count} 次。数据没有改到一半：每一步要么全部写入，要么原样未动。",
                count=job.attempts,
            ),
            fix=Message("请稍后重新发起；如果再次失败，请把代码告诉系统管理员。"),
        )
    return Problem(job.error, what, where=told.get("where"), why=told.get("why"), fix=told.get("fix"))
