"""One case: where it stands on its road, what happened in sentences, what the step at hand asks for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from yice.accounts.access import Forbidden
from yice.accounts.models import User
from yice.loop.deliver.enums import CaseState, RecordKind
from yice.loop.deliver.models import Case, CaseFile, Delivery, Notice, OpenStep, Payment, StepRecord
from yice.loop.deliver.selectors.answers import answers, changes, in_words
from yice.loop.deliver.selectors.scope import readable
from yice.loop.deliver.services import filling
from yice.loop.deliver.services.blocking import blocked
from yice.loop.deliver.services.money import AMOUNT
from yice.loop.deliver.services.standing import (
    As,
    as_whom,
    guest_hands,
    office_name,
    on_to,
    plan_of,
    service_of,
)
from yice.loop.deliver.services.sums import names_sum, sums_due
from yice.loop.identify.models import Person
from yice.loop.identify.services.ties import is_kin
from yice.policy.words import text
from yice.rules.services import Evidence, FormField, Outcome, Service, Step
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message, listed
from yice.terms.workdays import unknown_years, working_days_between

Place = Literal["done", "now", "asleep", "coming"]


@dataclass(frozen=True)
class RoadStep:
    """One step of the road."""

    step: Step
    place: Place
    open_step: OpenStep | None
    due_on: dt.date | None
    left: int | None  # working days; negative: overdue
    guess: bool  # the deadline reaches into a year whose holidays are not known
    mine: As | None  # as whom the actor may take it now; None: not
    why_not: str  # whose it is, or why not the actor's


@dataclass(frozen=True)
class Said:
    """One thing that happened, as a sentence."""

    at: dt.datetime
    by: str
    text: str
    details: list[str]
    record: StepRecord
    # What the form says, or what became another, and where it went.
    told: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Filled:
    """A step's form as it was last filled in, each answer with its label, in words; a sealed one does not say."""

    step: Step
    answers: list[tuple[str, str]]


@dataclass(frozen=True)
class CaseView:
    case: Case
    service: Service
    road: list[RoadStep]
    timeline: list[Said]  # the newest first
    payments: list[Payment]
    deliveries: list[Delivery]
    notices: list[Notice]
    files: list[CaseFile]  # in the order they came
    whole: bool = True  # False: a guest, who sees what they need for the step in their hands


def case(actor: User, case_uuid: UUID) -> Case:
    """A case the actor may read, else Problem "case-not-found"."""
    rows = readable(actor).select_related("person", "household", "pack", "opened_by").defer("pack__files")
    found = rows.filter(uuid=case_uuid).first()
    if found is None:
        raise Problem("case-not-found", Message("没有这个办件，或不在您负责的范围内。"))
    return found


def whole_case(actor: User, case_uuid: UUID) -> Case:
    """`case`, for whoever may see all of it: no guest."""
    row = case(actor, case_uuid)
    if guest_hands(actor, row) is not None:
        raise Forbidden(Message("整件的材料由安排您的单位打印和查看。"))
    return row


def case_at(actor: User, case_uuid: UUID, step: str) -> Case:
    """`case`, for whoever may look at this step of it: a guest at those in their hands alone."""
    row = case(actor, case_uuid)
    hands = guest_hands(actor, row)
    if step not in service_of(row).steps or (hands is not None and step not in hands):
        raise Problem("step-not-found", Message("没有这一步。"))
    return row


def view(actor: User, case_uuid: UUID) -> CaseView:
    """Everything a case's page shows, in a bounded number of queries; to a guest what their step needs."""
    row = case(actor, case_uuid)
    service = service_of(row)
    records = list(row.records.select_related("by", "covering").order_by("-version"))
    hands = guest_hands(actor, row)
    needed, whole = _needed(service, hands), hands is None
    told = [
        (one, said)
        for one, said in zip(records, _told(row, records, whole=whole), strict=True)
        if hands is None or one.by == actor or _handed(one, hands)
    ]
    return CaseView(
        row,
        service,
        _road(actor, row, service, records),
        [_said(one, service, said) for one, said in told],
        list(row.payments.order_by("-month", "-id")) if whole else [],
        list(row.deliveries.order_by("-day", "-id")) if whole else [],
        list(row.notices.order_by("-id")) if whole else [],
        [one for one in files_of(row) if needed is None or one.step in needed],
        whole,
    )


