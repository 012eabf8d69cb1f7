"""The paper that a decision makes: what, why in words, from when, whom to ask, how to object."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.audit.services import record as tell
from yice.loop.deliver.models import Case, Notice, StepRecord
from yice.loop.deliver.selectors.scope import read_whole
from yice.loop.deliver.services.standing import office_name, plan_of, service_of
from yice.loop.identify.enums import AnsweredBy
from yice.loop.identify.selectors import words
from yice.loop.identify.services import taking
from yice.loop.identify.services.needs import number_of
from yice.loop.identify.services.numbering import next_number
from yice.rules.services import Outcome
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message

OBJECT_SETTING, OBJECT_WITHIN = (
    "objection_days",
    60,
)  # days to ask for review (行政复议法) unless the plan says other


KINDS = {
    "refuse": "refusal",
    "stop": "stop",
}  # where the pack names none: a decision and a stop are always told


def make_correction(case: Case, record: StepRecord, due_on: dt.date | None) -> Notice:
    """Tell the person once, and in writing, everything that is still lacking, and until when it can be brought."""
    step = service_of(case).steps[record.step]
    content = _content(case, record) | {
        "decision": _both("请补齐材料", "please complete the papers"),
        "why": list(record.reasons),
        "clause": step.clause,
        "due_on": due_on.isoformat() if due_on else None,
    }
    return _kept(case, record, "correction", content)


def make_notice(case: Case, record: StepRecord, chosen: Outcome, read: Mapping[str, Any]) -> Notice:
    """Write the notice of a step's outcome. Its content holds both languages where the pack gives both."""
    step = service_of(case).steps[record.step]
    why = [_both(chosen.reasons[name].zh, chosen.reasons[name].en) for name in record.reasons]
    content = _content(case, record) | {
        "decision": _both(chosen.says.zh, chosen.says.en),
        "why": why,
        "conditions": _conditions(case, chosen),
        "clause": step.clause,
        "from_month": case.from_month.isoformat()[:7] if case.from_month else None,
        "until_month": case.until_month.isoformat()[:7] if case.until_month else None,
        "amount_fen": case.amount_fen,
        "monthly": bool(case.benefit),
    }
    return _kept(case, record, chosen.notice or KINDS.get(chosen.kind, "decision"), content)


def _content(case: Case, record: StepRecord) -> dict[str, Any]:
    """What every notice says: of which service, in the officer's words, on which day, whom to ask, how to object."""
    service = service_of(case)
    return {
        "service": _both(service.title.zh, service.title.en),
        "why_in_words": record.note,
        "from_month": None, "until_month": None, "amount_fen": None,
        "on": clock.today().isoformat(),
        "ask": {"office": record.office, "office_name": office_name(record.office) if record.office else "",
                "area": case.area},
        "object_within_days": number_of(case.area, OBJECT_SETTING, OBJECT_WITHIN),
    }  # fmt: skip


def _kept(case: Case, record: StepRecord, kind: str, content: dict[str, Any]) -> Notice:
    return Notice.objects.create(
        number=next_number("G", case.area),
        case=case,
        record=record,
        kind=kind,
        content=content,
        made_at=clock.now(),
    )


def _conditions(case: Case, chosen: Outcome) -> list[dict[str, str]]:
    """The rules in words: what was met where it was agreed, what failed where it was refused or stopped."""
    plan = plan_of(case)
    benefit = plan.benefits.get(case.benefit)
    if case.person is None or benefit is None:
        return []
    screened = taking.screened_now([case.person.pk], case.person)
    if screened is None or not len(screened.keys):
        return []
    decided = {one.group: one for one in screened.screening.decide(0)}
    ways = [decided[name] for name in (benefit.group, *benefit.routes) if name in decided]
    if chosen.kind in ("refuse", "stop"):
        keys = [(one.group, key) for one in ways if one.status == "ineligible" for key in one.failed]
    else:
        way = next((one for one in ways if one.status == "eligible"), None)
        keys = [(way.group, one.id) for one in screened.plan.groups[way.group].when] if way else []
    says = {group: words.conditions(screened.plan, group) for group, _key in keys}
    found = [says[group][key] for group, key in keys if key in says[group]]
    return [_both(one.zh, one.en) for one in dict.fromkeys(found)]


def _both(zh: str, en: str) -> dict[str, str]:
    return {"zh": zh, "en": en}


def tell_person(*, actor: User, notice: Notice, how: AnsweredBy) -> Notice:
    """Put on record that the person was given or read the notice."""
    access.require(actor, Action.CASE_STEP, notice)
    with transaction.atomic():
        row = Notice.objects.select_for_update(of=("self",)).select_related("case__person").get(pk=notice.pk)
        if row.told_on is None:
            row.told_on, row.told_how = clock.today(), how
            row.save(update_fields=["told_on", "told_how"])
            subject = row.case if row.case.restricted or row.case.person is None else row.case.person
            values = {"notice": row.number}
            tell(actor=actor, code="notice.told", subject=subject, area=row.case.area, values=values)
    return row


def notice(actor: User, notice_uuid: uuid.UUID) -> Notice:
    """A notice of a case the actor may read, else Problem "notice-not-found"."""
    found = Notice.objects.select_related("case", "record").filter(uuid=notice_uuid).first()
    if found is None or not read_whole(actor, found.case):
        raise Problem("notice-not-found", Message("没有这份告知书，或不在您负责的范围内。"))
    return found
