"""The day's list as printed on one A4, and the lists made before."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.areas import selectors as areas
from yice.identifiers import masking
from yice.loop.identify.enums import FindingKind, FindingState, Sex
from yice.loop.identify.models import Ask, Finding, Person, Visit, VisitList
from yice.loop.identify.selectors import words
from yice.loop.identify.selectors.questions import Question, questions
from yice.loop.identify.selectors.worklist import plans_of
from yice.loop.identify.services import rows
from yice.policy import selectors as policy
from yice.terms import clock
from yice.terms.periods import age_on


@dataclass(frozen=True)
class VisitRow:
    position: int
    person: UUID
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
    uuid: UUID
    day: dt.date
    area: str
    made_by: str
    version: int  # lines typed back so far
    rows: list[VisitRow]


@dataclass(frozen=True)
class VisitListRow:
    uuid: UUID
    day: dt.date
    area: str
    size: int
    typed: int


def visit_list(actor: User, list_uuid: UUID) -> VisitPage:
    """One list in its printed order; Problem "visit-list-not-found" outside the actor's scope."""
    found = rows.visit_list(actor, list_uuid)
    visits = list(
        Visit.objects.filter(list=found)
        .select_related("person", "person__facts", "person__ask")
        .order_by("position")
    )
    people = [visit.person for visit in visits]
    reasons = _reasons(actor, people)
    names = areas.names(words.place_codes([found.area, *(person.residence for person in people)]))
    plans = {hukou: policy.pack_for(hukou) for hukou in {person.hukou for person in people}}
    made = []
    for visit in visits:
        pack = plans[visit.person.hukou]
        ask: Ask | None = getattr(visit.person, "ask", None)
        asked = questions(policy.plan(pack), ask, {}) if pack and ask and ask.open else []
        made.append(_row(visit, names, reasons.get(visit.person_id, []), asked, ask))
    typed = sum(visit.typed_at is not None for visit in visits)
    return VisitPage(found.uuid, found.day, words.place(found.area, names), found.made_by.name, typed, made)


def visit_lists(actor: User, limit: int = 30) -> list[VisitListRow]:
    """The lists of the actor's area, newest first."""
    found = access.scope(actor, Action.VISIT_PLAN, VisitList.objects.all()).annotate(
        size=Count("visits"), typed=Count("visits", filter=Q(visits__typed_at__isnull=False))
    )
    lists = list(found.order_by("-day", "-id")[:limit])
    names = areas.names(words.place_codes(one.area for one in lists))
    return [
        VisitListRow(one.uuid, one.day, words.place(one.area, names), one.size, one.typed) for one in lists
    ]


def _reasons(actor: User, people: list[Person]) -> dict[int, list[str]]:
    """What each person is seen about: the findings the actor may read and a visit can move."""
    found = list(
        access.scope(actor, Action.FINDING_READ, Finding.objects.filter(person__in=people))
        .filter(
            state__in=(FindingState.OPEN, FindingState.STARTED), kind__in=(FindingKind.GAP, FindingKind.ASK)
        )
        .order_by("kind", "id")
    )
    plans = plans_of(finding.pack_id for finding in found)
    said: dict[int, list[str]] = {}
    for finding in found:
        title, benefit = words.titles(
            plans.get(finding.pack_id), finding.kind, finding.group, finding.benefit, finding.reason
        )
        label = FindingKind(finding.kind).label
        said.setdefault(finding.person_id, []).append(words.said(str(label), benefit or title))
    return said


def _row(
    visit: Visit, names: dict[str, str], reasons: list[str], asked: list[Question], ask: Ask | None
) -> VisitRow:
    person = visit.person
    facts = getattr(person, "facts", None)
    return VisitRow(
        position=visit.position,
        person=person.uuid,
        name=person.name,
        age=age_on(person.birth_date, clock.today()) if person.birth_date else None,
        sex=str(Sex(person.sex).label) if person.sex else "",
        category=words.category(facts.category if facts else None),
        phone_masked=masking.phone(person.phone),
        place=_place(words.place(person.residence, names, tiers=1), masking.address(person.address)),
        reasons=reasons,
        questions=asked,
        ask_version=ask.version if ask else None,
        result=visit.result,
        note=visit.note,
        typed=visit.typed_at is not None,
    )


def _place(village: str, address: str) -> str:
    """The village and what of the address may be read, the village said once."""
    if village and village in address:
        return address[address.index(village) :]
    return f"{village} {address}".strip()
