"""A person's findings with the steps taken, and those open to the actor now."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Prefetch
from django.utils.translation import gettext

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.loop.identify.enums import ClosedBy, FindingKind, FindingState, LeftOutReason, OutcomeCode
from yice.loop.identify.models import Finding, Outcome, Person
from yice.loop.identify.selectors import words
from yice.loop.identify.selectors.worklist import plans_of
from yice.loop.identify.services.closing import WHY
from yice.loop.identify.services.steps import codes_for
from yice.rules.model import Plan
from yice.terms.messages import Message

_ORDER = {FindingState.OPEN: 0, FindingState.STARTED: 0, FindingState.PROVISIONAL: 1, FindingState.CLOSED: 2}


@dataclass(frozen=True)
class OutcomeRow:
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
    undone: str = ""  # when, by whom and why it was taken back


@dataclass(frozen=True)
class FindingBlock:
    uuid: UUID
    kind: str
    kind_label: str
    group: str
    title: str
    benefit: str
    benefit_title: str
    because: str
    state: str
    state_label: str
    due_fen: int | None
    paid_fen: int | None
    opened_on: dt.date
    due_on: dt.date | None
    closed_on: dt.date | None
    closed_why: str
    version: int
    may_handle: bool
    why_not: str  # the access policy's sentence where may_handle is False
    codes: list[tuple[str, str]]  # outcome codes open to this actor now, with labels
    outcomes: list[OutcomeRow]
    may_undo: bool = False  # the last step, recorded by mistake

    @property
    def last(self) -> OutcomeRow | None:
        """The last step that stands."""
        return next((row for row in reversed(self.outcomes) if not row.undone), None)

    @property
    def heard(self) -> bool:
        """Whether some step says that the person was told and heard."""
        return any(row.told_on and row.heard_on for row in self.outcomes if not row.undone)


def finding_blocks(actor: User, person: Person) -> list[FindingBlock]:
    """All the actor may read, live ones first, then the newest closed."""
    outcomes = Prefetch("outcomes", Outcome.objects.select_related("by", "undone_by").order_by("id"))
    found = list(
        access.scope(actor, Action.FINDING_READ, Finding.objects.filter(person=person))
        .prefetch_related(outcomes)
        .order_by("-id")
    )
    plans = plans_of(finding.pack_id for finding in found)
    found.sort(key=lambda finding: _ORDER[FindingState(finding.state)])
    live = {(one.group, one.kind) for one in found if one.state != FindingState.CLOSED}
    return [_block(actor, finding, plans.get(finding.pack_id), live) for finding in found]


def _block(actor: User, finding: Finding, plan: Plan | None, live: set[tuple[str, str]]) -> FindingBlock:
    decision = access.may(actor, Action.FINDING_HANDLE, finding)
    title, benefit = words.titles(plan, finding.kind, finding.group, finding.benefit, finding.reason)
    codes = codes_for(finding.kind, finding.state) if decision.allowed else ()
    return FindingBlock(
        uuid=finding.uuid,
        kind=finding.kind,
        kind_label=str(FindingKind(finding.kind).label),
        group=finding.group,
        title=title,
        benefit=finding.benefit,
        benefit_title=benefit,
        because=words.because(plan, finding),
        state=finding.state,
        state_label=str(FindingState(finding.state).label),
        due_fen=finding.due_fen,
        paid_fen=finding.paid_fen,
        opened_on=finding.opened_on,
        due_on=finding.due_on,
        closed_on=finding.closed_on,
        closed_why=closed_why(finding),
        version=finding.version,
        may_handle=decision.allowed,
        why_not="" if decision.allowed else str(decision.why),
        codes=[(code.value, str(code.label)) for code in codes],
        outcomes=[_outcome(row) for row in finding.outcomes.all()],
        may_undo=decision.allowed
        and any(not row.undone for row in finding.outcomes.all())
        and (
            finding.state != FindingState.CLOSED
            or (finding.closed_by == ClosedBy.PERSON and (finding.group, finding.kind) not in live)
        ),
    )


def closed_why(finding: Finding) -> str:
    """Why it closed, in words: a step somebody took, or what the run found."""
    code = finding.closed_why.get("code", "")
    if code in WHY:
        return gettext(WHY[code])
    return str(OutcomeCode(code).label) if code in OutcomeCode.values else ""


def _outcome(row: Outcome) -> OutcomeRow:
    reason = str(LeftOutReason(row.left_out_reason).label) if row.left_out_reason else row.refer_to
    return OutcomeRow(
        row.code, str(OutcomeCode(row.code).label), reason, row.note, row.month, row.sum_fen,
        row.told_on, row.heard_on, row.at, row.by.name, _undone(row),
    )  # fmt: skip


def _undone(row: Outcome) -> str:
    if not row.undone or row.undone_at is None or row.undone_by is None:
        return gettext("已撤销") if row.undone else ""
    said = Message("已由{by}撤销：{why}", by=row.undone_by.name, why=row.undone_why)
    return str(said)
