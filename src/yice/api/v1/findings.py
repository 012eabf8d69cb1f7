"""Findings: who may be left out or paid in error, why, and what was done about it."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from ninja import Query, Router
from pydantic import Field

from yice.accounts.enums import Action
from yice.api.door import ApiRequest, operation
from yice.api.paging import page
from yice.api.shapes import Answer, Area, Fen, In, Key, Listed, Out, Paged, Version, listed
from yice.loop.identify import services
from yice.loop.identify.enums import FindingKind, FindingState, LeftOutReason, OutcomeCode
from yice.loop.identify.looking import LIST
from yice.loop.identify.selectors.filters import WAITING, Filters
from yice.loop.identify.selectors.handling import handling
from yice.loop.identify.selectors.worklist import matching, ordered, rows, scoped
from yice.terms.errors import Problem
from yice.terms.messages import Message

router = Router(tags=["findings"])


class ConditionOut(Out):
    part: str = Field(description="applies, within, when or excluded")
    says: str
    clause: str
    result: str = Field(description="met, failed, unknown or assumed")
    facts: list[str]


class WhyOut(Out):
    group: str
    title: str
    clause: str
    benefit: str
    benefit_title: str
    status: str = Field(description="eligible, ineligible or unknown: cannot tell")
    status_label: str
    conditions: list[ConditionOut]
    missing: list[str]
    due_fen: int | None
    sample: bool = Field(description="the amount is a sample, not law")
    receiving: bool | None
    kind: str = Field(description="the finding it gives; empty: none")


class OutcomeOut(Out):
    code: str
    label: str
    reason: str
    note: str
    month: dt.date | None
    sum_fen: int | None
    told_on: dt.date | None
    heard_on: dt.date | None
    at: dt.datetime
    by: str
    undone: str


class FindingOut(Out):
    id: Key
    kind: str
    kind_label: str
    group: str
    title: str
    benefit: str
    benefit_title: str
    because: str
    state: str
    due_fen: int | None
    paid_fen: int | None
    opened_on: dt.date
    due_on: dt.date | None
    closed_on: dt.date | None
    closed_why: str
    version: int
    may_handle: bool
    why_not: str
    codes: list[tuple[str, str]] = Field(description="outcomes that may be recorded now")
    outcomes: list[OutcomeOut]


class FindingRow(Out):
    id: Key
    person: UUID
    name: str
    kind: str
    kind_label: str
    title: str
    benefit: str
    benefit_title: str
    because: str
    due_fen: int | None
    paid_fen: int | None
    state: str
    opened_on: dt.date
    due_on: dt.date | None
    overdue: bool
    village: str
    version: int


class FindingQuery(Paged):
    kind: FindingKind | None = None
    state: FindingState | None = Field(None, description="unless told: not yet settled")
    benefit: str = Field("", max_length=60)
    area: Area | None = None
    overdue: bool = False


class Findings(Listed):
    items: list[FindingRow]


class FindingAnswer(Answer):
    person: UUID
    finding: FindingOut
    why: WhyOut | None
    facts: list[str] = Field(description="facts that `corrected` may name")


class OutcomeIn(In):
    version: Version
    code: OutcomeCode
    note: str = Field("", max_length=500)
    left_out_reason: LeftOutReason | None = None
    refer_to: str = Field("", max_length=60)
    corrected: dict[str, bool | int | str] = Field({}, max_length=20, description="facts found otherwise")
    month: dt.date | None = None
    sum_fen: Fen | None = None
    told_on: dt.date | None = None
    heard_on: dt.date | None = None


class Recorded(Answer):
    id: UUID
    state: str
    version: int


@operation(
    router, "GET", "/findings", Action.FINDING_READ, answers=Findings,
    leads={"finding": ("finding", "items/0/id"), "person_why": ("person", "items/0/person")},
    shows=LIST,
)  # fmt: skip
def findings(request: ApiRequest, asked: Query[FindingQuery]) -> dict[str, Any]:
    """Findings within reach, oldest first."""
    filters = Filters(
        kind=(asked.kind.value,) if asked.kind else (),
        state=(asked.state.value,) if asked.state else WAITING,
        benefit=(asked.benefit,) if asked.benefit else (),
        area=asked.area or "",
        overdue=asked.overdue,
    )
    found = ordered(matching(scoped(request.user), filters), "oldest")
    some, next_ = page(request.user, "findings", found, asked, ("opened_on", "id"))
    return listed(rows(some), next_)


@operation(
    router, "GET", "/findings/{uuid:finding}", Action.FINDING_READ, answers=FindingAnswer, shows="finding"
)
def finding(request: ApiRequest, finding: UUID) -> dict[str, Any]:
    """One finding: why it stands, what was done, which outcomes may be recorded now."""
    shown = handling(request.user, finding)
    return {
        "person": shown.identity.uuid,
        "finding": shown.block,
        "why": shown.why,
        "facts": [one.fact for one in shown.facts],
    }


@operation(
    router, "POST", "/findings/{uuid:finding}/outcomes", Action.FINDING_HANDLE, answers=Recorded, writes=True
)
def record_outcome(request: ApiRequest, finding: UUID, sent: OutcomeIn) -> dict[str, Any]:
    """Record what came of a finding. A gap takes left_out_reason, refer_to and corrected; a payment month, sum and days."""
    row = services.finding(request.user, finding)
    said: dict[str, Any] = {"version": sent.version, "code": sent.code.value, "note": sent.note}
    if row.kind == FindingKind.GAP:
        row = services.handle_gap(
            actor=request.user,
            finding=row,
            left_out_reason=sent.left_out_reason.value if sent.left_out_reason else "",
            refer_to=sent.refer_to,
            corrected=sent.corrected,
            **said,
        )
    elif row.kind == FindingKind.ASK:
        raise Problem("outcome-unknown", Message("待核实的线索，请登记询问结果。"), field="code")
    else:
        row = services.handle_payment(
            actor=request.user,
            finding=row,
            month=sent.month,
            sum_fen=sent.sum_fen,
            told_on=sent.told_on,
            heard_on=sent.heard_on,
            **said,
        )
    row.refresh_from_db()
    return {"id": row.uuid, "state": row.state, "version": row.version}
