"""The day's list as printed on one A4, and the lists made before."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from yice.accounts.models import User
from yice.loop.identify.selectors.person import Question


@dataclass(frozen=True)
class VisitRow:
    position: int
    person: uuid.UUID
    name: str
    age: int | None
    sex: str
    category: str
    phone_masked: str
    place: str  # village and masked address
    reasons: list[str]  # what to see them about, in words
    questions: list[Question]
    ask_version: int | None
    result: str
    note: str
    typed: bool


@dataclass(frozen=True)
class VisitPage:
    uuid: uuid.UUID
    day: dt.date
    area: str
    made_by: str
    version: int  # lines typed back so far
    rows: list[VisitRow]


@dataclass(frozen=True)
class VisitListRow:
    uuid: uuid.UUID
    day: dt.date
    area: str
    size: int
    typed: int


def visit_list(actor: User, list_uuid: uuid.UUID) -> VisitPage:
    """One list in its printed order; Problem "visit-list-not-found" outside the actor's scope."""
    raise NotImplementedError


def visit_lists(actor: User, limit: int = 30) -> list[VisitListRow]:
    """The lists of the actor's area, newest first."""
    raise NotImplementedError
