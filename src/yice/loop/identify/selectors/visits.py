"""The day's list as printed on one A4, and the lists made before."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Max, Q

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.areas import selectors as areas
from yice.identifiers import masking
from yice.loop.identify.enums import FindingKind, FindingState, Sex
from yice.loop.identify.errands import errands
from yice.loop.identify.models import (
    Ask,
    Change,
    Finding,
    Person,
    Visit,
    VisitConflict,
    VisitImage,
    VisitList,
)
from yice.loop.identify.rights.consents import refusal, require_consent
from yice.loop.identify.selectors import words
from yice.loop.identify.selectors.questions import Question, question, questions
from yice.loop.identify.selectors.visits_words import ConflictRow, conflict
from yice.loop.identify.selectors.visits_words import found as result_words
from yice.loop.identify.selectors.worklist import plans_of
from yice.loop.identify.services import rows
from yice.policy import selectors as policy
from yice.rules.expression.scope import facts_of
from yice.rules.model import Plan
from yice.terms import clock
from yice.terms.messages import Message
from yice.terms.periods import age_on


@dataclass(frozen=True)
class LastTime:
    """What was found there before."""

    day: dt.date
    found: str
    note: str


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
    due_on: dt.date | None  # the earliest day promised or set
    last: LastTime | None
    questions: list[Question]
    seen: int  # the last change to the person's facts
    version: int
    result: str
    note: str
    next_on: dt.date | None
    signed_by: str
    witness: str
    typed: bool
    found: str  # what came of it, in words
    undecided: int


@dataclass(frozen=True)
class VisitPage:
    uuid: UUID
    day: dt.date
    area: str
    made_by: str
    version: int  # lines typed back so far
    rows: list[VisitRow]


@dataclass(frozen=True)
class VisitDetail:
    """One line of a day's list with what was written about it."""

    page: VisitPage
    row: VisitRow
    conflicts: list[ConflictRow]
    images: list[VisitImage]
    photos_hidden: Message | None  # why photographs are on file and not shown
    following: int | None  # the next line without a record
    members: list[Person]  # others of the household, who live there and have not been recorded on this list


@dataclass(frozen=True)
class VisitListRow:
    uuid: UUID
    day: dt.date
    area: str
    size: int
    typed: int


def visit_list(
    actor: User,
    list_uuid: UUID,
    position: int | None = None,
    shown: Mapping[int, Sequence[str]] | None = None,
) -> VisitPage:
    """One list in its order, or one line of it; Problem "visit-list-not-found" outside the actor's scope.

    `shown`: by line, the facts that a page asked when it was opened; they can be answered although a colleague or a
    list has answered them since.
    """
    found = rows.visit_list(actor, list_uuid)
    lines = Visit.objects.filter(list=found).order_by("position")
    chosen = lines if position is None else lines.filter(position=position)
    visits = list(chosen.select_related("person", "person__facts", "person__ask"))
    people = [visit.person for visit in visits]
    why = _Why(actor, found, people)
    names = areas.names(words.place_codes([found.area, *(person.residence for person in people)]))
    plans = {hukou: policy.pack_for(hukou) for hukou in {person.hukou for person in people}}
    made = []
    for visit in visits:
        pack = plans[visit.person.hukou]
        ask: Ask | None = getattr(visit.person, "ask", None)
        asked = questions(policy.plan(pack), ask, {}) if pack and ask and ask.open else []
        if pack:
            asked += _asked_before(policy.plan(pack), asked, (shown or {}).get(visit.position, ()))
        made.append(_row(visit, names, why, asked))
    typed = lines.filter(typed_at__isnull=False).count()
    return VisitPage(found.uuid, found.day, words.place(found.area, names), found.made_by.name, typed, made)


def _asked_before(plan: Plan, now: list[Question], names: Sequence[str]) -> list[Question]:
    facts, there = facts_of(plan), {one.fact for one in now}
    return [question(facts[name], []) for name in names if name in facts and name not in there]


