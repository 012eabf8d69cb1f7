"""The worklist: every filter, sort and page stands in its address; every number is counted within the actor's scope."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from yice.accounts.models import User

PAGE_SIZE = 50


@dataclass(frozen=True)
class Filters:
    """What the address asks for. Unknown values are dropped, never an error. Default: work not yet settled."""

    kind: tuple[str, ...] = ()
    benefit: tuple[str, ...] = ()
    state: tuple[str, ...] = ("open", "started")
    area: str = ""  # a 12-digit code: street or village, by `basis`
    basis: str = "hukou"  # hukou | residence
    age: tuple[str, ...] = ()  # 0-6 | 7-15 | 16-59 | 60-
    category: tuple[str, ...] = ()
    grade: tuple[str, ...] = ()
    overdue: bool = False
    text: str = ""  # a whole id, certificate or phone number, or the beginning of a name

    @classmethod
    def read(cls, query: Mapping[str, object]) -> Filters:
        """From a QueryDict (or any mapping of text or lists of text)."""
        raise NotImplementedError

    def query(self, **changes: object) -> str:
        """The address's query with some of it changed; `text` is left out where it is a number (never in a URL)."""
        raise NotImplementedError


@dataclass(frozen=True)
class Choice:
    """One line of a filter: how many rows it would show with the other filters as they are."""

    value: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class Facet:
    name: str  # the query parameter
    label: str
    choices: list[Choice]


@dataclass(frozen=True)
class Row:
    uuid: uuid.UUID  # the finding
    person: uuid.UUID
    name: str
    sex: str  # label
    age: int | None
    category: str  # label
    grade: int | None
    kind: str
    kind_label: str
    title: str  # the group's or, for an ask, how many questions
    benefit: str
    benefit_title: str
    because: str  # one sentence
    due_fen: int | None
    paid_fen: int | None
    state: str
    state_label: str
    opened_on: dt.date
    due_on: dt.date | None
    overdue: bool
    days: int  # since opened
    street: str
    village: str
    residence: str  # "" where hukou and residence are the same
    version: int


@dataclass(frozen=True)
class Worklist:
    rows: list[Row]
    total: int
    page: int
    pages: int
    sort: str
    sorts: list[Choice]
    facets: list[Facet]
    filters: Filters


def worklist(actor: User, filters: Filters, sort: str = "oldest", page: int = 1) -> Worklist:
    """A page of findings the actor may read. A page past the end is the last one."""
    raise NotImplementedError
