"""Find a person: a whole number through its keyed index, or the beginning of a name; only within scope."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.areas import selectors as areas
from yice.identifiers import citizen_id, contact, masking, sealing
from yice.loop.identify.models import Person
from yice.loop.identify.selectors import words
from yice.loop.identify.selectors.filters import id_of, is_number, text_condition
from yice.terms import clock
from yice.terms.periods import age_on

LIMIT = 20


@dataclass(frozen=True)
class Hit:
    person: UUID
    name: str
    id_masked: str
    age: int | None
    village: str
    by: str  # id | certificate | phone | name


@dataclass(frozen=True)
class Hits:
    hits: list[Hit]
    more: bool  # over LIMIT: the name needs another character


def search(actor: User, text: str) -> Hits:
    """At most LIMIT persons. A number is sent by POST: it must never stand in an address."""
    text = text.strip()[:40]
    if not text:
        return Hits([], False)
    people = access.scope(actor, Action.PERSON_READ, Person.objects.filter(text_condition(text)))
    found = list(people.distinct().order_by("name_folded", "id")[: LIMIT + 1])
    names = areas.names(words.place_codes(person.hukou for person in found))
    today = clock.today()
    hits = [
        Hit(
            person.uuid,
            person.name,
            masking.id_number(person.id_number),
            age_on(person.birth_date, today) if person.birth_date else None,
            words.place(person.hukou, names),
            _by(person, text),
        )
        for person in found[:LIMIT]
    ]
    return Hits(hits, len(found) > LIMIT)


def _by(person: Person, text: str) -> str:
    if not is_number(text):
        return "name"
    if person.id_index and bytes(person.id_index) in sealing.marks("id_number", id_of(text)):
        return "id"
    if person.phone_index and bytes(person.phone_index) in sealing.marks("phone", contact.phone(text)):
        return "phone"
    return "certificate" if citizen_id.clean(text) else ""
