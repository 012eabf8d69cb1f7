"""A person's rights on one page: each use with its ground, what was agreed to, guardians, objections, what must stay."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.loop.identify.models import Consent, Guardian, Objection, Person
from yice.loop.identify.rights import guardians
from yice.loop.identify.rights.basis import Purpose, purposes
from yice.loop.identify.rights.consents import why_not
from yice.loop.identify.rights.disposal import why_kept
from yice.terms import clock
from yice.terms.messages import Message

MOST = 50


@dataclass(frozen=True)
class Use:
    """One use. `refused`: why it may not be made; always None for a duty, which nobody's consent stops."""

    purpose: Purpose
    held: Consent | None  # the last consent to it
    refused: Message | None


@dataclass(frozen=True)
class Signer:
    guardian: Guardian
    last: dt.date | None
    refused: Message | None  # why they may not sign today
    renew: bool  # their time is over, or will be within a month


@dataclass(frozen=True)
class Rights:
    uses: list[Use]
    guardians: list[Signer]
    objections: list[Objection]
    stays: list[Message]
    alone: bool  # agrees for themself
    may_record: bool
    may_guard: bool
    may_answer: bool
    may_copy: bool
    may_dispose: bool


def rights(actor: User, person: Person) -> Rights:
    """Of a person the actor may read; `person` comes from `services.person`."""
    access.require(actor, Action.PERSON_READ, person)
    given: dict[str, list[Consent]] = {}
    for held in person.consents.order_by("given_on", "id"):
        given.setdefault(held.purpose, []).append(held)
    day = clock.today()
    uses = [
        Use(one, held[-1] if held else None, why_not(name, held) if one.basis == "consent" else None)
        for name, one in purposes().items()
        for held in [given.get(name, [])]
    ]
    signers = []
    for guard in person.guardians.select_related("person").order_by("id")[:MOST]:
        ends = guardians.acts_until(guard)
        soon = ends is not None and ends <= day + guardians.AHEAD
        signers.append(Signer(guard, ends, guardians.why_not(guard, day), soon))

    def may(action: Action) -> bool:
        return access.may(actor, action, person).allowed

    return Rights(
        uses,
        signers,
        list(person.objections.select_related("answered_by").order_by("-at")[:MOST]),
        why_kept(person),
        guardians.alone(person, day),
        may(Action.CONSENT_RECORD),
        may(Action.GUARDIAN_RECORD),
        may(Action.RIGHTS_ANSWER),
        may(Action.RECORD_COPY),
        may(Action.RETENTION_MANAGE),
    )
