"""Mend a fact here, or ask the owner of the register to mend it there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.audit.services import record, words
from yice.loop.identify.enums import BatchKind
from yice.loop.identify.models import Batch, CorrectionRequest, Facts, Person
from yice.loop.identify.services import taking, values
from yice.loop.identify.services.asks import askable
from yice.loop.identify.services.rescreening import Rescreened, rescreen
from yice.policy.words import text
from yice.rules.model import Fact, Plan
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message

CERTIFICATES = "certificates"


def owner(fact: Fact) -> str:
    """Whose register the fact is: "" ours, "certificates", or a list kind."""
    if askable(fact):
        return ""
    return fact.source.removeprefix("list:") if fact.source.startswith("list:") else CERTIFICATES


def correct_fact(
    *, actor: User, person: Person, fact: str, value: Any, seen_on: dt.date, why: str
) -> Rescreened:
    """Record that a fact is otherwise, with the day it was seen. Certificate facts are refused: "not-ours"."""
    access.require(actor, Action.PERSON_CORRECT, person)
    plan = taking.plan_of(person)
    made = taking.fact_of(plan, fact)
    if owner(made):
        raise Problem(
            "not-ours",
            Message("“{fact}”由登记机关管理，这里只存副本。", fact=text(made.label)),
            fix=Message("请改用“请登记机关更正”。"),
            field=fact,
        )
    if seen_on > clock.today():
        raise Problem("seen-in-future", Message("核实日期不能晚于今天。"), field="seen_on")
    reason = _why(why)
    known = values.read(made, value)
    with transaction.atomic():
        touched = apply_corrections(
            actor=actor, person=person, corrected={fact: known}, plan=plan, seen_on=seen_on
        )
        done = rescreen(person, touched)
        record(
            actor=actor,
            code="fact.corrected",
            subject=person,
            area=person.hukou,
            values={"fact": fact, "label": made.label.zh, "why": words(reason)},
        )
    return done


def request_correction(
    *, actor: User, person: Person, register: str, fact: str, asked: Any, why: str
) -> CorrectionRequest:
    """Ask the owner of `register` ("certificates" or a list kind); the held value stays until they send another."""
    access.require(actor, Action.PERSON_CORRECT, person)
    made = taking.fact_of(taking.plan_of(person), fact)
    known = values.read(made, asked)
    reason = _why(why)
    with transaction.atomic():
        request = ask_owner(
            actor=actor, person=person, register=register or owner(made), fact=fact, asked=known, why=reason
        )
        values_ = {"fact": fact, "label": made.label.zh, "register": request.register}
        record(actor=actor, code="fact.correction_asked", subject=person, area=person.hukou, values=values_)
    return request


def apply_corrections(
    *,
    actor: User,
    person: Person,
    corrected: Mapping[str, Any],
    plan: Plan,
    seen_on: dt.date,
    of: Batch | None = None,
) -> list[int]:
    """Take values already read as an officer's correction; gives the persons whose facts changed."""
    of = of or taking.batch(actor=actor, person=person, kind=BatchKind.CORRECTION, as_of=seen_on)
    return taking.take(actor=actor, person=person, values=corrected, of=of, plan=plan)


def ask_owner(
    *, actor: User, person: Person, register: str, fact: str, asked: Any, why: str
) -> CorrectionRequest:
    """One open request a fact: the same one asked again is the same row."""
    open_one = CorrectionRequest.objects.filter(
        person=person, register=register, fact=fact, answer=""
    ).first()
    if open_one is not None and open_one.asked == asked:
        return open_one
    row = Facts.objects.filter(person=person).first()
    return CorrectionRequest.objects.create(
        person=person,
        register=register,
        fact=fact,
        held=taking.stored(row, fact) if row else None,
        asked=asked,
        why=why,
        asked_by=actor,
        asked_at=clock.now(),
    )


def _why(text_: str) -> str:
    reason = text_.strip()
    if len(reason) < 2:
        raise Problem("reason-missing", Message("请写明更正的依据。"), field="why")
    return reason[:500]
