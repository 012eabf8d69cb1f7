"""Rows of lists that somebody must look at, and one of them beside the person it may be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When

from yice.accounts import access
from yice.accounts.access import AreaFields
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.areas import selectors as areas
from yice.loop.identify.enums import LinkState, PairState
from yice.loop.identify.models import ListLink, Pair, Person
from yice.loop.identify.models.lists import counts_now
from yice.loop.identify.pairing import tables
from yice.loop.identify.pairing.sampling import PLAIN, Measured
from yice.loop.identify.pairing.standing import standing_of
from yice.loop.identify.selectors import differing, words
from yice.loop.identify.selectors.differing import Marked
from yice.matching import REASONS, Waterfall, waterfall
from yice.policy import selectors as policy
from yice.policy.words import text
from yice.rules.model import ListKind
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message

_WORDS = {code.replace("-", "_"): says for code, says in REASONS.values()}
_UNREAD = Q(sampled=True, state=PairState.SAME, decided_by=None)
_OPEN = Q(state__in=(PairState.PROPOSED, PairState.SECOND)) | _UNREAD


@dataclass(frozen=True)
class Progress:
    open: int
    mine_today: int
    decided: int  # by anybody


@dataclass(frozen=True)
class Side:
    """One thing both say, or one of them."""

    label: Message
    value: Marked


@dataclass(frozen=True)
class PairView:
    pair: Pair
    why: Message
    sides: list[Side]
    fall: Waterfall
    rival: str  # the name of the next likely person, where the reader may see them
    may: bool  # decide now
    may_undo: bool
    second: bool  # as the second reader
    list_title: str
    place: str


def why(reason: str) -> Message:
    return _WORDS.get(reason, Message("已有的对应"))


def _current(actor: User) -> QuerySet[Pair]:
    rows = Pair.objects.filter(counts_now("entry__"))
    return access.scope(actor, Action.REVIEW_READ, rows)


def queue(actor: User, *, kind: str = "") -> QuerySet[Pair]:
    """What the actor may decide now: what may end a benefit first, then what somebody has begun, then by household."""
    mine = access.condition(actor, Action.REVIEW_DECIDE, Pair.ACCESS)
    rows = _current(actor).filter(_OPEN, mine).exclude(state=PairState.SECOND, decided_by=actor)
    if kind:
        rows = rows.filter(kind=kind)
    begun = Case(When(state=PairState.SECOND, then=Value(0)), default=Value(1), output_field=IntegerField())
    heavy = Case(When(takes_away=True, then=Value(0)), default=Value(1), output_field=IntegerField())
    by_home = F("person__household_id").asc(nulls_last=True)
    return rows.select_related("person", "entry").order_by(heavy, begun, by_home, "person_id", "id")


def after(actor: User, pair: Pair) -> UUID | None:
    """The next one of the queue behind `pair`, else its first; None where nothing is left."""
    order = list(queue(actor).values_list("uuid", flat=True)[:500])
    if pair.uuid in order:
        at = order.index(pair.uuid) + 1
        return order[at] if at < len(order) else (order[0] if len(order) > 1 else None)
    return order[0] if order else None


def names_alone(actor: User) -> QuerySet[ListLink]:
    """Rows that only a name ties to somebody: the fact is unknown for them, and stays so until a person has looked."""
    rows = _links(actor).filter(state=LinkState.POSSIBLE, how="name_only", by=None)
    return rows.order_by("person__household_id", "person_id", "id")


def links_of(actor: User, person: UUID) -> QuerySet[ListLink]:
    """Every row of the lists that count now which is held to be this person, or may be; else "not-found"."""
    who = Person.objects.filter(uuid=person).first()
    if who is None or not access.may(actor, Action.REVIEW_DECIDE, who).allowed:
        raise Problem("not-found", Message("没有这个人，或者不在您负责的区域内。"))
    return _links(actor).filter(person__uuid=person).order_by("entry__kind", "-entry__month", "id")


def _links(actor: User) -> QuerySet[ListLink]:
    """What has no pair yet to be looked at, in the lists that are the actor's to decide."""
    pairs = Pair.objects.filter(entry=OuterRef("entry"), person=OuterRef("person"))
    rows = ListLink.objects.filter(
        access.condition(actor, Action.REVIEW_DECIDE, AreaFields(hukou="person__hukou")),
        ~Exists(pairs),
        counts_now("entry__"),
    ).exclude(state=LinkState.REFUSED)
    place = next((low for low, _high in access.ranges(actor, Action.REVIEW_DECIDE)), "")
    mine = access.lines(actor, Action.REVIEW_DECIDE)
    kinds = [one.id for one in _lists(place) if standing_of(one.id, place).line in mine]
    return rows.filter(entry__kind__in=kinds).select_related("entry", "person")