def visit(actor: User, list_uuid: UUID, position: int, shown: Sequence[str] = ()) -> VisitDetail:
    """One line in full; Problem "visit-list-not-found" where there is none within the actor's scope."""
    page = visit_list(actor, list_uuid, position, {position: shown})
    if not page.rows:
        raise rows.no_visit_list()
    here = Visit.objects.select_related("person").get(list__uuid=list_uuid, position=position)
    pack = policy.pack_for(here.person.hukou)
    kept = VisitConflict.objects.filter(record__visit=here, decided="").select_related("record__by")
    plan = policy.plan(pack) if pack else None
    images = list(VisitImage.objects.filter(record__visit=here).defer("sealed").order_by("id"))
    hidden = refusal(here.person, "photo") if any(one.kind == "photo" for one in images) else None
    left = Visit.objects.filter(list=here.list_id, typed_at=None).exclude(pk=here.pk)
    following = left.order_by("position").values_list("position", flat=True)
    return VisitDetail(
        page,
        page.rows[0],
        [conflict(row, plan) for row in kept.order_by("id")],
        [one for one in images if one.kind != "photo" or hidden is None],
        hidden,
        following.filter(position__gt=position).first() or following.first(),
        _members(actor, here),
    )


def _members(actor: User, here: Visit) -> list[Person]:
    if here.person.household_id is None:
        return []
    typed = Visit.objects.filter(list=here.list_id, typed_at__isnull=False).values("person")
    rows = access.scope(actor, Action.PERSON_READ, Person.objects.filter(household=here.person.household_id))
    home = rows.filter(removed_on=None, residence=here.person.residence).exclude(pk=here.person_id)
    return list(home.exclude(pk__in=typed).order_by("id"))


def image(actor: User, list_uuid: UUID, position: int, key: int) -> VisitImage:
    """A photograph or signature of a line the actor may see."""
    found = rows.visit_list(actor, list_uuid)
    images = VisitImage.objects.select_related("record__visit__person")
    row = images.filter(pk=key, record__visit__list=found, record__visit__position=position).first()
    if row is None:
        raise rows.no_visit_list()
    if row.kind == "photo":
        require_consent(row.record.visit.person, "photo")
    return row


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


class _Why:
    """Everything that speaks for going there, for all people of a list at once."""

    def __init__(self, actor: User, found: VisitList, people: list[Person]) -> None:
        keys = [person.pk for person in people]
        self.findings = _findings(actor, people)
        self.errands = errands(actor, Person.objects.filter(pk__in=keys), found.day)
        before = Visit.objects.filter(person__in=keys, typed_at__isnull=False, list__day__lte=found.day)
        self.last = {
            one.person_id: LastTime(one.list.day, result_words(one), one.note)
            for one in before.exclude(list=found).select_related("list").order_by("list__day", "id")
        }
        changes = Change.objects.filter(person__in=keys).order_by().values_list("person")
        self.seen = dict(changes.annotate(last=Max("pk")))
        waiting = VisitConflict.objects.filter(record__visit__list=found, decided="").order_by()
        self.undecided = Counter(waiting.values_list("record__visit_id", flat=True))


def _findings(actor: User, people: list[Person]) -> dict[int, list[str]]:
    """The findings that the actor may read and a visit can move, in words."""
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


def _row(visit: Visit, names: dict[str, str], why: _Why, asked: list[Question]) -> VisitRow:
    person = visit.person
    facts = getattr(person, "facts", None)
    due = why.errands.get(person.pk, [])
    return VisitRow(
        position=visit.position,
        person=person.uuid,
        name=person.name,
        age=age_on(person.birth_date, clock.today()) if person.birth_date else None,
        sex=str(Sex(person.sex).label) if person.sex else "",
        category=words.category(facts.category if facts else None),
        phone_masked=masking.phone(person.phone),
        place=_place(words.place(person.residence, names, tiers=1), masking.address(person.address)),
        reasons=[*(str(one.says) for one in due), *why.findings.get(person.pk, [])],
        due_on=min((one.due_on for one in due if one.due_on), default=None),
        last=why.last.get(person.pk),
        questions=asked,
        seen=why.seen.get(person.pk, 0),
        version=visit.version,
        result=visit.result,
        note=visit.note,
        next_on=visit.next_on,
        signed_by=visit.signed_by,
        witness=visit.witness,
        typed=visit.typed_at is not None,
        found=result_words(visit),
        undecided=why.undecided[visit.pk],
    )


def _place(village: str, address: str) -> str:
    """The village and what of the address may be read, the village said once."""
    if village and village in address:
        return address[address.index(village) :]
    return f"{village} {address}".strip()
