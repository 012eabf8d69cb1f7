"""Whose telephone and address were opened today in this sign-in: they stay readable until the day or the visit ends."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.http import HttpRequest

from yice.loop.identify.models import Person
from yice.loop.identify.services.contacting import Contact, contacts, reachable
from yice.terms import clock

_OPENED = "contacts"  # in the session: person → the day it was opened


def remember(request: HttpRequest, opened: Iterable[uuid.UUID]) -> None:
    today = clock.today().isoformat()
    held = {key: day for key, day in request.session.get(_OPENED, {}).items() if day == today}
    request.session[_OPENED] = held | {key.hex: today for key in opened}


def opened(request: HttpRequest, people: Iterable[uuid.UUID]) -> dict[uuid.UUID, Contact]:
    """What may still be shown of `people`: opened today, and the policy still allows it."""
    today = clock.today().isoformat()
    held = request.session.get(_OPENED, {})
    keys = [key for key in people if held.get(key.hex) == today]
    if not keys:
        return {}
    return contacts(
        reachable(request.user, list(Person.objects.filter(uuid__in=keys)))
    )  # rule: rows-in-web - reachable() narrows them
