"""What is waiting for me: by kind, by age, with the lists that have not come."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from yice.accounts.models import User


@dataclass(frozen=True)
class Waiting:
    """One kind of work: how many, how old; `query` opens the worklist at exactly these rows."""

    kind: str  # a FindingKind value, or "provisional" for work that waits for the next list
    label: str
    count: int
    week: int  # opened in the last 7 days
    month: int  # 8 to 30 days ago
    older: int
    overdue: int
    oldest: dt.date | None
    query: str


@dataclass(frozen=True)
class ListState:
    """A department's list for the month of today: come or not; silence follows from that."""

    kind: str
    title: str
    sender: str
    month: dt.date | None  # the latest month received; None: never
    whole: bool
    current: bool  # it speaks for today
    unmatched: int


@dataclass(frozen=True)
class TodaysVisits:
    uuid: uuid.UUID
    day: dt.date
    size: int
    typed: int


@dataclass(frozen=True)
class LastRun:
    uuid: uuid.UUID
    title: str  # of the pack
    as_of: dt.date
    at: dt.datetime
    ended: bool
    people: int


@dataclass(frozen=True)
class Home:
    waiting: list[Waiting]
    lists: list[ListState]
    visits: TodaysVisits | None
    run: LastRun | None


def home(actor: User) -> Home:
    """What waits for `actor`; kinds outside the actor's lines do not appear at all."""
    raise NotImplementedError
