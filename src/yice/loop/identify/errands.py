"""Why somebody is to be seen. Later steps of the loop (plans, cases) say their own reasons here and hear of the visit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from django.db.models import QuerySet

from yice.accounts.models import User
from yice.loop.identify.models import Person, Visit
from yice.terms.messages import Message

AT_MOST = 200  # of one kind: a day has room for forty


@dataclass(frozen=True)
class Errand:
    """One reason to see one person. `due_on`: the day it was promised or set for."""

    person: int
    kind: str  # agreed | need | plan | case
    says: Message
    due_on: dt.date | None = None


class Seen(Protocol):
    """Hears, inside the visit's transaction, that somebody was met or telephoned."""

    def __call__(self, *, actor: User, visit: Visit) -> None: ...


Source = Callable[[User, "QuerySet[Person]", dt.date], Iterable[Errand]]
_sources: list[Source] = []
_listeners: list[Seen] = []


def register(source: Source, seen: Seen | None = None) -> None:
    """`source` gives the errands that `actor` may know of, due by a day or without one, at most `AT_MOST`."""
    _sources.append(source)
    if seen is not None:
        _listeners.append(seen)


def errands(actor: User, people: QuerySet[Person] | Any, until: dt.date) -> dict[int, list[Errand]]:
    """Person → why to see them; a bounded number of queries however many people."""
    found: dict[int, list[Errand]] = {}
    for source in _sources:
        for one in source(actor, people, until):
            found.setdefault(one.person, []).append(one)
    return found


def tell_seen(*, actor: User, visit: Visit) -> None:
    for seen in _listeners:
        seen(actor=actor, visit=visit)
