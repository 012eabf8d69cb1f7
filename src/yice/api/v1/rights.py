"""People's rights: for what somebody's data are used and on which ground; consent, objection, request, answer.

A copy holds numbers whole, so it is asked for here and handed over at the desk.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal
from uuid import UUID

from ninja import Query, Router
from pydantic import Field

from yice.accounts.enums import Action
from yice.api.door import ApiRequest, operation
from yice.api.paging import page
from yice.api.shapes import Answer, In, Key, Listed, Out, Paged, listed
from yice.loop.identify import services
from yice.loop.identify.looking import LIST
from yice.loop.identify.models import Consent, Objection
from yice.loop.identify.rights import consents, objections
from yice.loop.identify.rights.basis import answered
from yice.loop.identify.rights.enums import GivenBy, How, ObjectionAnswer
from yice.loop.identify.rights.selectors import Use
from yice.loop.identify.rights.selectors import rights as rights_of
from yice.policy.words import text
from yice.terms.errors import Problem
from yice.terms.messages import Message

router = Router(tags=["rights"])


class ConsentOut(Out):
    id: Key
    purpose: str
    given_by: GivenBy
    given_name: str
    how: How
    form: str
    given_on: dt.date
    until: dt.date | None
    withdrawn_on: dt.date | None


class UseOut(Out):
    purpose: str
    title: str
    basis: Literal["duty", "consent"]
    source: list[str]
    uses: str
    sees: str
    refused: str | None = Field(description="why it may not be made today; a duty is never stopped")
    consent: ConsentOut | None = Field(description="the last one given")


class GuardianOut(Out):
    name: str
    ground: str
    last: dt.date | None
    refused: str | None = Field(description="why they may not sign today")


class RequestOut(Out):
    id: UUID
    person: UUID
    name: str
    about: str = Field(description="a purpose, or copy, correction, erasure")
    title: str
    said: str
    said_by: GivenBy
    at: dt.datetime
    due_on: dt.date
    answer: ObjectionAnswer | None = Field(description="null: not answered yet")
    note: str
    answered_at: dt.datetime | None
    answered_by: str


class RightsOut(Answer):
    uses: list[UseOut]
    requests: list[RequestOut] = Field(description="objections and requests, newest first")
    guardians: list[GuardianOut]
    alone: bool = Field(description="agrees for themself")
    stays: list[str] = Field(description="what must be kept, and why")


class ConsentIn(In):
    purpose: str = Field(max_length=20)
    given_by: GivenBy
    how: How
    guardian: str = Field("", max_length=100, description="the guardian's name, where one agrees")
    form: str = Field("", max_length=100, description="which paper, and where it lies")
    given_on: dt.date | None = Field(None, description="today unless told")
    until: dt.date | None = None


class ConsentMoved(Answer):
    """Of the person nothing: answers are kept, to be given again."""

    id: Key
    purpose: str
    until: dt.date | None
    withdrawn_on: dt.date | None


class WithdrawIn(In):
    purpose: str = Field(max_length=20)
    withdrawn_by: GivenBy
    how: How


class RequestIn(In):
    about: str = Field(max_length=20, description="a purpose one objects to, or copy, correction, erasure")
    said: str = Field(max_length=500, description="in the person's words")
    said_by: GivenBy


class RequestMoved(Answer):
    id: Key
    due_on: dt.date
    answer: str = Field(description='"" while it waits')


class Requests(Listed):
    items: list[RequestOut]


class ReplyIn(In):
    answer: ObjectionAnswer
    note: str = Field(max_length=500, description="what the person is told")


@operation(
    router, "GET", "/persons/{uuid:person}/rights", Action.PERSON_READ, answers=RightsOut, shows="person"
)
def rights(request: ApiRequest, person: UUID) -> dict[str, Any]:
    """Somebody's rights: each use with its ground and what was agreed to, requests and their state, guardians."""
    row = services.person(request.user, person)
    found = rights_of(request.user, row)
    return {
        "uses": [_use(one) for one in found.uses],
        "requests": [_shown(one) for one in found.objections],
        "guardians": [
            {
                "name": one.guardian.name,
                "ground": one.guardian.ground,
                "last": one.last,
                "refused": str(one.refused) if one.refused else None,
            }
            for one in found.guardians
        ],
        "alone": found.alone,
        "stays": [str(one) for one in found.stays],
    }


