"""What the audit administrator watches: reading out of the ordinary, and what administrators and the door did.

Names of employees, numbers and days; never whom a record is about, and never what was written down about them.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass
from statistics import median

from django.db.models import Q, QuerySet

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import Post, User
from yice.accounts.selectors import EventPage, EventRow
from yice.audit.keeping import LOOKED
from yice.audit.models import Anchor, Event
from yice.audit.sentences import sentence
from yice.terms import clock
from yice.terms.clock import BEIJING
from yice.terms.messages import Message

READING = (*LOOKED, "person.searched", "export.made", "record.copied")
DAYS, MANY, TIMES, SEEN_BY, AGAIN = 30, 20, 5, 4, 8
NIGHT = (22, 6)
# More in a day than these are asked about: persons of other areas, whole numbers, papers of restricted cases.
ELSEWHERE, WHOLE, RESTRICTED = 5, 10, 3
FAILED = 50  # proofs that did not hold, at all doors in a day
PAGE = 50


@dataclass(frozen=True)
class Unusual:
    """Somebody read more, at another hour, one person again and again, or somebody whom many read: a question, never a
    verdict."""

    who: str
    day: dt.date
    what: Message


def unusual(actor: User, *, days: int = DAYS) -> list[Unusual]:
    """Of the last thirty days, newest first."""
    access.require(actor, Action.AUDIT_OVERSEE)
    since = clock.now() - dt.timedelta(days=days)
    watched = Event.objects.filter(at__gte=since, actor_id__in=_watched(actor).values("user_id"))
    rows = list(
        watched.filter(code__in=READING).values_list(
            "actor_id", "at", "code", "subject_id", "subject_type", "area"
        )
    )
    broken = list(watched.filter(code="glass.broken").values_list("actor_id", "at"))
    names = dict(User.objects.filter(pk__in={row[0] for row in (*rows, *broken)}).values_list("pk", "name"))
    daily: Counter[tuple[int, dt.date]] = Counter()
    night: Counter[tuple[int, dt.date]] = Counter()
    readers: dict[object, set[int]] = defaultdict(set)
    latest: dict[object, dt.date] = {}
    again: dict[tuple[int, object], set[dt.date]] = defaultdict(set)
    special: Counter[tuple[str, int, dt.date]] = Counter(
        ("glass", who, at.astimezone(BEIJING).date()) for who, at in broken
    )
    own = _own_areas(actor)
    for who, at, code, subject, kind, area in rows:
        local = at.astimezone(BEIJING)
        special["elsewhere", who, local.date()] += bool(area) and not any(
            low <= area < high for low, high in own[who]
        )
        special["whole", who, local.date()] += code == "person.unmasked"
        special["restricted", who, local.date()] += kind == "deliver.case"  # else a person is the subject
        daily[who, local.date()] += 1
        night[who, local.date()] += local.hour >= NIGHT[0] or local.hour < NIGHT[1]
        if subject is not None:
            readers[subject].add(who)
            again[who, subject].add(local.date())
            latest[subject] = max(latest.get(subject, local.date()), local.date())
    usual = int(median(daily.values())) if daily else 0
    found = [
        Unusual(names[who], day, Message("一天查看 {count} 次，通常 {usual} 次", count=count, usual=usual))
        for (who, day), count in daily.items()
        if count > max(MANY, TIMES * usual)
    ]
    found += [
        Unusual(names[who], day, Message("夜间查看 {count} 次", count=count))
        for (who, day), count in night.items()
        if count
    ]
    found += [
        Unusual("—", latest[subject], Message("同一个人被 {count} 名工作人员查看", count=len(by)))
        for subject, by in readers.items()
        if len(by) >= SEEN_BY
    ]
    found += [
        Unusual(names[who], max(days), Message("在 {count} 天里反复查看同一个人", count=len(days)))
        for (who, _subject), days in again.items()
        if len(days) >= AGAIN
    ]
    found += [
        Unusual(names[who], day, Message.of(SPECIAL[kind][1].text, {"count": count}))
        for (kind, who, day), count in special.items()
        if count > SPECIAL[kind][0]
    ]
    found += _failed(since)
    return sorted(found, key=lambda one: (one.day, one.who), reverse=True)


SPECIAL = {
    "glass": (0, Message("紧急查看 {count} 人")),
    "elsewhere": (ELSEWHERE, Message("一天查看 {count} 次不在自己区域的人")),
    "whole": (WHOLE, Message("一天查看 {count} 个完整号码")),
    "restricted": (RESTRICTED, Message("一天查看 {count} 份受限办件的材料")),
}


def _failed(since: dt.datetime) -> list[Unusual]:
    daily: dict[dt.date, list[str]] = defaultdict(list)
    rows = Event.objects.filter(code="account.sign_in_failed", at__gte=since)
    for at, values in rows.values_list("at", "values"):
        daily[at.astimezone(BEIJING).date()].append(values.get("from", ""))
    return [
        Unusual(
            "—",
            day,
            Message(
                "一天有 {count} 次登录没有通过，来自 {places} 处", count=len(came), places=len(set(came))
            ),
        )
        for day, came in daily.items()
        if len(came) > FAILED
    ]


def _own_areas(actor: User) -> dict[int, list[tuple[str, str]]]:
    """Whose posts lie where, for those who are watched."""
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for post in Post.objects.filter(user_id__in=_watched(actor).values("user_id")).select_related("area"):
        found[post.user_id].append((post.area.code, post.area.end))
    return found


def watched_events(actor: User, *, by: int | None = None, page: int = 1) -> EventPage:
    """What administrators and the door did, newest first; of events about a person only the kind and the employee."""
    access.require(actor, Action.AUDIT_OVERSEE)
    mine = _watched(actor).values("user_id")
    found = Event.objects.filter(Q(actor_id__in=mine) | Q(actor=None, area=""))
    found = found.filter(Q(code__startswith="account.") | Q(code__startswith="audit.") | Q(code__in=READING))
    if by is not None:
        found = found.filter(actor_id=by)
    total = found.count()
    page = min(max(page, 1), max(1, -(-total // PAGE)))
    rows = found.select_related("actor").order_by("-id")[(page - 1) * PAGE : page * PAGE]
    return EventPage([_row(one) for one in rows], total, page)


def anchors(actor: User) -> list[Anchor]:
    """The latest anchors, for comparing with what was noted elsewhere."""
    access.require(actor, Action.AUDIT_OVERSEE)
    return list(Anchor.objects.order_by("-day")[:7])


def employees(actor: User) -> list[tuple[int, str]]:
    """Who works or worked in the area, for the filter."""
    posts = _watched(actor).values("user_id")
    return list(User.objects.filter(pk__in=posts).order_by("name", "pk").values_list("pk", "name"))


def _watched(actor: User) -> QuerySet[Post]:
    total = Q(pk__in=[])
    for low, high in access.ranges(actor, Action.AUDIT_OVERSEE):
        total |= Q(area_id__gte=low, area_id__lt=high)
    return Post.objects.filter(total)


def _row(event: Event) -> EventRow:
    """An event about somebody is told without its values: they may quote a reason, and a reason tells of the person."""
    about = event.subject_id is not None
    shown = Event(code=event.code, values={}, emptied_by_id=event.emptied_by_id) if about else event
    by = event.actor.name if isinstance(event.actor, User) else ""
    return EventRow(event.at, by, event.actor_id, str(sentence(shown)), "", None)
