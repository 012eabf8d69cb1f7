"""A copy of one's record, whole, for the person or the guardian: what is held, from where, since when, and who looked.

Suspicions nobody has looked into are not in it: a person is heard about those before anything is decided.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pyarrow as pa
from django.db import transaction
from django.utils.translation import gettext

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.audit.keeping import LOOKED
from yice.audit.models import Event
from yice.audit.sentences import sentence
from yice.audit.services import record
from yice.loop.identify.enums import NeedState, Sex
from yice.loop.identify.models import Person, Visit
from yice.loop.identify.rights import guardians
from yice.loop.identify.rights.basis import answered, asked
from yice.loop.identify.rights.enums import GivenBy
from yice.loop.identify.selectors import words
from yice.loop.identify.selectors.exports import Export
from yice.loop.identify.selectors.person import PersonPage, person_page
from yice.loop.identify.selectors.visits_words import found as result_words
from yice.policy.words import text
from yice.rules.services import NEEDS
from yice.terms import clock
from yice.terms.messages import Message

READS = (*LOOKED, "record.copied")
MOST = 500
Row = tuple[str, str, str, str, str]  # part, what, value, from where, day
# What later steps of the loop hold of a person, as far as the officer may read it; they put themselves in.
parts: list[Callable[[User, Person], Iterable[Row]]] = []


def copy_of_record(*, actor: User, person: Person, given_to: GivenBy, guardian: str = "") -> Export:
    """Everything on file, unmasked, for whoever has shown who they are; written down before it is handed over."""
    access.require(actor, Action.RECORD_COPY, person)
    if given_to == GivenBy.GUARDIAN:
        guardians.require_guardian(person, guardian, clock.today())
    shown = person_page(actor, person.uuid)
    later = [row for part in parts for row in part(actor, person)]
    rows = [*_who(person, shown), *_facts(shown), *_work(person), *later, *_said(person), *_looked(person)]
    with transaction.atomic():
        values = {"given_by": str(given_to), "rows": len(rows)}
        record(actor=actor, code="record.copied", subject=person, area=person.hukou, values=values)
    labels = {
        "part": gettext("部分"), "what": gettext("内容"), "value": gettext("登记的情况"),
        "source": gettext("来源"), "day": gettext("日期"),
    }  # fmt: skip
    columns = list(zip(*rows, strict=True))
    return Export(
        "record-copy",
        pa.table({name: pa.array(list(columns[n]), pa.string()) for n, name in enumerate(labels)}),
        labels,
    )


def _who(person: Person, shown: PersonPage) -> Iterator[Row]:
    part, of = gettext("本人"), shown.identity
    pairs = (
        (gettext("姓名"), person.name),
        (gettext("证件号码"), person.id_number),
        (gettext("性别"), str(Sex(person.sex).label) if person.sex else ""),
        (gettext("出生日期"), _day(person.birth_date)),
        (gettext("户籍地"), of.hukou),
        (gettext("居住地"), of.residence),
        (gettext("电话"), person.phone),
        (gettext("住址"), person.address),
    )
    for what, value in pairs:
        yield part, what, value or gettext("没有登记"), "", ""
    for one in person.certificates.order_by("-current", "-id"):
        value = f"{one.number} {words.category(one.category)} {one.grade or ''}".strip()
        yield gettext("残疾人证"), one.status or "—", value, "", _day(one.issued_on)
    for guard in person.guardians.order_by("id"):
        value = f"{guard.name} {guard.document}".strip()
        yield gettext("监护人"), words.relation(guard.relation), value, "", _day(guard.until)


def _facts(shown: PersonPage) -> Iterator[Row]:
    for section in shown.facts:
        for fact in section.rows:
            yield section.title, fact.label, fact.text, fact.source, _day(fact.date)
    for row in shown.lists:
        yield gettext("部门名单"), row.title, " ".join([row.text, *row.entries]), row.title, _day(row.month)


def _work(person: Person) -> Iterator[Row]:
    for need in person.needs.order_by("id"):
        said = str(NeedState(need.state).label)
        yield (
            gettext("需求"),
            text(NEEDS[need.kind]),
            f"{said} {need.answer}".strip(),
            "",
            _day(need.opened_on),
        )
    visits = Visit.objects.filter(person=person, typed_at__isnull=False).select_related("list").order_by("id")
    for visit in visits[:MOST]:
        yield gettext("走访"), result_words(visit), visit.note, "", _day(visit.list.day)


def _said(person: Person) -> Iterator[Row]:
    for one in person.consents.order_by("id"):
        ended = (
            str(Message("{day} 撤回", day=one.withdrawn_on.isoformat()))
            if one.withdrawn_on
            else _day(one.until)
        )
        given = str(GivenBy(one.given_by).label)
        yield (
            gettext("同意"),
            text(asked()[one.purpose].title),
            f"{given} {ended}".strip(),
            one.form,
            _day(one.given_on),
        )
    for row in person.objections.order_by("id"):
        yield (
            gettext("异议"), text(answered()[row.purpose].title), f"{row.said} → {row.note or '—'}", "", _day(row.at.date()),
        )  # fmt: skip


def _looked(person: Person) -> Iterator[Row]:
    """Who looked: what was done and when; the reason an officer wrote down stays with those who supervise them."""
    rows = Event.objects.filter(subject_type=Person._meta.label_lower, subject_id=person.uuid, code__in=READS)
    for event in rows.order_by("-id")[:MOST]:
        event.values = {name: value for name, value in event.values.items() if name != "reason"}
        local = event.at.astimezone(clock.BEIJING).date()
        yield gettext("谁看过"), str(sentence(event)), "", "", _day(local)


def _day(day: dt.date | None) -> str:
    return day.isoformat() if day else ""


def about(person: Person) -> list[tuple[str, str]]:
    """What stands at the head of the file."""
    told: Any = gettext("没有核实的线索不在内：作出决定之前会先听取本人意见。")
    apart: Any = gettext("权益维护、心理等受限制的办件，由办理的部门另行提供。")
    return [(gettext("谁的资料"), person.name), (gettext("说明"), told), (gettext("说明"), apart)]
