"""Reading somebody's record is written down before anything of it is shown, once a day for each reader and person.

A page or operation says where it is declared whose record it shows: `shows="case"` is the case of its address. How the
persons are found from the address is said once, by the package whose rows they are (`register`). A list of many is
`LIST`: that it was read is one event a day, never one a row. Whoever was refused has read nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from django.db import transaction
from django.db.models import Model

from yice.accounts.models import User
from yice.audit.models import Event
from yice.audit.services import record
from yice.loop.identify.models import (
    Duplicate,
    Finding,
    Need,
    Objection,
    Pair,
    Person,
    Reply,
    ReplyPhoto,
    Visit,
)
from yice.terms import clock

LIST = "list"
OPENED, PHOTO = "person.opened", "person.photo_seen"


class Subject(Protocol):
    """A person; or a case that must not be told of in the person's own record."""

    uuid: UUID
    hukou: str
    _meta: Any


Find = Callable[..., Iterable[Subject | None]]


@dataclass(frozen=True)
class Shown:
    find: Find
    code: str


KINDS: dict[str, Shown] = {}


def register(kind: str, find: Find, code: str = OPENED) -> None:
    """Say whose record `shows=kind` is: `find` takes what stands in the address, by name."""
    KINDS[kind] = Shown(find, code)


def note(*, actor: User, kind: str, address: dict[str, Any]) -> None:
    """What the page of this address shows was let through: write down who is about to see it."""
    shown = KINDS[kind]
    people = {one.uuid: one for one in shown.find(**address) if one is not None}
    unknown = people.keys() - known_today(actor, shown.code, people) if people else ()
    with transaction.atomic() if unknown else nullcontext():
        for key in sorted(unknown):
            record(actor=actor, code=shown.code, subject=people[key], area=people[key].hukou)


def known_today(actor: User, code: str, people: Mapping[UUID, Subject]) -> set[UUID | None]:
    """Those of whom it stands in the record already that the actor read them today."""
    now = clock.now().astimezone(clock.BEIJING)
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    found = Event.objects.filter(
        subject_type__in={one._meta.label_lower for one in people.values()},
        subject_id__in=people,
        at__gte=today,
        at__lt=today + dt.timedelta(days=1),
        code=code,
        actor=actor,
    )
    return set(found.values_list("subject_id", flat=True))


def note_list(*, actor: User, page: str) -> None:
    """A list was read. Whoever calls does so once a day for each reader and list."""
    record(actor=actor, code="list.opened", area=place_of(actor), values={"page": page})


def place_of(actor: User) -> str:
    """Where somebody works: the place under which reading that is about nobody by name stands in the record."""
    return next((post.area_id for post in actor.posts_on()), "")


def person_of(model: type[Model], *names: str) -> Callable[[UUID], list[Person]]:
    """The persons that a row names in these fields."""

    def find(key: UUID) -> list[Person]:
        row = model._default_manager.select_related(*names).filter(uuid=key).first()
        return [getattr(row, name) for name in names] if row is not None else []

    return find


def standing(person: Person) -> Person:
    """The record itself, or the one it was merged into."""
    while person.merged_into is not None:
        person = person.merged_into
    return person


def _register() -> None:
    of_finding, of_need = person_of(Finding, "person"), person_of(Need, "person")
    of_objection, of_reply = person_of(Objection, "person"), person_of(Reply, "person")
    of_pair, of_double = person_of(Pair, "person", "runner_up"), person_of(Duplicate, "kept", "other")
    register("person", lambda person, **_: [standing(one) for one in Person.objects.filter(uuid=person)])
    register("finding", lambda finding, **_: of_finding(finding))
    register("need", lambda need, **_: of_need(need))
    register("objection", lambda objection, **_: of_objection(objection))
    register("reply", lambda reply, **_: of_reply(reply))
    register("pair", lambda pair, **_: of_pair(pair))
    register("double", lambda pair, **_: of_double(pair))
    register("visit", lambda uuid, position, **_: _at_door(uuid, position))
    register("photo", lambda photo, **_: _photographed(photo), PHOTO)
    register("image", lambda uuid, position, **_: _at_door(uuid, position), PHOTO)
    register("paper", lambda of, subject, **_: KINDS[of].find(**{of: subject}) if of in KINDS else ())


def _at_door(visits: UUID, position: int) -> list[Person]:
    rows = Visit.objects.select_related("person").filter(list__uuid=visits, position=position)
    return [row.person for row in rows]


def _photographed(photo: UUID) -> list[Person | None]:
    rows = ReplyPhoto.objects.select_related("reply__person").filter(uuid=photo)
    return [row.reply.person for row in rows]


_register()