def _needed(service: Service, hands: frozenset[str] | None) -> frozenset[str] | None:
    """The steps of which a guest sees forms and files: those in their hands, and what these read. None: every step."""
    if hands is None:
        return None
    return frozenset(name for one in hands for name in (one, *service.steps[one].reads))


def _handed(record: StepRecord, hands: frozenset[str]) -> bool:
    return record.step in hands and record.kind in (RecordKind.HANDED, RecordKind.RETURNED)


def _filled(
    row: Case, service: Service, records: list[StepRecord], needed: frozenset[str] | None
) -> Iterator[Filled]:
    plan, last = plan_of(row), dict[str, StepRecord]()
    for one in records:  # the newest first
        if one.values:
            last.setdefault(one.step, one)
    for step in service.steps.values():
        if step.id in last and (needed is None or step.id in needed):
            said = answers(plan, service, last[step.id])
            yield Filled(step, [(text(one.label), in_words(one, value)) for one, value in said])


def files_of(row: Case, step: str | None = None) -> list[CaseFile]:
    """What was sent as files, without what is in them. `row` comes from `case`."""
    rows = row.files.defer("sealed").select_related("added_by").order_by("id")
    return list(rows if step is None else rows.filter(step=step))


def file(actor: User, case_uuid: UUID, file_uuid: UUID) -> CaseFile:
    """A file of a case the actor may read, else Problem "case-not-found"."""
    row = case(actor, case_uuid)
    found = CaseFile.objects.filter(case=row, uuid=file_uuid).first()
    needed = _needed(service_of(row), guest_hands(actor, row))
    if found is None or (needed is not None and found.step not in needed):
        raise Problem("case-not-found", Message("没有这份文件，或不在您负责的范围内。"))
    # Whom it is about came with the case, as far as the reader may see them.
    found.case = row
    return found


def cases_of(actor: User, person: Person) -> list[Case]:
    """The cases of a person and of their household that the actor may read, open ones first."""
    rows = readable(actor).filter(person=person)
    if person.household_id is not None:
        rows = rows | readable(actor).filter(household_id=person.household_id)
    found = rows.select_related("pack").defer("pack__files").distinct().order_by("-id")
    return sorted(found, key=lambda row: row.state != CaseState.OPEN)


def _road(actor: User, row: Case, service: Service, records: list[StepRecord]) -> list[RoadStep]:
    taken = {one.step for one in records if one.kind in (RecordKind.TAKEN, RecordKind.REFUSED)}
    opened = {
        one.step: one
        for one in row.open_steps.select_related("holder").prefetch_related("offices").order_by("id")
    }
    found = []
    for step in service.steps.values():
        waiting = opened.get(step.id)
        place: Place = "done" if step.id in taken else "coming"
        left = due = None
        mine, why_not, guess = None, "", False
        if waiting is not None:
            asleep = waiting.wakes_on is not None and clock.today() < waiting.wakes_on
            place, due = "asleep" if asleep else "now", waiting.due_on
            if due is not None:
                left = working_days_between(clock.today(), due)
                guess = bool(unknown_years(clock.today(), due))
            mine, why_not = _mine(actor, row, waiting)
        found.append(RoadStep(step, place, waiting, due, left, guess, mine, why_not))
    return found


def _mine(actor: User, row: Case, waiting: OpenStep) -> tuple[As | None, str]:
    try:
        as_ = as_whom(actor, row, waiting)
    except Forbidden as refusal:
        return None, str(refusal.what)
    if row.person is not None and is_kin(actor, row.person):
        return None, str(Message("这是您本人或亲属的事，不能由您办理。"))
    return as_, ""


