"""Everything the person page shows, masked, each thing with its source and its day."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, field
from typing import Any

from yice.accounts.models import User


@dataclass(frozen=True)
class Identity:
    uuid: uuid.UUID
    name: str
    id_masked: str
    sex: str
    age: int | None
    birth_year: int | None
    phone_masked: str
    address_masked: str
    hukou: str  # names from county to village
    hukou_code: str
    residence: str
    residence_code: str
    elsewhere: bool  # lives outside the hukou village
    category: str
    grade: int | None
    certificate_masked: str
    removed_on: dt.date | None
    deceased: bool
    may_unmask: bool
    may_correct: bool


@dataclass(frozen=True)
class Sourced:
    """A value with where it came from."""

    text: str
    value: Any
    source: str
    date: dt.date | None
    by: str
    state: str = "taken"  # taken | older | weaker | stale


@dataclass(frozen=True)
class FactRow:
    name: str
    label: str
    known: bool
    text: str
    source: str
    date: dt.date | None
    by: str
    state: str  # known | unknown | conflict | stale | silence | possible | derived
    note: str  # one sentence for the states that need one
    others: list[Sourced]
    correct: str  # "here" | "request" (the register's owner) | "" (not by this actor, or derived)


@dataclass(frozen=True)
class FactSection:
    title: str
    rows: list[FactRow]


@dataclass(frozen=True)
class CertificateRow:
    number_masked: str
    category: str
    grade: int | None
    parts: str
    status: str
    issued_on: dt.date | None
    valid_until: dt.date | None
    replacement: int
    current: bool


@dataclass(frozen=True)
class MemberRow:
    name: str
    relation: str
    sex: str
    age: int | None
    certificate: str  # category and grade, or ""
    person: uuid.UUID | None  # opens the page where the actor may read it
    self: bool


@dataclass(frozen=True)
class HouseholdBlock:
    number: str
    size_text: str  # "3 人", "至少 2 人"
    disabled_text: str
    note: str  # where the given and the counted differ
    members: list[MemberRow]


@dataclass(frozen=True)
class ListRow:
    """One kind of list and what it says of the person."""

    kind: str
    title: str
    month: dt.date | None
    state: str  # on | not_on | possible | not_received | not_whole
    text: str
    entries: list[str]


@dataclass(frozen=True)
class ConditionRow:
    part: str  # applies | within | when | excluded
    says: str
    clause: str
    result: str  # met | failed | unknown | assumed
    facts: list[str]  # "残疾等级:二级(残疾人登记册,2020-06-01)"


@dataclass(frozen=True)
class WhyRow:
    group: str
    title: str
    clause: str
    benefit: str
    benefit_title: str
    status: str  # eligible | ineligible | unknown
    status_label: str
    conditions: list[ConditionRow]
    missing: list[str]  # labels of the facts that can still change it
    due_fen: int | None
    sample: bool  # 示例标准
    receiving: bool | None
    paid_fen: int | None
    kind: str  # the finding it gives, "" or ok
    kind_label: str


@dataclass(frozen=True)
class OutcomeRow:
    code: str
    label: str
    reason: str
    note: str
    month: dt.date | None
    sum_fen: int | None
    told_on: dt.date | None
    heard_on: dt.date | None
    at: dt.datetime
    by: str


@dataclass(frozen=True)
class FindingBlock:
    uuid: uuid.UUID
    kind: str
    kind_label: str
    group: str
    title: str
    benefit: str
    benefit_title: str
    because: str
    state: str
    state_label: str
    due_fen: int | None
    paid_fen: int | None
    opened_on: dt.date
    due_on: dt.date | None
    closed_on: dt.date | None
    closed_why: str
    version: int
    may_handle: bool
    why_not: str  # the access policy's sentence where may_handle is False
    codes: list[tuple[str, str]]  # outcome codes open to this actor now, with labels
    outcomes: list[OutcomeRow]


@dataclass(frozen=True)
class Question:
    fact: str
    label: str
    question: str
    type: str  # a FactType
    choices: list[tuple[str, str]]  # for code, set and bool ("true"/"false")
    unit: str
    low: int | None
    high: int | None
    decides: list[str]  # titles of the groups it can decide
    answered: str  # "" or what was said last ("does_not_know", "refuses")


@dataclass(frozen=True)
class AskBlock:
    uuid: uuid.UUID
    finding: uuid.UUID | None
    version: int
    questions: list[Question]
    from_lists: list[str]  # labels with the list that will answer: not asked at the door
    may_answer: bool


@dataclass(frozen=True)
class TimelineItem:
    at: dt.datetime
    text: str
    by: str
    details: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class PersonPage:
    identity: Identity
    facts: list[FactSection]
    certificates: list[CertificateRow]
    household: HouseholdBlock | None
    lists: list[ListRow]
    why: list[WhyRow]
    findings: list[FindingBlock]  # live ones first
    ask: AskBlock | None
    timeline: list[TimelineItem]
    as_of: dt.date
    pack_title: str
    ended: bool


def person_page(actor: User, person: uuid.UUID) -> PersonPage:
    """The page, or Problem "person-not-found": a person out of scope and one who is not there read the same."""
    raise NotImplementedError
