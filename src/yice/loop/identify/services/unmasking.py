"""Show one sealed value to somebody who needs it now, and write down that they saw it and why."""

from __future__ import annotations

from django.db import transaction

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.audit.services import record, words
from yice.loop.identify.models import Person
from yice.terms.errors import Problem
from yice.terms.messages import Message

FIELDS = {
    "id_number": "身份证号",
    "phone": "电话",
    "address": "住址",
    "certificate": "残疾人证号",
    "birth_date": "出生日期",
}
REASON_AT_LEAST = 4


def unmask(*, actor: User, person: Person, field: str, reason: str) -> str:
    """The whole value of one of FIELDS; `reason` is at least four characters and goes into the audit."""
    access.require(actor, Action.PERSON_UNMASK, person)
    if field not in FIELDS:
        raise Problem("field-unknown", Message("没有这一项。"), field="field")
    if len(reason.strip()) < REASON_AT_LEAST:
        raise Problem("reason-missing", Message("请写明查看的原因，至少四个字。"), field="reason")
    with transaction.atomic():
        values = {"field": FIELDS[field], "reason": words(reason.strip()[:200])}
        record(actor=actor, code="person.unmasked", subject=person, area=person.hukou, values=values)
    if field == "certificate":
        current = person.certificates.filter(current=True).order_by("-id").first()
        return current.number if current else ""
    if field == "birth_date":
        return person.birth_date.isoformat() if person.birth_date else ""
    return str(getattr(person, field))
