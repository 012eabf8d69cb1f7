"""Ask for a job, and call it off."""

from __future__ import annotations

import logging
import uuid
from typing import Any

from django.db import transaction

from yice.accounts.access import Forbidden
from yice.accounts.models import User
from yice.audit.services import record
from yice.jobs.models import Job, State
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message

log = logging.getLogger(__name__)


def enqueue(*, actor: User, kind: str, arguments: dict[str, Any], area: str) -> Job:
    """Put a job in the queue, in the caller's transaction: it starts when, and only if, that commits.

    The calling service has authorised the work itself. `arguments` are references (ids, paths, settings), never
    a person's data; `area` is the code the work concerns.
    """
    with transaction.atomic():
        job = Job.objects.create(
            kind=kind, owner=actor, area=area, arguments=arguments, created_at=clock.now()
        )
        record(actor=actor, code="job.asked", subject=job, area=area, values={"kind": kind})
    log.info("job %s asked for", job.uuid)  # joins the request's lines to those of the job
    return job


def cancel(*, actor: User, job_id: uuid.UUID) -> Job:
    """Call a job off: at once when it waits, at its next safe point when it runs. Only its owner may."""
    with transaction.atomic():
        job = Job.objects.select_for_update().get(uuid=job_id)
        if job.owner_id != actor.pk:
            raise Forbidden(Message("这项任务不是您发起的，不能取消。"))
        if job.state not in (State.WAITING, State.RUNNING):
            raise Problem(
                "job-already-over",
                Message("这项任务已经结束，不能再取消。"),
                fix=Message("如需撤回它的结果，请到相应页面办理。"),
            )
        job.cancel_asked = True
        if job.state == State.WAITING:
            job.state, job.finished_at = State.CANCELLED, clock.now()
        job.save(update_fields=["cancel_asked", "state", "finished_at"])
        record(actor=actor, code="job.cancelled", subject=job, area=job.area, values={"kind": job.kind})
    return job
