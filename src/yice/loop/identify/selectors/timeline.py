"""What happened about a person, newest first: what people did, what changed, what opened and closed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.audit.models import Event
from yice.audit.sentences import sentence
from yice.loop.identify.enums import FindingKind, FindingState
from yice.loop.identify.models import Change, Facts, Finding, Person
from yice.loop.identify.selectors import words
from yice.loop.identify.selectors.findings import closed_why
from yice.loop.identify.services.cells import LINES
from yice.policy.words import text
from yice.rules.expression.scope import facts_of
from yice.rules.model import Plan
from yice.terms.clock import BEIJING
from yice.terms.messages import Message

MOST = 60


@dataclass(frozen=True)
class TimelineItem:
    at: dt.datetime | dt.date  # a day alone where the hour is nobody's
    text: str
    by: str
    details: list[str] = field(default_factory=list)


def timeline(actor: User, person: Person, plan: Plan | None) -> list[TimelineItem]:
    """At most MOST items; steps on payments only for those who work on them."""
    return shared_timeline(actor, [person], plan)


def shared_timeline(
    actor: User, people: Sequence[Person], plan: Plan | None, things: Iterable[tuple[str, UUID]] = ()
) -> list[TimelineItem]:
    """What happened about people of one household, each named, and about what they have in common.

    `things`: the household's own cases and plans, as (label of the model, uuid).
    """
    named = {one.pk: one.name for one in people} if len(people) > 1 else {}
    subjects = {(Person._meta.label_lower, one.uuid): named.get(one.pk, "") for one in people}
    subjects |= dict.fromkeys(things, "")
    items = [*_events(actor, subjects), *_changes(people, plan, named), *_findings(actor, people, named)]
    items += _arrivals(people, named)
    items.sort(key=_moment, reverse=True)
    return items[:MOST]


def _of(name: str, said: str) -> str:
    """A sentence with whom it is about before it, where it stands among several."""
    return str(Message("{who}：{said}", who=name, said=said)) if name else said


def _events(actor: User, subjects: Mapping[tuple[str, UUID], str]) -> Iterator[TimelineItem]:
    lines = access.lines(actor, Action.FINDING_READ)
    about = Q(pk__in=[])
    for kind in {kind for kind, _uuid in subjects}:
        about |= Q(subject_type=kind, subject_id__in=[uuid for of, uuid in subjects if of == kind])
    # Who opened the page stands in the record of who looked, not in what happened to somebody.
    rows = (
        Event.objects.filter(about)
        .exclude(code__in=("person.opened", "person.photo_seen", "case.file_read"))
        .select_related("actor")
    )
    for event in rows.order_by("-id")[:MOST]:
        kind = event.values.get("kind")
        if kind in FindingKind.values and LINES[FindingKind(kind)] not in lines:
            continue
        name = subjects.get((event.subject_type, event.subject_id), "") if event.subject_id else ""
        yield TimelineItem(event.at, _of(name, str(sentence(event))), event.actor.name if event.actor else "")


def _changes(people: Sequence[Person], plan: Plan | None, named: Mapping[int, str]) -> Iterator[TimelineItem]:
    """One item a person and batch, with what it changed."""
    rows = (
        Change.objects.filter(person__in=people)
        .select_related("batch", "by", "batch__recorded_by")
        .order_by("-at", "person_id", "-id")[: MOST * 4]
    )
    for (_batch, at, person), changes in groupby(rows, key=lambda row: (row.batch_id, row.at, row.person_id)):
        held = list(changes)
        first = held[0]
        source = words.source(plan, first.batch.source) if first.batch else gettext("登记")
        by = first.by or (first.batch.recorded_by if first.batch else None)
        yield TimelineItem(
            at,
            _of(
                named.get(person, ""),
                str(Message("{source}：{count} 项有变化", source=source, count=len(held))),
            ),
            by.name if by else "",
            [_change(plan, row) for row in held],
        )


def _change(plan: Plan | None, row: Change) -> str:
    fact = facts_of(plan).get(row.fact) if plan else None
    if fact is None or fact.name in words.MASKED_FACTS:
        return str(Message("{fact}：已更新", fact=text(fact.label) if fact else row.fact))
    try:
        before, after = words.value(fact, row.before), words.value(fact, row.after)
    except (ValueError, TypeError):
        before, after = str(row.before), str(row.after)
    return words.said(text(fact.label), f"{before} → {after}")


def _findings(actor: User, people: Sequence[Person], named: Mapping[int, str]) -> Iterator[TimelineItem]:
    rows = Finding.objects.filter(person__in=people)
    for finding in access.scope(actor, Action.FINDING_READ, rows).order_by("-id")[:MOST]:
        label = FindingKind(finding.kind).label
        name = named.get(finding.person_id, "")
        yield TimelineItem(finding.opened_on, _of(name, str(Message("筛查发现：{kind}", kind=label))), "")
        if finding.state == FindingState.CLOSED and finding.closed_by != "person" and finding.closed_on:
            said = Message("{kind}已结：{why}", kind=label, why=closed_why(finding))
            yield TimelineItem(finding.closed_on, _of(name, str(said)), "")


def _arrivals(people: Sequence[Person], named: Mapping[int, str]) -> Iterator[TimelineItem]:
    """The register's rows as they stand: the last batch that brought or changed each."""
    for facts in Facts.objects.filter(person__in=people).select_related("batch", "batch__recorded_by"):
        of = facts.batch
        said = Message(
            "列入{source}，截至 {day}", source=words.source(None, of.source), day=words.day(of.as_of)
        )
        yield TimelineItem(
            of.committed_at or of.recorded_at,
            _of(named.get(facts.person_id, ""), str(said)),
            of.recorded_by.name if of.recorded_by else "",
        )


def _moment(item: TimelineItem) -> dt.datetime:
    """For the order: a day alone stands at its end, after what was done on it."""
    if isinstance(item.at, dt.datetime):
        return item.at
    return dt.datetime.combine(item.at, dt.time.max, BEIJING)
