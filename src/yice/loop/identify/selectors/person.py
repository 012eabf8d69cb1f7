"""Everything the person page shows, masked, each thing with its source and its day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.areas import selectors as areas
from yice.identifiers import masking
from yice.loop.identify.enums import Sex
from yice.loop.identify.facts import Settled, settled
from yice.loop.identify.models import Certificate, Person
from yice.loop.identify.selectors import words
from yice.loop.identify.selectors.facts import FactRow, FactSection, Sourced, fact_sections
from yice.loop.identify.selectors.findings import FindingBlock, OutcomeRow, finding_blocks
from yice.loop.identify.selectors.household import (
    GuardianRow,
    HouseholdBlock,
    MemberRow,
    guardian_rows,
    household_block,
)
from yice.loop.identify.selectors.lists import ListRow, list_rows
from yice.loop.identify.selectors.questions import AskBlock, Question, ask_block
from yice.loop.identify.selectors.timeline import TimelineItem, timeline
from yice.loop.identify.selectors.why import ConditionRow, WhyRow, why_rows
from yice.loop.identify.services import rows
from yice.policy import selectors as policy
from yice.policy.models import InstalledPack
from yice.policy.provided import Request
from yice.rules.model import Plan
from yice.terms import clock
from yice.terms.periods import age_on


@dataclass(frozen=True)
class Identity:
    uuid: UUID
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
    may_contact: bool  # telephone and address in full, while work is open


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
class PersonPage:
    identity: Identity
    facts: list[FactSection]
    certificates: list[CertificateRow]
    household: HouseholdBlock | None
    guardians: list[GuardianRow]
    lists: list[ListRow]
    why: list[WhyRow]
    findings: list[FindingBlock]  # live ones first
    ask: AskBlock | None
    timeline: list[TimelineItem]
    as_of: dt.date
    pack_title: str
    ended: bool


def person_page(actor: User, person: UUID) -> PersonPage:
    """The page, or Problem "person-not-found": a person out of scope and one who is not there read the same."""
    found = rows.person(actor, person)
    today = clock.today()
    pack = policy.pack_for(found.hukou)
    plan = policy.plan(pack) if pack else None
    held = _settled(found, plan, today)
    certificates = _certificates(found)
    identity = _identity(actor, found, certificates, held)
    if plan is None or held is None:
        return PersonPage(
            identity, [], [_certificate(row, plan) for row in certificates],
            household_block(actor, found, None), guardian_rows(found), [], [], finding_blocks(actor, found), None,
            timeline(actor, found, None), today, "", False,
        )  # fmt: skip
    return PersonPage(
        identity,
        fact_sections(actor, found, plan, held),
        [_certificate(row, plan) for row in certificates],
        household_block(actor, found, held),
        guardian_rows(found),
        list_rows(plan, held),
        why_rows(actor, plan, held, today),
        finding_blocks(actor, found),
        ask_block(actor, found, plan),
        timeline(actor, found, plan),
        today,
        _title(pack),
        plan.until is not None and today > plan.until,
    )


def identity_and_settled(actor: User, person: Person) -> tuple[Identity, Plan | None, Settled | None]:
    """Who it is, the plan of their place, and their facts as they stand: what a page about one matter needs."""
    pack = policy.pack_for(person.hukou)
    plan = policy.plan(pack) if pack else None
    held = _settled(person, plan, clock.today())
    return _identity(actor, person, _certificates(person), held), plan, held


def _certificates(person: Person) -> list[Certificate]:
    return list(person.certificates.order_by("-current", "-issued_on", "-id"))


def _settled(person: Person, plan: Plan | None, today: dt.date) -> Settled | None:
    """The person's facts with every value that did not stand."""
    if plan is None:
        return None
    return next(settled(Request(plan, "", "", today, [person.pk]), keep_all=True), None)


def _title(pack: InstalledPack | None) -> str:
    if pack is None:
        return ""
    return pack.title_en if words.english() and pack.title_en else pack.title_zh


def _identity(actor: User, person: Person, certificates: list[Certificate], held: Settled | None) -> Identity:
    names = areas.names(words.place_codes([person.hukou, person.residence]))
    current = next((row for row in certificates if row.current), None)
    dead = held.columns.get("deceased") if held else None
    return Identity(
        uuid=person.uuid,
        name=person.name,
        id_masked=masking.id_number(person.id_number),
        sex=str(Sex(person.sex).label) if person.sex else "",
        age=age_on(person.birth_date, clock.today()) if person.birth_date else None,
        birth_year=person.birth_date.year if person.birth_date else None,
        phone_masked=masking.phone(person.phone),
        address_masked=masking.address(person.address),
        hukou=words.place(person.hukou, names, tiers=3),
        hukou_code=person.hukou,
        residence=words.place(person.residence, names, tiers=3),
        residence_code=person.residence,
        elsewhere=person.residence != person.hukou,
        category=words.category(current.category) if current else "",
        grade=current.grade if current else None,
        certificate_masked=masking.id_number(current.number) if current else "",
        removed_on=person.removed_on,
        deceased=bool(dead and dead.values[0] is True),
        may_unmask=access.may(actor, Action.PERSON_UNMASK, person).allowed,
        may_correct=access.may(actor, Action.PERSON_CORRECT, person).allowed,
        may_contact=access.may(actor, Action.PERSON_CONTACT, person).allowed,
    )


def _certificate(row: Certificate, plan: Plan | None) -> CertificateRow:
    facts = plan.facts if plan else {}
    status, parts = facts.get("certificate_status"), facts.get("parts")
    return CertificateRow(
        masking.id_number(row.number),
        words.category(row.category),
        row.grade,
        words.value(parts, row.parts) if parts and row.parts else row.parts,
        words.value(status, row.status or None) if status else row.status,
        row.issued_on,
        row.valid_until,
        row.replacement,
        row.current,
    )


__all__ = [
    "AskBlock",
    "CertificateRow",
    "ConditionRow",
    "FactRow",
    "FactSection",
    "FindingBlock",
    "GuardianRow",
    "HouseholdBlock",
    "Identity",
    "ListRow",
    "MemberRow",
    "OutcomeRow",
    "PersonPage",
    "Question",
    "Sourced",
    "TimelineItem",
    "WhyRow",
    "person_page",
]
