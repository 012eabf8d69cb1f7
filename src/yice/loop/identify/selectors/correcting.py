"""One fact ready to be corrected: what is held, where it comes from, and whose it is."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.loop.identify.selectors.facts import FactRow, fact_sections
from yice.loop.identify.selectors.person import Identity, identity_and_settled
from yice.loop.identify.selectors.questions import Question, question
from yice.loop.identify.services import rows
from yice.loop.identify.services.correcting import owner
from yice.rules.expression.scope import facts_of
from yice.terms.errors import Problem
from yice.terms.messages import Message


@dataclass(frozen=True)
class Correctable:
    identity: Identity
    held: FactRow
    question: Question
    register: str  # "" ours; else the register whose owner is asked


def correctable(actor: User, person: UUID, fact: str) -> Correctable:
    """The fact, or Problem "not-found" where there is none of that name to correct."""
    row = rows.person(actor, person)
    access.require(actor, Action.PERSON_CORRECT, row)
    identity, plan, held = identity_and_settled(actor, row)
    if plan is None or held is None or fact not in (facts := facts_of(plan)):
        raise Problem("not-found", Message("没有这一项可以更正的事实。"))
    shown = [one for section in fact_sections(actor, row, plan, held) for one in section.rows]
    found = next((one for one in shown if one.name == fact and one.correct), None)
    if found is None:
        raise Problem("not-found", Message("没有这一项可以更正的事实。"))
    return Correctable(identity, found, question(facts[fact], []), owner(facts[fact]))