@operation(
    router,
    "POST",
    "/persons/{uuid:person}/consents",
    Action.CONSENT_RECORD,
    answers=ConsentMoved,
    status=201,
    writes=True,
)
def give_consent(request: ApiRequest, person: UUID, sent: ConsentIn) -> Consent:
    """Somebody agreed to one use; while a consent stands it is that one."""
    row = services.person(request.user, person)
    return consents.record_consent(actor=request.user, person=row, **sent.model_dump())


@operation(
    router,
    "POST",
    "/persons/{uuid:person}/withdrawals",
    Action.CONSENT_RECORD,
    answers=ConsentMoved,
    writes=True,
)
def withdraw_consent(request: ApiRequest, person: UUID, sent: WithdrawIn) -> Consent:
    """They no longer agree: from now on nothing is shown, and nothing else stops."""
    row = services.person(request.user, person)
    ended = consents.withdraw_consent(actor=request.user, person=row, **sent.model_dump())
    if ended is None:
        raise Problem("consent-not-given", Message("对这一项用途没有有效的同意，不用撤回。"), field="purpose")
    return ended


@operation(
    router,
    "POST",
    "/persons/{uuid:person}/requests",
    Action.CONSENT_RECORD,
    answers=RequestMoved,
    status=201,
    writes=True,
    leads={"answer_request": ("one", "id")},
)
def make_request(request: ApiRequest, person: UUID, sent: RequestIn) -> Objection:
    """Take an objection, or that somebody asks for a copy, a correction or erasure; answered within thirty days."""
    row = services.person(request.user, person)
    return objections.record_objection(
        actor=request.user,
        person=row,
        purpose=sent.about,
        said=sent.said,
        said_by=sent.said_by,
        key=request.key,
    )


@operation(
    router,
    "GET",
    "/requests",
    Action.RIGHTS_ANSWER,
    answers=Requests,
    leads={"answer_request": ("one", "items/0/id")},
    shows=LIST,
)
def requests(request: ApiRequest, asked: Query[Paged]) -> dict[str, Any]:
    """Objections and requests that wait for an answer, the most urgent first."""
    some, next_ = page(request.user, "requests", objections.waiting(request.user), asked, ("due_on", "id"))
    return listed([_shown(one) for one in some], next_)


@operation(
    router, "POST", "/requests/{uuid:one}/answer", Action.RIGHTS_ANSWER, answers=RequestMoved, writes=True
)
def answer_request(request: ApiRequest, one: UUID, sent: ReplyIn) -> Objection:
    """Answer one, once, with a sentence for the person."""
    row = objections.objection(request.user, one)
    return objections.answer_objection(actor=request.user, objection=row, **sent.model_dump())


def _use(one: Use) -> dict[str, Any]:
    use = one.purpose
    return {
        "purpose": use.id,
        "title": text(use.title),
        "basis": use.basis,
        "source": list(use.source),
        "uses": text(use.uses),
        "sees": text(use.sees),
        "refused": str(one.refused) if one.refused else None,
        "consent": one.held,
    }


def _shown(row: Objection) -> dict[str, Any]:
    return {
        **{name: getattr(row, name) for name in ("said", "said_by", "at", "due_on", "note", "answered_at")},
        "id": row.uuid,
        "person": row.person.uuid,
        "name": row.person.name,
        "about": row.purpose,
        "title": text(answered()[row.purpose].title),
        "answer": row.answer or None,
        "answered_by": row.answered_by.name if row.answered_by else "",
    }
