"""What happened about a person, newest first: what people did, what changed, what opened and closed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

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
    items = [*_events(actor, person), *_changes(person, plan), *_findings(actor, person), *_arrival(person)]
    items.sort(key=_moment, reverse=True)
    return items[:MOST]


def _events(actor: User, person: Person) -> Iterator[TimelineItem]:
    lines = access.lines(actor, Action.FINDING_READ)
    rows = Event.objects.filter(subject_type=Person._meta.label_lower, subject_id=person.uuid)
    # Who opened the page stands in the record of who looked, not in what happened to somebody.
    for event in rows.exclude(code="person.opened").select_related("actor").order_by("-id")[:MOST]:
        kind = event.values.get("kind")
        if kind in FindingKind.values and LINES[FindingKind(kind)] not in lines:
            continue
        yield TimelineItem(event.at, str(sentence(event)), event.actor.name if event.actor else "")


def _changes(person: Person, plan: Plan | None) -> Iterator[TimelineItem]:
    """One item a batch, with what it changed."""
    rows = (
        Change.objects.filter(person=person)
        .select_related("batch", "by", "batch__recorded_by")
        .order_by("-at", "-id")[: MOST * 4]
    )
    for (batch, at), changes in groupby(rows, key=lambda row: (row.batch_id, row.at)):
        held = list(changes)
        first = held[0]
        source = words.source(plan, first.batch.source) if first.batch else gettext("登记")
        by = first.by or (first.batch.recorded_by if first.batch else None)
        yield TimelineItem(
            at,
            str(Message("{source}：{count} 项有变化", source=source, count=len(held))),
            by.name if by else "",
            [_change(plan, row) for row in held],
        )
        del batch


def _change(plan: Plan | None, row: Change) -> str:
    fact = facts_of(plan).get(row.fact) if plan else None
    if fact is None or fact.name in words.MASKED_FACTS:
        return str(Message("{fact}：已更新", fact=text(fact.label) if fact else row.fact))
    try:
        before, after = words.value(fact, row.before), words.value(fact, row.after)
    except (ValueError, TypeError):
        before, after = str(row.before), str(row.after)
    return words.said(text(fact.label), f"{before} → {after}")


def _findings(actor: User, person: Person) -> Iterator[TimelineItem]:
    found = access.scope(actor, Action.FINDING_READ, Finding.objects.filter(person=person)).order_by("-id")
    for finding in found[:MOST]:
        label = FindingKind(finding.kind).label
        yield TimelineItem(finding.opened_on, str(Message("筛查发现：{kind}", kind=label)), "")
        if finding.state == FindingState.CLOSED and finding.closed_by != "person" and finding.closed_on:
            said = Message("{kind}已结：{why}", kind=label, why=closed_why(finding))
            yield TimelineItem(finding.closed_on, str(said), "")


def _arrival(person: Person) -> Iterator[TimelineItem]:
    """The register's row as it stands: the last batch that brought or changed it."""
    facts = Facts.objects.filter(person=person).select_related("batch", "batch__recorded_by").first()
    if facts is not None:
        of = facts.batch
        text_ = Message(
            "列入{source}，截至 {day}", source=words.source(None, of.source), day=words.day(of.as_of)
        )
        yield TimelineItem(
            of.committed_at or of.recorded_at, str(text_), of.recorded_by.name if of.recorded_by else ""
        )


def _moment(item: TimelineItem) -> dt.datetime:
    """For the order: a day alone stands at its end, after what was done on it."""
    if isinstance(item.at, dt.datetime):
        return item.at
    return dt.datetime.combine(item.at, dt.time.max, BEIJING)
