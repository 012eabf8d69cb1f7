"""What an emergency opens: one person found by the whole number, read and nothing else, each look written down."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from yice.accounts import access, glass, rows
from yice.accounts.enums import Action
from yice.accounts.models import Glass, User
from yice.audit.services import record
from yice.identifiers import citizen_id, sealing
from yice.loop.deliver.models import Case
from yice.loop.identify.looking import standing
from yice.loop.identify.models import Person
from yice.loop.identify.selectors import words
from yice.loop.identify.services.ties import refuse_kin
from yice.terms.errors import Problem
from yice.terms.messages import Message


@dataclass(frozen=True)
class Opened:
    """What is needed to help somebody now. `cases`: number, state, whether restricted."""

    name: str
    sex: str
    phone: str
    address: str
    area: str
    guardians: list[tuple[str, str, str]]
    certificates: list[str]
    cases: list[tuple[str, str, bool]]


def ask(*, actor: User, number: str, reason: str) -> Glass:
    """Break the glass for who bears this number; whether anybody does is only learnt together with the record of it."""
    access.require(actor, Action.GLASS_BREAK)
    with rows.beyond():
        found = Person.objects.filter(
            Q(removed_on=None) | Q(merged_into__isnull=False),
            id_index__in=sealing.marks("id_number", citizen_id.clean(number)),
        ).first()
    if found is None:
        record(actor=actor, code="glass.nobody")
        raise Problem(
            "glass-nobody",
            Message("登记册里没有这个证件号。"),
            fix=Message("请核对 18 位号码。"),
            field="number",
        )
    return glass.break_glass(actor=actor, person=found.uuid, reason=reason)


@transaction.atomic
def look(*, actor: User, key: UUID) -> tuple[Glass, Opened]:
    """The person of an open glass, restricted cases too."""
    held = glass.opened(actor, key)
    with rows.beyond():
        return held, _read(actor, held)


@transaction.atomic
def review(*, actor: User, key: UUID, justified: bool, note: str) -> Glass:
    """`glass.review`, by nobody who is kin of whoever was looked at: another supervisor judges it."""
    held = glass.to_review(actor).filter(uuid=key).first()
    if held is not None:
        with rows.beyond():
            person = Person.objects.filter(uuid=held.person).first()
            if person is not None:
                refuse_kin(actor, standing(person))
    return glass.review(actor=actor, key=key, justified=justified, note=note)


def _read(actor: User, held: Glass) -> Opened:
    person = standing(Person.objects.get(uuid=held.person))
    record(actor=actor, code="glass.looked", subject=person, area=person.hukou)
    cases = Case.objects.filter(person=person).order_by("-opened_at")[:20]
    current = person.certificates.filter(current=True)
    return Opened(
        person.name,
        str(person.get_sex_display()),
        person.phone,
        person.address,
        person.residence,
        [(one.name, one.relation, one.phone) for one in person.guardians.all()],
        [f"{words.category(one.category)} {one.grade or ''}".strip() for one in current],
        [(case.number, str(case.get_state_display()), case.restricted) for case in cases],
    )
