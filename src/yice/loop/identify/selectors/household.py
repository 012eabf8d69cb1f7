"""Who a person keeps house with, and how many of them the register knows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.accounts.rows import beyond
from yice.identifiers import masking
from yice.loop.identify.enums import Sex
from yice.loop.identify.facts import Settled
from yice.loop.identify.facts.column import AT_LEAST, CONFLICT
from yice.loop.identify.facts.households import DISABLED, SIZE
from yice.loop.identify.models import HouseholdMember, Person
from yice.loop.identify.selectors import words
from yice.terms import clock
from yice.terms.messages import Message
from yice.terms.periods import age_on


@dataclass(frozen=True)
class MemberRow:
    name: str
    relation: str
    sex: str
    age: int | None
    certificate: str  # category and grade, or ""
    person: UUID | None  # opens the page; None: no certificate, or not the actor's to read
    self: bool


@dataclass(frozen=True)
class HouseholdBlock:
    number: str
    size_text: str  # "3 人", "至少 2 人"
    disabled_text: str
    note: str  # where the given and the counted differ
    members: list[MemberRow]


@dataclass(frozen=True)
class GuardianRow:
    """Who acts for a child, or for an adult who cannot alone; phone masked."""

    name: str
    relation: str
    phone_masked: str
    until: dt.date | None


def guardian_rows(person: Person) -> list[GuardianRow]:
    return [
        GuardianRow(row.name, words.relation(row.relation), masking.phone(row.phone), row.until)
        for row in person.guardians.order_by("id")
    ]


def household_block(actor: User, person: Person, held: Settled | None) -> HouseholdBlock | None:
    """The household with all its members, or None for somebody without one."""
    home = person.household
    if home is None:
        return None
    with beyond():  # `_person` counts whoever lives out of reach, and does not name them
        persons = list(
            Person.objects.filter(household=home, removed_on=None).select_related("facts").order_by("id")
        )
    others = list(HouseholdMember.objects.filter(household=home).order_by("id"))
    members = [
        *(_person(actor, row, row.pk == person.pk) for row in persons),
        *(_member(row) for row in others),
    ]
    counted = len(persons) + len(others)
    facts = held.households.get(home.pk) if held else None
    return HouseholdBlock(
        home.number or "",
        _many(held, SIZE, counted),
        _many(held, DISABLED, facts.disabled if facts else 0),
        _note(held, counted),
        members,
    )


def _many(held: Settled | None, name: str, counted: int) -> str:
    column = held.columns.get(name) if held else None
    if column is None or column.values[0] is None or column.states.get(0) == AT_LEAST:
        return str(Message("至少 {count} 人", count=counted))
    return str(Message("{count} 人", count=column.values[0]))


def _note(held: Settled | None, counted: int) -> str:
    column = held.columns.get(SIZE) if held else None
    if column is None or column.states.get(0) != CONFLICT:
        return ""
    return str(Message("登记为 {given} 人，名册上有 {counted} 人。", given=column.values[0], counted=counted))


def _person(actor: User, row: Person, own: bool) -> MemberRow:
    if not access.may(actor, Action.PERSON_READ, row).allowed:
        # Somebody of another area counts in the household; who they are is not the reader's to know.
        return MemberRow(gettext("其他地区的成员"), words.relation(row.relation), "", None, "", None, own)
    facts = getattr(row, "facts", None)
    certificate = ""
    if facts is not None and facts.certified:
        grade = gettext("{grade} 级").format(grade=facts.grade) if facts.grade else ""
        certificate = f"{words.category(facts.category)} {grade}".strip()
    return MemberRow(
        row.name, words.relation(row.relation), str(Sex(row.sex).label) if row.sex else "",
        age_on(row.birth_date, clock.today()) if row.birth_date else None,
        certificate, row.uuid, own,
    )  # fmt: skip


def _member(row: HouseholdMember) -> MemberRow:
    return MemberRow(
        row.name, words.relation(row.relation), str(Sex(row.sex).label) if row.sex else "",
        age_on(row.birth_date, clock.today()) if row.birth_date else None,
        "", None, False,
    )  # fmt: skip
