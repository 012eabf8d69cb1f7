"""What a reader may not see, changed while they look away: their pages must not tell.

`move_elsewhere` brings people, findings and names where the reader has nothing to do; `move_behind_the_masks` changes
every number, telephone, address and birth date of everybody in all the places that a mask hides, in such a way that
whoever sorts by one of them sorts otherwise now.
"""

from __future__ import annotations

import datetime as dt

from tests import factories as make
from tests.cast import FAR_VILLAGE, NEXT_VILLAGE, OUTSIDE_VILLAGE, VILLAGE
from tests.web.desk_world import World
from tests.web.walk import NOT_ABOUT_PERSONS

from yice.accounts import access
from yice.accounts.enums import Action, Line
from yice.accounts.models import User
from yice.identifiers import sealing
from yice.identifiers.masking import id_number as masked
from yice.loop.identify.models import Certificate, Finding, Person


def move_elsewhere(who: str, world: World) -> None:
    actor = User.objects.get(username=who)
    reach = [
        one for action in Action if action not in NOT_ABOUT_PERSONS for one in access.ranges(actor, action)
    ]

    def reached(code: str) -> bool:
        return any(low <= code < high for low, high in reach)

    for person in world.people:
        if not reached(person.hukou):
            Person.objects.filter(pk=person.pk).update(name="改了名", birth_date=dt.date(1991, 2, 3))
    for code in (VILLAGE, NEXT_VILLAGE, FAR_VILLAGE, OUTSIDE_VILLAGE):
        if not reached(code):
            county = make.batch(area=code[:6].ljust(12, "0"))
            _copy(world.gap, make.person("新来的", hukou=code, register=county, phone="13912349999"))
    lines = access.lines(actor, Action.FINDING_READ) | access.lines(actor, Action.REPORT_READ)
    if Line.PAYMENT not in lines:
        _copy(world.leak, world.lin)  # at home, and yet not their line of work


def _copy(finding: Finding, person: Person) -> Finding:
    values = {
        one.attname: getattr(finding, one.attname)
        for one in Finding._meta.concrete_fields
        if one.name not in ("id", "uuid", "person", "hukou", "residence", "opened_on")
    }
    return Finding.objects.create(
        person=person, hukou=person.hukou, residence=person.residence, opened_on=dt.date(2020, 1, 2), **values
    )


def move_behind_the_masks(world: World) -> None:
    """The last of the people becomes the first by birth date, by number, by telephone and by address."""
    people = Person.objects.filter(pk__in=[one.pk for one in world.people]).order_by("-id")
    for place, person in enumerate(people, start=1):
        born = dt.date(1970, place, 7)  # the same age on the day of the tests
        number = _number_under(masked(person.id_number), born)
        phone = f"138{place:04}0001" if person.phone else ""
        address = f"江海区江南街道{place} 路 1 号"
        Person.objects.filter(pk=person.pk).update(
            birth_date=born,
            id_sealed=sealing.seal("id_number", number),
            id_index=sealing.index("id_number", number),
            phone_sealed=sealing.seal("phone", phone),
            phone_index=sealing.index("phone", phone),
            address_sealed=sealing.seal("address", address),
        )
        for one in Certificate.objects.filter(person=person):
            changed = number + one.number[18:]
            Certificate.objects.filter(pk=one.pk).update(
                number_sealed=sealing.seal("certificate", changed),
                number_index=sealing.index("certificate", changed),
            )


def _number_under(mask: str, born: dt.date) -> str:
    """Another number of the test range that looks the same masked."""
    return next(
        number for serial in range(500, 1000) if masked(number := make.citizen_id(born, serial)) == mask
    )
