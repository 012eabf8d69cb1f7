"""Needs: what somebody asks for, by whatever channel; closed only with an answer to the person."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal
from uuid import UUID

from ninja import Query, Router
from pydantic import Field

from yice.accounts.enums import Action
from yice.api.door import ApiRequest, operation
from yice.api.paging import page
from yice.api.shapes import Answer, In, Key, Listed, Out, Paged, Version, listed
from yice.loop.identify.enums import AnsweredBy, Channel, NeedOutcome, NeedState
from yice.loop.identify.looking import LIST
from yice.loop.identify.models import Need
from yice.loop.identify.selectors import needs as selectors
from yice.loop.identify.services import needs as services
from yice.loop.identify.services import rows
from yice.policy.words import text
from yice.rules.services import NEEDS

router = Router(tags=["needs"])


class NeedOut(Out):
    id: UUID
    number: str
    person: UUID
    name: str
    kind: str
    kind_name: str
    channel: str
    state: NeedState
    times: int = Field(description="how often it was said")
    owner: str
    office: str = Field(description='the department it was sent to: "education@county"')
    opened_on: dt.date
    due_on: dt.date
    outcome: str
    answer: str
    answered_on: dt.date | None
    closed_on: dt.date | None
    version: int


class NeedQuery(Paged):
    kind: str = Field("", max_length=20)
    state: Literal["waiting", "open", "in_hand", "closed", "all"] = "waiting"
    overdue: bool = False
    mine: bool = False
    climbed: bool = Field(False, description="overdue, and come up to the caller's tier")
    adrift: bool = Field(False, description="in nobody's hands")


class Needs(Listed):
    items: list[NeedOut]


class NeedIn(In):
    person: UUID
    kind: str = Field(max_length=20, description=f"one of {', '.join(NEEDS)}")
    channel: Channel = Channel.DEPARTMENT
    said: str = Field("", max_length=1000, description="in the person's words")
    said_by: str = Field("", max_length=100, description="who said it, where not the person")


class NeedTaken(Answer):
    id: Key
    number: str
    joined: bool = Field(description="the same need was open already and is not doubled")
    due_on: dt.date
    version: int


class VoiceOut(Out):
    channel: str
    said: str
    said_by: str
    at: dt.datetime


class NeedStepOut(Out):
    kind: str
    what: str
    note: str
    at: dt.datetime
    by: str


class NeedAnswer(Answer):
    need: NeedOut
    left: int | None = Field(description="working days; negative: overdue")
    voices: list[VoiceOut]
    steps: list[NeedStepOut]


class NeedAnswerIn(In):
    version: Version
    outcome: NeedOutcome
    answer: str = Field(max_length=1000, description="what the person was told")
    answered_by: AnsweredBy
    answered_on: dt.date | None = Field(None, description="today unless told")


class SendIn(In):
    version: Version
    office: str = Field(max_length=40, description='"education@county"')
    note: str = Field("", max_length=1000)


class NeedMoved(Answer):
    id: Key
    state: NeedState
    version: int


ONE = {"need": ("need", "id")}


@operation(
    router,
    "GET",
    "/needs",
    Action.NEED_READ,
    answers=Needs,
    leads={"need": ("need", "items/0/id")},
    shows=LIST,
)
def needs(request: ApiRequest, asked: Query[NeedQuery]) -> dict[str, Any]:
    """Needs within reach, those due first."""
    state = "" if asked.state == "all" else asked.state
    filters = selectors.NeedFilters(asked.kind, state, asked.overdue, asked.mine, asked.climbed, asked.adrift)
    found = selectors.waiting(request.user, filters)
    some, next_ = page(request.user, "needs", found, asked, ("due_on", "id"))
    return listed([_shown(row) for row in some], next_)


@operation(
    router, "POST", "/needs", Action.NEED_HANDLE, answers=NeedTaken, status=201, writes=True, leads=ONE
)
def make_need(request: ApiRequest, sent: NeedIn) -> dict[str, Any]:
    """Take what somebody needs: numbered, owned, with a day by which they are answered."""
    person = rows.person(request.user, sent.person)
    taken = services.record_need(
        actor=request.user,
        person=person,
        kind=sent.kind,
        channel=sent.channel,
        key=request.key,
        said=sent.said,
        said_by=sent.said_by,
    )
    row = taken.need
    return {
        "uuid": row.uuid,
        "number": row.number,
        "joined": taken.joined,
        "due_on": row.due_on,
        "version": row.version,
    }


@operation(router, "GET", "/needs/{uuid:need}", Action.NEED_READ, answers=NeedAnswer, shows="need")
def need(request: ApiRequest, need: UUID) -> dict[str, Any]:
    """One need: everything said and done about it."""
    shown = selectors.view(services.need_for(request.user, need))
    return {
        "need": _shown(shown.need),
        "left": shown.left,
        "voices": shown.voices,
        "steps": [
            {
                "kind": one.kind,
                "what": str(services.STEPS.get(one.kind, one.kind)),
                "note": one.note,
                "at": one.at,
                "by": one.by.name if one.by else "",
            }
            for one in shown.steps
        ],
    }


@operation(
    router, "POST", "/needs/{uuid:need}/answer", Action.NEED_HANDLE, answers=NeedMoved, writes=True, leads=ONE
)
def answer_need(request: ApiRequest, need: UUID, sent: NeedAnswerIn) -> Need:
    """Close a need: what came of it, and what the person was told, how and when."""
    row = services.need_for(request.user, need)
    return services.answer_need(actor=request.user, need=row, key=request.key, **sent.model_dump())


@operation(
    router, "POST", "/needs/{uuid:need}/send", Action.NEED_HANDLE, answers=NeedMoved, writes=True, leads=ONE
)
def send_need(request: ApiRequest, need: UUID, sent: SendIn) -> Need:
    """Send a need to a department that answers; the deadline stays."""
    row = services.need_for(request.user, need)
    return services.send_need(actor=request.user, need=row, key=request.key, **sent.model_dump())


def _shown(row: Need) -> dict[str, Any]:
    return {
        **{name: getattr(row, name) for name in NeedOut.model_fields if hasattr(row, name)},
        "id": row.uuid,
        "person": row.person.uuid,
        "name": row.person.name,
        "kind_name": text(NEEDS[row.kind]),
        "owner": row.owner.name if row.owner else "",
    }
