"""Telephone and address in full, to find a door: for a chosen reason, written down for each person.

Those who may see any number of a person (`person.unmask`) may always; a village commissioner (`person.contact`)
while the person has work open that is theirs. The id is never shown here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.audit.services import record
from yice.loop.identify.enums import ContactReason, FindingState
from yice.loop.identify.errands import errands
from yice.loop.identify.models import Ask, Finding, Guardian, Person
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message


@dataclass(frozen=True)
class Contact:
    """How to reach somebody; empty where nothing is on file."""

    phone: str
    address: str
    guardians: tuple[tuple[str, str], ...] = ()  # name, telephone


def show_contacts(*, actor: User, people: Sequence[Person], reason: str) -> dict[UUID, Contact]:
    """The contacts of those among `people` whom the actor may reach; none at all is a refusal."""
    access.require(actor, Action.PERSON_CONTACT)
    if reason not in ContactReason.values:
        raise Problem("reason-missing", Message("请选择查看的原因。"), field="reason")
    reached = reachable(actor, people)
    if not reached:
        raise access.Forbidden(Message("只能查看本人负责区域内、有待办事项的人的电话和住址。"))
    with transaction.atomic():
        for person in reached:
            values = {"why": reason}
            record(actor=actor, code="person.contact_shown", subject=person, area=person.hukou, values=values)
    return contacts(reached)


def reachable(actor: User, people: Sequence[Person]) -> list[Person]:
    """Those whose telephone and address the actor may see in full today."""
    near = [person for person in people if access.may(actor, Action.PERSON_CONTACT, person).allowed]
    always = {person.pk for person in near if access.may(actor, Action.PERSON_UNMASK, person).allowed}
    asked = [person.pk for person in near if person.pk not in always]
    if not asked:
        return near
    live = Finding.objects.filter(person__in=asked).exclude(state=FindingState.CLOSED)
    busy = set(
        access.scope(actor, Action.FINDING_HANDLE, live).order_by().values_list("person_id", flat=True)
    )
    open_asks = Ask.objects.filter(person__in=asked, open=True)
    busy |= set(access.scope(actor, Action.ASK_ANSWER, open_asks).values_list("person_id", flat=True))
    busy |= errands(actor, Person.objects.filter(pk__in=asked), clock.today()).keys()
    return [person for person in near if person.pk in always | busy]


def contacts(people: Sequence[Person]) -> dict[UUID, Contact]:
    """Open what is sealed. Only for people that `reachable` gave."""
    guardians: dict[int, list[tuple[str, str]]] = {}
    now = Q(until=None) | Q(until__gte=clock.today())
    for one in Guardian.objects.filter(now, person__in=people).order_by("id"):
        guardians.setdefault(one.person_id, []).append((one.name, one.phone))
    return {
        person.uuid: Contact(person.phone, person.address, tuple(guardians.get(person.pk, ())))
        for person in people
    }
