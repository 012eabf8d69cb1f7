"""Cases: what waits, where one stands, and taking its step with the version that was read."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal
from uuid import UUID

from ninja import Query, Router
from pydantic import Field

from yice.accounts.enums import Action
from yice.api.door import ApiRequest, operation
from yice.api.paging import page
from yice.api.shapes import Answer, Area, Fen, In, Key, Listed, Out, Paged, Version, listed
from yice.loop.deliver import services as deliver
from yice.loop.deliver.enums import FundSource, Mode, PaymentKind, Proof
from yice.loop.deliver.models import Case
from yice.loop.deliver.selectors import case as selectors
from yice.loop.deliver.selectors import offers, worklist
from yice.loop.deliver.services.standing import service_of
from yice.loop.identify.enums import Channel
from yice.loop.identify.looking import LIST
from yice.policy.words import text
from yice.terms.periods import Month

router = Router(tags=["cases"])
READ = (Action.CASE_STEP, Action.CASE_READ)


class CaseOut(Out):
    id: Key
    number: str
    service: str
    service_title: str
    person: UUID | None
    name: str
    area: str
    state: str
    end: str
    applied_on: dt.date
    due_on: dt.date | None
    ended_on: dt.date | None
    version: int


class WaitingOut(Out):
    case: CaseOut
    step: str
    step_title: str
    due_on: dt.date | None
    left: int | None = Field(description="working days; negative: overdue")
    holder: str


class CaseQuery(Paged):
    view: Literal["waiting", "overdue"] = Field(
        "waiting", description="waiting: steps I may take; overdue: below me"
    )
    service: str = Field("", max_length=60)
    step: str = Field("", max_length=60)
    area: Area | None = None
    overdue: bool = False
    held_by_me: bool = False


class Cases(Listed):
    items: list[WaitingOut]


class RoadOut(Out):
    step: str
    title: str
    clause: str
    place: str = Field(description="done, now, asleep or coming")
    due_on: dt.date | None
    left: int | None
    mine: bool
    why_not: str


class SaidOut(Out):
    at: dt.datetime
    by: str
    text: str
    details: list[str]


class PaymentOut(Out):
    id: Key
    kind: PaymentKind
    month: dt.date | None
    amount_fen: int
    fund_source: FundSource
    mode: Mode
    paid_on: dt.date


class DeliveryOut(Out):
    id: Key
    day: dt.date
    what: str
    persons: int
    person_times: int
    fen: int | None
    fund_source: FundSource
    mode: Mode
    provider: str


class CaseAnswer(Answer):
    case: CaseOut
    road: list[RoadOut]
    timeline: list[SaidOut]
    payments: list[PaymentOut]
    deliveries: list[DeliveryOut]


class FieldOut(Out):
    id: str
    label: str
    type: str
    required: bool
    sealed: bool = Field(description="kept encrypted; its value is never given back")
    choices: dict[str, str]
    known: bool = Field(description="from the facts: need not be sent")
    value: bool | int | str | list[str] | None


class PaperOut(Out):
    id: str
    says: str
    clause: str


class WayOut(Out):
    outcome: str
    says: str
    kind: str
    reasons: dict[str, str]
    blocks: list[str] = Field(description="what stands in its way already")


class StepAnswer(Answer):
    step: str
    title: str
    clause: str
    version: int
    offices: list[str]
    fields: list[FieldOut]
    papers: list[PaperOut]
    outcomes: list[WayOut]
    missing: list[str] = Field(description="after a return: what was lacking")
    pays: bool
    delivers: bool


class PaymentIn(In):
    fen: Fen = Field(description="a recovery is sent as a positive sum")
    fund_source: FundSource
    mode: Mode
    month: str | None = Field(None, pattern=r"^[12]\d{3}-(0[1-9]|1[0-2])$")
    kind: PaymentKind = PaymentKind.REGULAR
    payee: str = Field("", max_length=200)
    paid_on: dt.date | None = None


class DeliveryIn(In):
    what: str = Field(min_length=1, max_length=200)
    fund_source: FundSource
    mode: Mode
    day: dt.date | None = None
    persons: int = Field(1, ge=1, le=100_000)
    person_times: int = Field(1, ge=1, le=1_000_000)
    fen: Fen | None = None
    provider: str = Field("", max_length=200)


class TakeIn(In):
    version: Version
    outcome: str = Field(max_length=60)
    values: dict[str, bool | int | str | list[str]] = Field({}, max_length=200)
    evidence: dict[str, Proof] = Field({}, max_length=50)
    reasons: list[str] = Field([], max_length=20)
    note: str = Field("", max_length=2000)
    payments: list[PaymentIn] = Field([], max_length=120)
    deliveries: list[DeliveryIn] = Field([], max_length=50)


class ReturnIn(In):
    version: Version
    note: str = Field("", max_length=2000)
    items: list[str] = Field([], max_length=20, description="what is lacking besides what the step asks for")


class CaseMoved(Answer):
    id: Key
    number: str
    state: str
    end: str
    version: int


class OpenIn(In):
    service: str = Field(max_length=60)
    channel: Channel = Channel.DEPARTMENT
    number: str = Field(
        "", max_length=24, description="identity or certificate number of a person, or of one of a household"
    )
    name: str = Field(
        min_length=1, max_length=200, description="of that person, or of an organisation, a post or a place"
    )
    area: Area | None = Field(None, description="where, of what is no person or household")
    applied_on: dt.date | None = Field(None, description="today unless told")


@operation(
    router, "GET", "/cases", *READ, answers=Cases, leads={"case": ("case", "items/0/case/id")}, shows=LIST
)
def cases(request: ApiRequest, asked: Query[CaseQuery]) -> dict[str, Any]:
    """Steps that wait, those due first; with `view=overdue` those that climbed to me."""
    filters = worklist.Filters(asked.service, asked.step, asked.area or "", asked.overdue, asked.held_by_me)
    find = worklist.overdue if asked.view == "overdue" else worklist.waiting
    some, next_ = page(
        request.user, f"cases {asked.view}", find(request.user, filters), asked, ("due_on", "id")
    )
    return listed([_waiting(row) for row in worklist.rows(some)], next_)


@operation(
    router,
    "GET",
    "/cases/{uuid:case}",
    *READ,
    answers=CaseAnswer,
    leads={"case_step": ("step", "road/0/step")},
    shows="case",
)
def case(request: ApiRequest, case: UUID) -> dict[str, Any]:
    """Where a case stands, what happened, what was paid and given; its version goes with the next step."""
    shown = selectors.view(request.user, case)
    road = [
        {
            "step": one.step.id,
            "title": text(one.step.title),
            "clause": one.step.clause,
            "place": one.place,
            "due_on": one.due_on,
            "left": one.left,
            "mine": one.mine is not None,
            "why_not": one.why_not,
        }
        for one in shown.road
    ]
    return {
        "case": _shown(shown.case),
        "road": road,
        "timeline": shown.timeline,
        "payments": shown.payments,
        "deliveries": shown.deliveries,
    }


@operation(
    router,
    "POST",
    "/cases",
    Action.CASE_OPEN,
    answers=CaseMoved,
    status=201,
    writes=True,
    leads={"case": ("case", "id")},
)
def open_case(request: ApiRequest, sent: OpenIn) -> Case:
    """Take an application. Somebody is named by number and name together; what is open already is told, not opened again."""
    service = offers.offered(request.user, sent.service)
    about = {"name": sent.name, "number": sent.number, "area": sent.area or ""}
    subject = deliver.subject_named(actor=request.user, service=service, **about)
    return deliver.open_case(
        actor=request.user,
        service=service.id,
        subject=subject,
        channel=sent.channel,
        key=request.key,
        applied_on=sent.applied_on,
    )


@operation(
    router, "GET", "/cases/{uuid:case}/steps/{slug:step}", Action.CASE_STEP, answers=StepAnswer, shows="case"
)
def case_step(request: ApiRequest, case: UUID, step: str) -> dict[str, Any]:
    """What a step asks for: fields, papers, outcomes, and what stands in the way of each. What is known is filled in."""
    row = selectors.case_at(request.user, case, step)
    about = selectors.step_form(request.user, row, step)
    return {
        "step": step,
        "title": text(about.step.title),
        "clause": about.step.clause,
        "version": row.version,
        "offices": about.offices,
        "fields": [_field(one) for one in about.fields],
        "papers": [{"id": one.id, "says": text(one.says), "clause": one.clause} for one in about.evidence],
        "outcomes": [
            {
                "outcome": one.id,
                "says": text(one.says),
                "kind": one.kind,
                "reasons": {name: text(says) for name, says in one.reasons.items()},
                "blocks": [str(problem.what) for problem in about.blocks[one.id]],
            }
            for one in about.step.outcomes.values()
        ],
        "missing": about.missing,
        "pays": about.step.pays,
        "delivers": about.step.delivers,
    }


@operation(
    router, "POST", "/cases/{uuid:case}/steps/{slug:step}", Action.CASE_STEP, answers=CaseMoved, writes=True,
    leads={"case": ("case", "id")},
)  # fmt: skip
def take_step(request: ApiRequest, case: UUID, step: str, sent: TakeIn) -> Case:
    """Take a step. Everything wrong is said at once; a case that moved meanwhile answers 409 with what changed."""
    said = sent.model_dump(exclude={"payments", "deliveries"})
    return deliver.take_step(
        actor=request.user,
        case=selectors.case_at(request.user, case, step),
        step=step,
        payments=[_payment(one) for one in sent.payments],
        deliveries=[deliver.DeliveryLine(**one.model_dump()) for one in sent.deliveries],
        key=request.key,
        **said,
    )


@operation(
    router, "POST", "/cases/{uuid:case}/steps/{slug:step}/return", Action.CASE_STEP, answers=CaseMoved, writes=True,
    leads={"case": ("case", "id")},
)  # fmt: skip
def return_case(request: ApiRequest, case: UUID, step: str, sent: ReturnIn) -> Case:
    """Send a case back for correction: everything that is lacking in one telling."""
    return deliver.return_for_correction(
        actor=request.user,
        case=selectors.case_at(request.user, case, step),
        step=step,
        key=request.key,
        **sent.model_dump(),
    )


def _payment(one: PaymentIn) -> deliver.PaymentLine:
    said = one.model_dump()
    said["month"] = Month.parse(one.month) if one.month else None
    if one.kind == PaymentKind.RECOVERY:
        said["fen"] = -one.fen
    return deliver.PaymentLine(**said)


def _field(one: selectors.FieldState) -> dict[str, Any]:
    of = one.field
    return {
        "id": of.id,
        "label": text(of.label),
        "type": of.type,
        "required": of.required,
        "sealed": of.sealed,
        "choices": {name: text(says) for name, says in of.codes.items()},
        "known": one.known,
        "value": None if of.sealed else one.value,
    }


def _shown(row: Case) -> dict[str, Any]:
    """A case in a line. What is about a household or a place has no person."""
    names = ("number", "service", "area", "state", "end", "applied_on", "due_on", "ended_on", "version")
    return {
        **{name: getattr(row, name) for name in names},
        "uuid": row.uuid,
        "service_title": text(service_of(row).title),
        "person": row.person.uuid if row.person else None,
        "name": row.person.name if row.person else row.subject,
    }


def _waiting(row: worklist.Row) -> dict[str, Any]:
    return {
        "case": _shown(row.case),
        "step": row.step.id,
        "step_title": text(row.step.title),
        "due_on": row.due_on,
        "left": row.left,
        "holder": row.holder.name if row.holder else "",
    }
