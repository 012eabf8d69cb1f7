"""Whom an application is for: by number and name together, never by looking around."""

from __future__ import annotations

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.audit.services import record
from yice.identifiers import citizen_id, sealing
from yice.identifiers.names import fold
from yice.loop.deliver.services.opening import Subject
from yice.loop.identify.models import Certificate, Person
from yice.loop.identify.selectors.filters import id_of
from yice.rules.services import Service
from yice.terms.errors import Problem
from yice.terms.messages import Message


def subject_named(*, actor: User, service: Service, name: str, number: str = "", area: str = "") -> Subject:
    """What a service's unit asks for: somebody, or the household of somebody, by number and name; else a name and a place."""
    if service.unit not in ("person", "household"):
        if not area:
            raise Problem("area-missing", Message("请写明在哪里。"), field="area")
        return Subject(name=name, area=area)
    person = named(actor=actor, service=service, number=number, name=name)
    if service.unit == "person":
        return Subject(person=person)
    if person.household is None:
        what = Message("这项服务按家庭办理，登记册里还没有记下这个人的家庭。")
        raise Problem("no-household", what, field="number")
    return Subject(household=person.household)


def named(*, actor: User, service: Service, number: str, name: str) -> Person:
    """Who bears this identity or certificate number and this name. A number without its name finds nobody.

    A service that is not taken at any window finds nobody elsewhere either, so nobody learns by it who is on record.
    Whoever is found out of the actor's reach, that stands in the record, whether a case comes of it or not.
    """
    kept = sealing.index("certificate", citizen_id.clean(number))
    keys = [  # two looks into an index; one condition over both would read the whole register
        *Person.objects.filter(id_index=sealing.index("id_number", id_of(number))).values_list(
            "pk", flat=True
        ),
        *Certificate.objects.filter(number_index=kept).values_list("person_id", flat=True),
    ]
    merged = Person.objects.filter(pk__in=keys).values_list("merged_into", flat=True)
    people = Person.objects.filter(pk__in=[*keys, *filter(None, merged)])
    if not service.anywhere:
        people = access.scope(actor, Action.CASE_OPEN, people)
    found = people.filter(removed_on=None, name_folded=fold(name))[:2]
    if len(found) != 1:
        raise Problem(
            "nobody-named",
            Message("登记册里没有这个人，或者证件号与姓名对不上。"),
            fix=Message("请核对 18 位证件号（或 20 位残疾人证号）和姓名。"),
            field="number",
        )
    person = found[0]
    if not access.may(actor, Action.PERSON_READ, person).allowed:
        # For a restricted service others who read the person's timeline do not learn which.
        values = {} if service.restricted else {"service": service.title.zh}
        code = "case.named_apart" if service.restricted else "case.named"
        record(actor=actor, code=code, subject=person, area=person.hukou, values=values)
    return person
