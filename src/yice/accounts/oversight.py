"""What the audit administrator watches: reading out of the ordinary, and what administrators and the door did.

Names of employees, numbers and days; never whom a record is about, and never what was written down about them.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass
from statistics import median

from django.db.models import Count, Max, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import ExtractHour, TruncDate

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
    """Of the last thirty days, newest first. The database counts: what comes here is a row a reader, day and place."""
    access.require(actor, Action.AUDIT_OVERSEE)
    since = clock.now() - dt.timedelta(days=days)
    watched = Event.objects.filter(at__gte=since, actor_id__in=_watched(actor).values("user_id"))
    watched = watched.annotate(day=TruncDate("at", tzinfo=BEIJING)).order_by()
    reading = watched.filter(code__in=READING)
    by_day, special = _by_day(reading, _own_areas(actor))
    broken = watched.filter(code="glass.broken").values("actor_id", "day").annotate(count=Count("pk"))
    special.update({("glass", one["actor_id"], one["day"]): one["count"] for one in broken})
    known = reading.exclude(subject_id=None)
    again = known.values("actor_id", "subject_id").annotate(days=Count("day", distinct=True), last=Max("at"))
    seen = known.values("subject_id").annotate(by=Count("actor_id", distinct=True), last=Max("at"))
    usual = int(median(one.read for one in by_day.values())) if by_day else 0
    names = dict(_watched(actor).values_list("user_id", "user__name"))
    found = [
        Unusual(names[who], day, Message("一天查看 {count} 次，通常 {usual} 次", count=one.read, usual=usual))
        for (who, day), one in by_day.items()
        if one.read > max(MANY, TIMES * usual)
    ]
    found += [
        Unusual(names[who], day, Message("夜间查看 {count} 次", count=one.night))
        for (who, day), one in by_day.items()
        if one.night
    ]
    found += [
        Unusual("—", _day(one["last"]), Message("同一个人被 {count} 名工作人员查看", count=one["by"]))
        for one in seen.filter(by__gte=SEEN_BY)
    ]
    found += [
        Unusual(
            names[one["actor_id"]],
            _day(one["last"]),
            Message("在 {count} 天里反复查看同一个人", count=one["days"]),
        )
        for one in again.filter(days__gte=AGAIN)
    ]
    found += [
        Unusual(names[who], day, Message.of(SPECIAL[kind][1].text, {"count": count}))
        for (kind, who, day), count in special.items()
        if count > SPECIAL[kind][0]
    ]
    found += _failed(since)
    return sorted(found, key=lambda one: (one.day, one.who), reverse=True)


@dataclass
class _Read:
    """How often somebody read on a day, and how often at night."""

    read: int = 0
    night: int = 0


def _by_day(
    reading: QuerySet[Event], own: dict[int, list[tuple[str, str]]]
) -> tuple[dict[tuple[int, dt.date], _Read], Counter[tuple[str, int, dt.date]]]:
    """Reader and day → how much was read, and what of it is asked about by itself."""
    hour, (late, early) = ExtractHour("at", tzinfo=BEIJING), NIGHT
    rows = (
        reading.annotate(hour=hour)
        .values("actor_id", "day", "area")
        .annotate(
            read=Count("pk"),
            night=Count("pk", filter=Q(hour__gte=late) | Q(hour__lt=early)),
            whole=Count("pk", filter=Q(code="person.unmasked")),
            restricted=Count("pk", filter=Q(subject_type="deliver.case")),  # else a person is the subject
        )
    )
    by_day: dict[tuple[int, dt.date], _Read] = defaultdict(_Read)
    special: Counter[tuple[str, int, dt.date]] = Counter()
    for one in rows:
        who, day, area = one["actor_id"], one["day"], one["area"]
        by_day[who, day].read += one["read"]
        by_day[who, day].night += one["night"]
        special["whole", who, day] += one["whole"]
        special["restricted", who, day] += one["restricted"]
        if area and not any(low <= area < high for low, high in own[who]):
            special["elsewhere", who, day] += one["read"]
    return by_day, special


def _day(at: dt.datetime) -> dt.date:
    return at.astimezone(BEIJING).date()


SPECIAL = {
    "glass": (0, Message("紧急查看 {count} 人")),
    "elsewhere": (ELSEWHERE, Message("一天查看 {count} 次不在自己区域的人")),
    "whole": (WHOLE, Message("一天查看 {count} 个完整号码")),
    "restricted": (RESTRICTED, Message("一天查看 {count} 份受限办件的材料")),
}


def _failed(since: dt.datetime) -> list[Unusual]:
    rows = Event.objects.filter(code="account.sign_in_failed", at__gte=since).order_by()
    rows = rows.annotate(day=TruncDate("at", tzinfo=BEIJING), came=KeyTextTransform("from", "values"))
    counted = rows.values("day").annotate(count=Count("pk"), places=Count("came", distinct=True))
    return [
        Unusual(
            "—",
            one["day"],
            Message(
                "一天有 {count} 次登录没有通过，来自 {places} 处", count=one["count"], places=one["places"]
            ),
        )
        for one in counted.filter(count__gt=FAILED)
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