def _lists(place: str) -> Iterable[ListKind]:
    installed = policy.pack_for(place) if place else None
    return policy.plan(installed).lists.values() if installed is not None else ()


def settled(actor: User) -> QuerySet[Pair]:
    """What has a conclusion, the newest first: where a wrong one is found and taken back."""
    rows = _current(actor).exclude(_OPEN)
    return rows.select_related("person", "entry", "decided_by").order_by(
        F("decided_at").desc(nulls_last=True), "-id"
    )


def kinds(actor: User) -> list[tuple[str, int]]:
    """How many wait of each list."""
    rows = queue(actor).order_by().values_list("kind").annotate(n=Count("id"))
    return sorted(((str(kind), int(n)) for kind, n in rows), key=lambda pair: (-pair[1], pair[0]))


def progress(actor: User) -> Progress:
    today = clock.today()
    rows = _current(actor)
    mine = rows.filter(Q(decided_by=actor) | Q(second_by=actor))
    done = rows.exclude(state__in=(PairState.PROPOSED, PairState.SECOND)).exclude(decided_by=None)
    at = [one for one in mine.values_list("decided_at", "second_at") if any(map(_on(today), one))]
    return Progress(queue(actor).count(), len(at), done.count())


def _on(day: object):  # type: ignore[no-untyped-def]
    return lambda moment: moment is not None and moment.astimezone(clock.BEIJING).date() == day


def measured(actor: User) -> tuple[Measured | None, Measured | None]:
    """Of the sampled rows that were read: those by number and name in full, those that needed more."""
    rows = _current(actor).filter(sampled=True, decided_by__isnull=False)
    found = []
    for some in (rows.filter(reason__in=PLAIN), rows.exclude(reason__in=PLAIN)):
        told = some.exclude(state__in=(PairState.CANNOT_TELL, PairState.PROPOSED))
        read = told.count()
        found.append(Measured(told.filter(state=PairState.SAME).count(), read) if read else None)
    return found[0], found[1]


def view(actor: User, uuid: UUID) -> PairView:
    """One pair, within what the actor may read; outside it does not exist."""
    rows = access.scope(actor, Action.REVIEW_READ, Pair.objects.all())
    pair = (
        rows.select_related("person", "entry__batch", "decided_by", "second_by", "runner_up")
        .filter(uuid=uuid)
        .first()
    )
    if pair is None:
        raise Problem("not-found", Message("没有这一行，或者它不在您负责的范围内。"))
    ours, theirs = tables.person_row(pair.person), tables.entry_row(pair.entry)
    places = areas.names(words.place_codes([pair.person.hukou, *filter(None, [theirs["village"]])]))
    village = (
        words.place(ours["village"], places),
        words.place(theirs["village"], places) if theirs["village"] else "",
    )
    may = access.may(actor, Action.REVIEW_DECIDE, pair).allowed
    second = pair.state == PairState.SECOND
    unread = pair.sampled and pair.state == PairState.SAME and pair.decided_by_id is None
    waits = pair.state == PairState.PROPOSED or unread or (second and pair.decided_by_id != actor.pk)
    seen = pair.runner_up is not None and access.may(actor, Action.PERSON_READ, pair.runner_up).allowed
    levels = [int(code) for code in pair.levels]
    return PairView(
        pair,
        why(pair.reason),
        sides(ours, theirs, village),
        waterfall(levels, frequency=pair.frequency),
        pair.runner_up.name if pair.runner_up is not None and seen else "",
        may and waits,
        may and pair.state != PairState.PROPOSED and not unread,
        second,
        title(pair.kind, pair.area),
        village[0],
    )


def sides(ours: dict[str, str], theirs: dict[str, str], village: tuple[str, str]) -> list[Side]:
    return [
        Side(Message("姓名"), differing.plain(ours["name"], theirs["name"])),
        Side(Message("身份证号"), differing.number(ours["id_number"], theirs["id_number"])),
        Side(Message("出生日期"), differing.birth(ours["birth_date"], theirs["birth_date"])),
        Side(Message("性别"), differing.plain(ours["sex"], _sex(theirs["sex"]))),
        Side(Message("村（社区）"), differing.plain(*village)),
        Side(Message("住址"), differing.address(ours["address"], theirs["address"])),
        Side(Message("电话"), differing.phone(ours["phone"], theirs["phone"])),
    ]


def _sex(text: str) -> str:
    return {"male": "男", "female": "女"}.get(text, text)


def title(kind: str, area: str) -> str:
    """What a list is called in the plan of the place."""
    installed = policy.pack_for(area)
    plan = policy.plan(installed) if installed is not None else None
    return text(plan.lists[kind].title) if plan is not None and kind in plan.lists else kind


def titles(rows: Iterable[Pair]) -> dict[str, str]:
    found: dict[str, str] = {}
    for row in rows:
        if row.kind not in found:
            found[row.kind] = title(row.kind, row.area)
    return found
