"""Telephone and address of whom a case is about, for the guest who goes there: while the step is in their hands."""

from __future__ import annotations

from django.db import transaction

from yice.accounts.access import Forbidden
from yice.accounts.models import User
from yice.audit.services import record
from yice.loop.deliver.models import Case
from yice.loop.deliver.services.standing import guest_hands, people_of, service_of
from yice.loop.identify.models import Person
from yice.loop.identify.services.contacting import Contact, contacts
from yice.terms.messages import Message


def may_reach(actor: User, case: Case) -> bool:
    """Whether a step that the pack sends somebody out for (`contact`) is in this guest's hands."""
    steps = service_of(case).steps
    return any(steps[one].contact for one in guest_hands(actor, case) or ())


@transaction.atomic
def reach(*, actor: User, case: Case) -> list[tuple[Person, Contact]]:
    """How to reach each of them; that it was looked at stands in their record."""
    if not may_reach(actor, case):
        raise Forbidden(Message("只有手上的步骤要联系本人时，才能看电话和住址。"))
    people = people_of(case)
    for person in people:
        # Of a restricted case the person's own timeline, which others read, says that they were looked up, not for what.
        values = {} if case.restricted else {"service": service_of(case).title.zh, "case": case.number}
        code = "case.reached_apart" if case.restricted else "case.reached"
        record(actor=actor, code=code, subject=person, area=person.hukou, values=values)
    found = contacts(people)
    return [(one, found[one.uuid]) for one in people]