def _said(row: StepRecord, service: Service, told: list[str]) -> Said:
    step = service.steps.get(row.step)
    outcome = step.outcomes.get(row.outcome) if step else None
    title = step.title if step else ""
    match row.kind:
        case RecordKind.TAKEN | RecordKind.REFUSED if outcome:
            text = Message("{step}：{outcome}", step=title, outcome=outcome.says)
        case RecordKind.RETURNED:
            text = Message("{step}：退回补正", step=title)
        case RecordKind.OPENED:
            text = Message("已受理")
        case RecordKind.HANDED:
            text = Message("{step}：转交{who}办理", step=title, who=listed(row.reasons))
        case RecordKind.CLIMBED:
            text = Message("{step}：逾期，已报上一级", step=title)
        case RecordKind.CHANGED:
            text = Message("情况有变化，转入“{step}”", step=title)
        case _:
            text = Message("{what}", what=RecordKind(row.kind).label)
    return Said(row.at, row.by.name if row.by else "", str(text), list(_details(row, outcome)), row, told)


def _told(case: Case, records: list[StepRecord], *, whole: bool) -> Iterator[list[str]]:
    """For each record, the newest first: before and after in words. A guest (not `whole`) reads only where it went."""
    plan, service = plan_of(case), service_of(case)
    for at, one in enumerate(records):
        before = next((old for old in records[at + 1 :] if old.step == one.step and old.values), None)
        told = changes(plan, service, one, before) if whole else []
        if went := on_to(service, one.went):
            told.append(str(Message("下一步：{steps}", steps=listed(map(text, went)))))
        yield told


def _details(row: StepRecord, outcome: Outcome | None) -> Iterator[str]:
    if row.for_whom:
        yield str(Message("代为登记"))
    if row.covering is not None:
        yield str(Message("代{who}办理", who=row.covering.name))
    if row.due_on is not None and row.kind in (RecordKind.TAKEN, RecordKind.REFUSED):
        late = working_days_between(row.due_on, row.at.date())
        if late > 0:
            yield str(Message("逾期 {days} 个工作日", days=late))
    if row.kind == RecordKind.RETURNED:
        yield from row.reasons
    elif outcome is not None:
        yield from (str(outcome.reasons[name]) for name in row.reasons if name in outcome.reasons)
    if row.note:
        yield row.note


@dataclass(frozen=True)
class FieldState:
    """A field of the step's form and what is known of it already (then it is shown, not asked)."""

    field: FormField
    value: Any = None
    known: bool = False  # from the facts
    offered: bool = False  # the field begins with it: from the last time, or by the rules
    by_rules: bool = False  # the sum that the rules make due


@dataclass(frozen=True)
class StepForm:
    """What a step asks for, before anything is filled in."""

    step: Step
    offices: list[str]
    fields: list[FieldState]
    evidence: list[Evidence]
    blocks: dict[str, list[Problem]]  # outcome → what stands in its way already
    missing: list[str] = field(default_factory=list)  # after a return: what was said to be lacking
    files: list[CaseFile] = field(default_factory=list)  # sent for this step so far
    filled: list[Filled] = field(default_factory=list)  # what was filled in at other steps


def step_form(actor: User, row: Case, step: str) -> StepForm:
    """The step's form with what is known filled in. `row` comes from `case_at`."""
    service, plan = service_of(row), plan_of(row)
    needed = _needed(service, guest_hands(actor, row))
    about = service.steps[step]
    waiting = row.open_steps.filter(step=step).prefetch_related("offices").first()
    fields = []
    records = list(row.records.order_by("-version"))
    before = next((one for one in records if one.step == step and one.kind == RecordKind.TAKEN), None)
    if about.form is not None:
        form = plan.forms[about.form]
        known = filling.known_facts(row) if any(one.fact for one in form.fields.values()) else {}
        for name, one in form.fields.items():
            told = filling.unsealed(before.values.get(name)) if before else None
            fact = known.get(one.fact) if one.fact else None
            ruled = told is None and name == AMOUNT and names_sum(plan, about)
            told = sums_due([row]).get(row.pk) if ruled else told
            value = fact if fact is not None else told
            offered = fact is None and told is not None
            fields.append(FieldState(one, value, fact is not None, offered, ruled and offered))
    values = {one.field.id: one.value for one in fields if one.value is not None}
    return StepForm(
        about,
        [office_name(one.office) for one in waiting.offices.all()] if waiting else [],
        fields,
        list(about.evidence.values()),
        {one.id: blocked(row, about, one, values) for one in about.outcomes.values()},
        list(waiting.missing) if waiting else [],
        files_of(row, step),
        [one for one in _filled(row, service, records, needed) if one.step.id != step],
    )
