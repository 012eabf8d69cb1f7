"""Persons by key, as a list may name them: within scope, with age in years and village, nothing more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.areas import selectors as areas
from yice.loop.identify.models import Person
from yice.loop.identify.selectors import words
from yice.terms import clock
from yice.terms.periods import age_on


@dataclass(frozen=True)
class NamedPerson:
    """age: whole years, None where the birth date is not known."""

    person: UUID
    name: str
    age: int | None
    village: str


def named(actor: User, action: Action, keys: Iterable[int]) -> dict[int, NamedPerson]:
    """Those of these persons whom `actor` may see with `action`."""
    found = list(access.scope(actor, action, Person.objects.filter(pk__in=list(keys))))
    places = areas.names(words.place_codes(person.hukou for person in found))
    today = clock.today()
    return {
        person.pk: NamedPerson(
            person.uuid,
            person.name,
            age_on(person.birth_date, today) if person.birth_date else None,
            words.place(person.hukou, places),
        )
        for person in found
    }
