"""Find a person: a whole number through its keyed index, or the beginning of a name; only within scope."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from yice.accounts.models import User

LIMIT = 20


@dataclass(frozen=True)
class Hit:
    person: uuid.UUID
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
    raise NotImplementedError
