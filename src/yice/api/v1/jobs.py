"""Work that outlives a request: how far it is, and calling it off."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from ninja import Query, Router
from pydantic import Field

from yice.accounts.enums import Action
from yice.api.door import ApiRequest, operation
from yice.api.paging import page
from yice.api.shapes import Answer, Listed, Out, Paged, Problem, listed
from yice.jobs import services
from yice.jobs.models import Job, State
from yice.jobs.selectors import job_of, jobs_of, problem_of, progress_of

router = Router(tags=["jobs"])
ASKS = (Action.IMPORT_READ, Action.SCREENING_RUN)  # whoever may ask for one


class JobOut(Out):
    id: UUID
    kind: str
    state: State
    stage: str
    done: int
    total: int = Field(description="0: not known yet")
    ahead: int = Field(description="jobs before it")
    seconds_left: float | None
    cancel_asked: bool
    problem: Problem | None = Field(description="why it failed")
    created_at: dt.datetime
    finished_at: dt.datetime | None
    of: UUID | None = Field(description="the import it works on")


class JobAnswer(Answer):
    job: JobOut


class Jobs(Listed):
    items: list[JobOut]


@operation(router, "GET", "/jobs", *ASKS, answers=Jobs, leads={"job": ("job", "items/0/id")})
def jobs(request: ApiRequest, asked: Query[Paged]) -> dict[str, Any]:
    """The jobs that I asked for, newest first."""
    some, next_ = page(request.user, "jobs", jobs_of(actor=request.user), asked, ("-id",))
    return listed([shown(one) for one in some], next_)


@operation(router, "GET", "/jobs/{uuid:job}", *ASKS, answers=JobAnswer)
def job(request: ApiRequest, job: UUID) -> dict[str, Any]:
    """How far a job is, or why it failed."""
    return {"job": shown(job_of(actor=request.user, job_id=job))}


@operation(router, "POST", "/jobs/{uuid:job}/cancel", *ASKS, answers=JobAnswer, writes=True, takes="")
def cancel_job(request: ApiRequest, job: UUID) -> dict[str, Any]:
    """Call a job off: what it wrote goes back, nothing is left half done."""
    job_of(actor=request.user, job_id=job)
    return {"job": shown(services.cancel(actor=request.user, job_id=job))}


def shown(found: Job) -> dict[str, Any]:
    now, problem = progress_of(found), problem_of(found)
    return {
        **{
            name: getattr(found, name)
            for name in ("kind", "state", "cancel_asked", "created_at", "finished_at")
        },
        "id": found.uuid,
        "stage": str(now.stage) if now.stage else "",
        "done": now.done,
        "total": now.total,
        "ahead": now.ahead,
        "seconds_left": now.remaining.total_seconds() if now.remaining is not None else None,
        "problem": problem.as_dict() if problem else None,
        "of": UUID(found.arguments["batch"]) if "batch" in found.arguments else None,
    }
