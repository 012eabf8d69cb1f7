"""Who works in my area, and what was done there. Everything narrowed to the actor's posts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import Post, User
from yice.areas import selectors as areas
from yice.audit.models import Event
from yice.audit.sentences import sentence
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message

PAGE_SIZE = 50
PERSON = "identify.person"
# Events of the area that later steps of the loop hold back: what was done in cases that the reader may not read.
held_back: list[Callable[[User], Q]] = []


@dataclass(frozen=True)
class EventRow:
    at: dt.datetime
    by: str
    by_id: int | None
    text: str
    area: str  # the place's name
    person: UUID | None  # whom it is about


@dataclass(frozen=True)
class EventPage:
    rows: list[EventRow]
    total: int
    page: int


def accounts(actor: User) -> list[User]:
    """Accounts with a post within the actor's area, and those without any, by name; posts come with them."""
    return list(_accounts(actor).order_by("name", "username"))


def account(actor: User, key: int) -> User:
    """One of them, else Problem "account-not-found"."""
    found = _accounts(actor).filter(pk=key).first()
    if found is None:
        raise Problem("account-not-found", Message("没有这个账号，或者它不在您负责的区域内。"))
    return found


def post(actor: User, key: int) -> Post:
    """A post within the actor's area, else Problem "post-not-found"."""
    found = _posts(actor, Action.ACCOUNT_ENTITLE).select_related("user", "area").filter(pk=key).first()
    if found is None:
        raise Problem("post-not-found", Message("没有这个岗位，或者它不在您负责的区域内。"))
    return found


def events(actor: User, *, person: UUID | None = None, by: int | None = None, page: int = 1) -> EventPage:
    """What happened in the actor's area, newest first: to a person, or done by an employee, or everything.

    What has no place (signing in, an export) counts where whoever did it works.
    """
    found = _events(actor)
    if person is not None:
        found = found.filter(subject_type=PERSON, subject_id=person)
    if by is not None:
        found = found.filter(actor_id=by)
    total = found.count()
    page = min(max(page, 1), max(1, -(-total // PAGE_SIZE)))
    start = (page - 1) * PAGE_SIZE
    rows = list(found.select_related("actor").order_by("-id")[start : start + PAGE_SIZE])
    return EventPage(told(rows), total, page)


def events_about(actor: User, person: UUID) -> QuerySet[Event]:
    """What happened to a person in the actor's area; `told` says a page of it."""
    return _events(actor).filter(subject_type=PERSON, subject_id=person).select_related("actor")


def told(events: list[Event]) -> list[EventRow]:
    """Events as sentences, with the places' names: one query."""
    names = areas.names(row.area for row in events if row.area)
    return [_row(row, names) for row in events]


def employees(actor: User) -> list[tuple[int, str]]:
    """Who works or worked in the actor's area, for the filter of the record."""
    here = _posts(actor, Action.AUDIT_READ).filter(user=OuterRef("pk"))
    return list(User.objects.filter(Exists(here)).order_by("name", "pk").values_list("pk", "name"))


def _accounts(actor: User) -> QuerySet[User]:
    here = Post.objects.filter(
        _within(actor, Action.ACCOUNT_MANAGE, "area_id") | _within(actor, Action.ACCOUNT_ENTITLE, "area_id"),
        user=OuterRef("pk"),
    )
    none = ~Exists(Post.objects.filter(user=OuterRef("pk")))
    shown = Prefetch("posts", Post.objects.select_related("area").order_by("role", "area_id"))
    keeps = access.grants(actor, Action.ACCOUNT_MANAGE) or access.grants(actor, Action.ACCOUNT_ENTITLE)
    mine = User.objects.filter(Exists(here) | none) if keeps else User.objects.none()
    return mine.prefetch_related(shown)


def _posts(actor: User, action: Action) -> QuerySet[Post]:
    return Post.objects.filter(_within(actor, action, "area_id"))


def _events(actor: User) -> QuerySet[Event]:
    placeless = Q(area="", actor_id__in=_posts(actor, Action.AUDIT_READ).values("user_id"))
    found = Event.objects.filter(_within(actor, Action.AUDIT_READ, "area") | placeless)
    for others in held_back:
        found = found.exclude(others(actor))
    return found


def _within(actor: User, action: Action, field: str) -> Q:
    total = Q(pk__in=[])
    for low, high in access.ranges(actor, action):
        total |= Q(**{f"{field}__gte": low, f"{field}__lt": high})
    return total


def _row(event: Event, names: dict[str, str]) -> EventRow:
    about = event.subject_id if event.subject_type == PERSON else None
    by = event.actor
    return EventRow(
        event.at,
        by.name if isinstance(by, User) else "",
        event.actor_id,
        str(sentence(event)),
        names.get(event.area, ""),
        about,
    )


def held_now(post: Post) -> bool:
    """Whether a post is held today."""
    return post.held_on(clock.today())
