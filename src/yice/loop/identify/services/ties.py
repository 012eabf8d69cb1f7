"""Nobody handles their own matter or a relative's: ties declared, and names that should make one look."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.audit.services import record
from yice.identifiers.names import fold
from yice.loop.identify.enums import TieKind
from yice.loop.identify.models import Guardian, HouseholdMember, Person, Tie
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message


def declare_tie(*, actor: User, user: User, person: Person, kind: TieKind) -> Tie:
    """Put on record that `user` is `person` or kin. That two only share a name is for somebody else to say."""
    if kind == TieKind.NONE or actor.pk != user.pk:
        access.require(actor, Action.TIE_DECLARE, person)
    if kind == TieKind.NONE and actor.pk == user.pk:
        raise access.Forbidden(Message("“只是同名”要由同事登记，不能自己给自己登记。"))
    with transaction.atomic():
        tie, _ = Tie.objects.update_or_create(
            user=user,
            person=person,
            defaults={"kind": kind, "declared_by": actor, "declared_at": clock.now()},
        )
        values = {"tie": kind, "user": user.name}
        record(actor=actor, code="tie.declared", subject=person, area=person.hukou, values=values)
    return tie


def refuse_kin(actor: User, person: Person) -> None:
    """Problem "own-or-kin" where `actor` is the person, shares the household, is the guardian or declared kin."""
    if is_kin(actor, person):
        raise Problem(
            "own-or-kin",
            Message("这是您本人或亲属的事，不能由您办理。"),
            why=Message("经办人不得办理本人和近亲属、同户成员、被监护人的事项。"),
            fix=Message("请转交同事办理；如果只是同名，请同事登记“只是同名”。"),
        )


def refuse_giving_to_kin(to: User, people: Iterable[Person], field: str) -> None:
    """The same of a colleague whom something about these people is to be given."""
    if any(is_kin(to, person) for person in people):
        what = Message("{who}与服务对象是本人或亲属，不能办理。", who=to.name)
        raise Problem("own-or-kin", what, field=field)


def is_kin(actor: User, person: Person) -> bool:
    """Declared, or by name: the person, somebody of the household, or the guardian is called like `actor`."""
    near = Q(person=person)
    if person.household_id is not None:
        near |= Q(person__household_id=person.household_id)
    ties = list(Tie.objects.filter(near, user=actor).values_list("person_id", "kind"))
    if any(kind != TieKind.NONE for _, kind in ties):
        return True
    if (person.pk, TieKind.NONE) in ties:
        return False
    name = fold(actor.name)
    if name == person.name_folded or any(
        fold(one) == name
        for one in Guardian.objects.filter(person=person).values_list("name", flat=True).order_by("id")
    ):
        return True
    if person.household_id is None:
        return False
    here = {"household_id": person.household_id, "name_folded": name}
    return Person.objects.filter(**here).exists() or HouseholdMember.objects.filter(**here).exists()
