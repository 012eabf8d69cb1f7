"""Registers and lists brought in: a file, what it would change, then all of it or nothing."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import TemporaryUploadedFile
from ninja import File, Form, Query, Router, UploadedFile
from pydantic import Field

from yice.accounts.enums import Action
from yice.api.door import ApiRequest, operation
from yice.api.paging import page
from yice.api.shapes import Answer, Area, In, Listed, Out, Paged, Problem, listed
from yice.exchange.imports import selectors, services
from yice.exchange.imports.selectors import RefusedReason
from yice.exchange.vocabulary.kinds import SPLIT, kinds
from yice.jobs.selectors import problem_of
from yice.loop.identify.enums import BatchState
from yice.loop.identify.models import Batch
from yice.terms.errors import Problem as Wrong
from yice.terms.messages import Message
from yice.terms.periods import Month

router = Router(tags=["imports"])
BRINGS = (Action.IMPORT_REGISTRY, Action.IMPORT_LIST)


class ImportOut(Out):
    id: UUID
    kind: str
    area: str
    as_of: dt.date
    month: dt.date | None
    whole: bool
    state: BatchState
    counts: dict[str, int] = Field(description="read, added, changed, unchanged, refused, would_remove …")
    by: str
    recorded_at: dt.datetime
    committed_at: dt.datetime | None
    job: UUID | None


class Imports(Listed):
    items: list[ImportOut]


class RefusedOut(Out):
    why: list[Problem]
    rows: int
    lines: list[int] = Field(description="the first few lines of the file")


class ImportAnswer(Answer):
    batch: ImportOut
    decidable: bool = Field(description="it may be confirmed")
    why_waiting: list[str] = Field(description="what somebody must look at and accept first")
    waits_for_second: bool = Field(description="somebody else must say yes, on the page")
    refused: list[RefusedOut] = Field(description="why rows were not taken, the most frequent first")
    problem: Problem | None = Field(description="why its job failed")


class UploadIn(In):
    kind: str = Field(max_length=40, description="registry, households, or a list's kind")
    area: Area
    as_of: dt.date = Field(description="the day the file speaks of")
    month: str | None = Field(None, pattern=r"^[12]\d{3}-(0[1-9]|1[0-2])$", description="of a list: 2020-06")
    whole: bool = Field(False, description="it names everybody of the area: who is not in it is gone")


class Staged(Out):
    id: UUID
    job: UUID


class Uploaded(Answer):
    items: list[Staged] = Field(description="a sheet of two lists makes two")
    next: None = None


class ConfirmIn(In):
    accept_pauses: bool = Field(False, description="the larger changes were looked at and are right")


@operation(
    router, "GET", "/imports", Action.IMPORT_READ, answers=Imports, leads={"import_": ("batch", "items/0/id")}
)
def imports(request: ApiRequest, asked: Query[Paged]) -> dict[str, Any]:
    """Deliveries of the area, newest first."""
    some, next_ = page(request.user, "imports", selectors.batches(request.user), asked, ("-id",))
    return listed([_shown(one) for one in some], next_)


@operation(
    router, "POST", "/imports", *BRINGS, answers=Uploaded, status=202, writes=True, takes="form",
    leads={"import_": ("batch", "items/0/id"), "job": ("job", "items/0/job")},
)  # fmt: skip
def upload(request: ApiRequest, said: Form[UploadIn], file: File[UploadedFile]) -> dict[str, Any]:
    """Bring a file in. It is read by a job and changes nothing before it is confirmed."""
    if said.kind not in kinds():
        raise Wrong("kind-unknown", Message("没有“{kind}”这种名册。", kind=said.kind), field="kind")
    assert isinstance(file, TemporaryUploadedFile)  # noqa: S101 - the only upload handler there is
    staged = [
        services.stage(
            actor=request.user,
            path=Path(file.temporary_file_path()),
            kind=kind,
            area=said.area,
            as_of=said.as_of,
            month=Month.parse(said.month).first if said.month else None,
            whole=said.whole,
            file_name=file.name or "",
        )
        for kind in SPLIT.get(said.kind, (said.kind,))
    ]
    return {"items": [{"id": one.uuid, "job": one.job.uuid if one.job else None} for one in staged]}


@operation(router, "GET", "/imports/{uuid:batch}", Action.IMPORT_READ, answers=ImportAnswer)
def import_(request: ApiRequest, batch: UUID) -> dict[str, Any]:
    """What a delivery would change, what was refused and why, and whether it may be confirmed."""
    view = selectors.batch(request.user, batch)
    problem = problem_of(view.batch.job) if view.batch.job else None
    try:
        refused = selectors.refused_reasons(request.user, view.batch)
    except Wrong as lost:  # the preview went with a crash: confirming reads the file anew
        refused, problem = [], lost
    return {
        "batch": _shown(view.batch),
        "decidable": view.decidable,
        "why_waiting": [str(one) for one in view.why_waiting],
        "waits_for_second": services.waits_for_second(view.batch),
        "refused": [_reason(one) for one in refused],
        "problem": problem.as_dict() if problem else None,
    }


@operation(
    router, "POST", "/imports/{uuid:batch}/confirm", *BRINGS, answers=Uploaded, status=202, writes=True,
    leads={"job": ("job", "items/0/job")},
)  # fmt: skip
def confirm_import(request: ApiRequest, batch: UUID, sent: ConfirmIn) -> dict[str, Any]:
    """Take a staged delivery, all of it or nothing, as a job. One that looks wrong is decided by two people on the page."""
    found = selectors.batch(request.user, batch).batch
    taken = services.commit(actor=request.user, batch=found, accept_pauses=sent.accept_pauses)
    return {"items": [{"id": taken.uuid, "job": taken.job.uuid if taken.job else None}]}


def _shown(row: Batch) -> dict[str, Any]:
    names = ("area", "as_of", "month", "whole", "state", "recorded_at", "committed_at")
    return {
        **{name: getattr(row, name) for name in names},
        "id": row.uuid,
        "kind": row.source.removeprefix("list:"),
        "counts": {name: n for name, n in row.counts.items() if type(n) is int},
        "by": row.recorded_by.name if row.recorded_by else "",
        "job": row.job.uuid if row.job else None,
    }


def _reason(one: RefusedReason) -> dict[str, Any]:
    return {"why": [problem.as_dict() for problem in one.example], "rows": one.rows, "lines": one.lines}
