"""Looking for somebody is written down each time: by number or by name, and how many were found; never what was typed."""

from __future__ import annotations

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.audit.services import record
from yice.loop.identify.looking import place_of
from yice.loop.identify.selectors.filters import is_number
from yice.loop.identify.selectors.search import Hits, search


def searched(*, actor: User, text: str) -> Hits:
    """Those whom `search` finds for the actor."""
    access.require(actor, Action.PERSON_READ)
    found = search(actor, text)
    values = {"by": "number" if is_number(text) else "name", "found": len(found.hits)}
    record(actor=actor, code="person.searched", area=place_of(actor), values=values)
    return found
