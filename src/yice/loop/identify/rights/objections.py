"""Against a use that is a duty nobody withdraws a consent: one objects, and is answered, with a reason, in time.

So is whoever asks for a copy, a correction or erasure.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.audit.services import record
from yice.loop.identify.models import Objection, Person
from yice.loop.identify.rights.basis import answer_days, answered
from yice.loop.identify.rights.enums import GivenBy, ObjectionAnswer
from yice.loop.identify.services.ties import refuse_kin
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message
from yice.terms.once import require_same


def record_objection(
    *, actor: User, person: Person, purpose: str, said: str, said_by: GivenBy, key: str
) -> Objection:
    """Take an objection to a use, or a request; sent again it is the same one. Nothing stops meanwhile."""
    access.require(actor, Action.CONSENT_RECORD, person)
    if purpose not in answered():
        raise Problem("purpose-unknown", Message("没有这一项用途。"), field="purpose")
    if len(said.strip()) < 4:
        raise Problem("said-missing", Message("请写明反对什么、为什么，至少四个字。"), field="said")
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)
        made, new = Objection.objects.get_or_create(
            key=key,
            defaults={
                "person": person, "purpose": purpose, "said": said.strip()[:500], "said_by": said_by,
                "at": clock.now(), "by": actor, "due_on": clock.today() + dt.timedelta(days=answer_days()),
            },
        )  # fmt: skip
        taken = (made.person_id, made.purpose, made.said, made.by_id)
        require_same(taken, (person.pk, purpose, said.strip()[:500], actor.pk))
        if new:
            values = {"purpose": purpose}
            record(actor=actor, code="objection.made", subject=person, area=person.hukou, values=values)
    return made


def answer_objection(*, actor: User, objection: Objection, answer: ObjectionAnswer, note: str) -> Objection:
    """Answer it once, with a sentence for the person; nobody answers what they wrote down about their kin."""
    access.require(actor, Action.RIGHTS_ANSWER, objection)
    if len(note.strip()) < 4:
        raise Problem("note-missing", Message("请写明怎样答复本人，至少四个字。"), field="note")
    with transaction.atomic():
        row = Objection.objects.select_for_update(of=("self",)).select_related("person").get(pk=objection.pk)
        refuse_kin(actor, row.person)
        if row.answer:
            raise Problem("stale", Message("这项异议已经答复。"), fix=Message("请刷新页面。"))
        row.answer, row.note = answer, note.strip()[:500]
        row.answered_at, row.answered_by = clock.now(), actor
        row.save(update_fields=["answer", "note", "answered_at", "answered_by"])
        values = {"purpose": row.purpose, "objection": str(answer)}
        record(
            actor=actor, code="objection.answered", subject=row.person, area=row.person.hukou, values=values
        )
    return row


def objection(actor: User, key: UUID) -> Objection:
    """The objection, with its person, if the actor answers for its area; else Problem "not-found"."""
    rows = Objection.objects.filter(uuid=key).select_related("person")
    row = access.scope(actor, Action.RIGHTS_ANSWER, rows).first()
    if row is None:
        raise Problem("not-found", Message("没有这项异议，或不在您负责的区域内。"))
    return row


def waiting(actor: User) -> QuerySet[Objection]:
    """Those of the actor's area that nobody answered yet, the most urgent first."""
    rows = Objection.objects.filter(answer="").select_related("person")
    return access.scope(actor, Action.RIGHTS_ANSWER, rows).order_by("due_on", "id")
