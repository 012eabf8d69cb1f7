"""Persons: found by what is sent in a body, shown with numbers masked, judged as on the screen."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from ninja import Query, Router
from pydantic import Field

from yice.accounts.enums import Action
from yice.accounts.selectors import events_about, told
from yice.api.door import ApiRequest, operation
from yice.api.paging import page
from yice.api.shapes import Answer, In, Key, Listed, Out, Paged, Version, listed
from yice.api.v1.findings import FindingOut, WhyOut
from yice.loop.identify import services
from yice.loop.identify.looking import LIST
from yice.loop.identify.selectors.person import person_page

router = Router(tags=["persons"])


class Search(In):
    text: str = Field(
        min_length=1,
        max_length=40,
        description="a whole id, certificate or telephone number, or the beginning of a name",
    )


class Hit(Out):
    id: UUID = Field(validation_alias="person")
    name: str
    id_masked: str
    age: int | None
    village: str
    by: str = Field(description="what was matched: id, certificate, phone or name")


class Hits(Listed):
    items: list[Hit]
    more: bool = Field(description="there are more: send more of the name")


class CertificateOut(Out):
    number_masked: str
    category: str
    grade: int | None
    status: str
    issued_on: dt.date | None
    valid_until: dt.date | None
    current: bool


class FactOut(Out):
    name: str
    label: str
    known: bool
    text: str
    source: str
    date: dt.date | None
    state: str
    note: str


class IdentityOut(Out):
    id: Key
    name: str
    id_masked: str
    sex: str
    age: int | None
    birth_year: int | None
    phone_masked: str
    address_masked: str
    hukou: str
    hukou_code: str
    residence: str
    residence_code: str
    category: str
    grade: int | None
    certificate_masked: str
    removed_on: dt.date | None
    deceased: bool


class PersonOut(Answer):
    person: IdentityOut
    certificates: list[CertificateOut]
    facts: list[FactOut]
    as_of: dt.date


class QuestionOut(Out):
    fact: str
    label: str
    question: str
    type: str
    choices: list[tuple[str, str]]
    unit: str
    decides: list[str] = Field(description="what the answer can decide")
    answered: str = Field(description='"" or what was said last: does_not_know, refuses')


class AskOut(Out):
    version: int
    questions: list[QuestionOut]
    from_lists: list[str] = Field(description="facts that a list will answer: not asked at the door")
    may_answer: bool


class Judged(Answer):
    plan: str
    as_of: dt.date
    ended: bool
    why: list[WhyOut]
    findings: list[FindingOut]
    ask: AskOut | None = Field(description="what to ask, best first; null: nothing")


class SaidIn(In):
    fact: str = Field(max_length=80)
    kind: str = Field("value", pattern="^(value|does_not_know|refuses)$")
    value: bool | int | str | list[str] | None = None


class Answers(In):
    version: Version
    answers: list[SaidIn] = Field(min_length=1, max_length=50)


class Answered(Answer):
    taken: int
    questions_left: int


class EventOut(Out):
    at: dt.datetime
    by: str
    text: str
    area: str


class Events(Listed):
    items: list[EventOut]


@operation(
    router,
    "POST",
    "/persons/search",
    Action.PERSON_READ,
    answers=Hits,
    leads={"person": ("person", "items/0/id")},
)
def search_persons(request: ApiRequest, sent: Search) -> dict[str, Any]:
    """Find a person by number or name, within reach: at most twenty. What is looked for never stands in an address."""
    found = services.searched(actor=request.user, text=sent.text)
    return {**listed(found.hits), "more": found.more}


@operation(router, "GET", "/persons/{uuid:person}", Action.PERSON_READ, answers=PersonOut, shows="person")
def person(request: ApiRequest, person: UUID) -> dict[str, Any]:
    """One person with certificates and facts, each with its source and day; numbers masked."""
    shown = person_page(request.user, person)
    return {
        "person": shown.identity,
        "certificates": shown.certificates,
        "facts": [row for section in shown.facts for row in section.rows],
        "as_of": shown.as_of,
    }


@operation(router, "GET", "/persons/{uuid:person}/why", Action.PERSON_READ, answers=Judged, shows="person")
def person_why(request: ApiRequest, person: UUID) -> dict[str, Any]:
    """What somebody is entitled to and why, what cannot be told, and what to ask: as the screen says it, with clauses."""
    shown = person_page(request.user, person)
    return {
        "plan": shown.pack_title,
        "as_of": shown.as_of,
        "ended": shown.ended,
        "why": shown.why,
        "findings": shown.findings,
        "ask": shown.ask,
    }


@operation(router, "POST", "/persons/{uuid:person}/answers", Action.ASK_ANSWER, answers=Answered, writes=True)
def answer_questions(request: ApiRequest, person: UUID, sent: Answers) -> dict[str, Any]:
    """Record what was said to open questions; the person is judged again at once."""
    row = services.person(request.user, person)
    said = {one.fact: services.Given(one.kind, _value(one.value)) for one in sent.answers}
    after = services.answer(actor=request.user, person=row, answers=said, version=sent.version)
    return {"taken": after.taken, "questions_left": after.questions_left}


def _value(value: Any) -> Any:
    return ";".join(value) if isinstance(value, list) else value


@operation(router, "GET", "/persons/{uuid:person}/events", Action.AUDIT_READ, answers=Events, shows=LIST)
def person_events(request: ApiRequest, person: UUID, asked: Query[Paged]) -> dict[str, Any]:
    """What happened to somebody's record, as sentences, newest first."""
    some, next_ = page(request.user, "events", events_about(request.user, person), asked, ("-id",))
    return listed(told(some), next_)
