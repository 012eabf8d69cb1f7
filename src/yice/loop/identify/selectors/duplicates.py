"""Two on the register who may be one: the queue, and one pair side by side."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Case, Count, F, IntegerField, QuerySet, Value, When

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.areas import selectors as areas
from yice.loop.identify.enums import LinkState, PairState
from yice.loop.identify.models import Duplicate, ListLink, Person
from yice.loop.identify.models.lists import counts_now
from yice.loop.identify.pairing import tables
from yice.loop.identify.pairing.standing import payrolls_of
from yice.loop.identify.selectors import words
from yice.loop.identify.selectors.pairs import Side, sides, title, why
from yice.matching import Waterfall, waterfall
from yice.terms.errors import Problem
from yice.terms.messages import Message

OPEN = (PairState.PROPOSED, PairState.SECOND)


@dataclass(frozen=True)
class Belongs:
    """What hangs on one of the two records."""

    receives: list[str]  # titles of the lists that pay
    lists: int  # rows of lists
    work: int  # findings, needs and cases


@dataclass(frozen=True)
class DuplicateView:
    pair: Duplicate
    why: Message
    sides: list[Side]
    fall: Waterfall
    kept: Belongs
    other: Belongs
    may: bool
    may_undo: bool
    second: bool
    place: str


def queue(actor: User) -> QuerySet[Duplicate]:
    """What the actor may decide now: where a benefit runs first, then what somebody has begun, then by household."""
    mine = access.condition(actor, Action.REVIEW_DECIDE, Duplicate.ACCESS)
    rows = _readable(actor).filter(mine, state__in=OPEN).exclude(state=PairState.SECOND, decided_by=actor)
    heavy = Case(When(takes_away=True, then=Value(0)), default=Value(1), output_field=IntegerField())
    begun = Case(When(state=PairState.SECOND, then=Value(0)), default=Value(1), output_field=IntegerField())
    home = F("kept__household_id").asc(nulls_last=True)
    return rows.select_related("kept", "other").order_by(heavy, begun, home, "kept_id", "id")


def settled(actor: User) -> QuerySet[Duplicate]:
    """What has a conclusion, the newest first."""
    rows = _readable(actor).exclude(state__in=OPEN).select_related("kept", "other", "decided_by")
    return rows.order_by(F("decided_at").desc(nulls_last=True), "-id")


def after(actor: User, pair: Duplicate) -> UUID | None:
    """The next one of the queue behind `pair`, else its first; None where nothing is left."""
    order = list(queue(actor).values_list("uuid", flat=True)[:500])
    if pair.uuid in order:
        at = order.index(pair.uuid) + 1
        return order[at] if at < len(order) else (order[0] if len(order) > 1 else None)
    return order[0] if order else None


def view(actor: User, uuid: UUID) -> DuplicateView:
    """One pair, within what the actor may read; outside it does not exist."""
    rows = _readable(actor).select_related("kept", "other", "decided_by", "second_by")
    pair = rows.filter(uuid=uuid).first()
    if pair is None:
        raise Problem("not-found", Message("没有这一对，或者它不在您负责的范围内。"))
    ours, theirs = tables.person_row(pair.kept), tables.person_row(pair.other)
    places = areas.names(words.place_codes([pair.kept.hukou, pair.other.hukou]))
    village = words.place(ours["village"], places), words.place(theirs["village"], places)
    may = access.may(actor, Action.REVIEW_DECIDE, pair).allowed
    second = pair.state == PairState.SECOND
    payrolls = payrolls_of(pair.area)
    return DuplicateView(
        pair,
        why(pair.reason),
        sides(ours, theirs, village),
        waterfall([int(code) for code in pair.levels], frequency=pair.frequency),
        _belongs(pair.kept, payrolls),
        _belongs(pair.other, payrolls),
        may and (pair.state == PairState.PROPOSED or (second and pair.decided_by_id != actor.pk)),
        _may_undo(actor, pair),
        second,
        village[0],
    )


@dataclass(frozen=True)
class Merged:
    """That another record became one with this."""

    pair: UUID | None  # for those who may look at pairs


def merged_with(actor: User, person: UUID) -> Merged | None:
    """What was merged into the record, the last time."""
    rows = Duplicate.objects.filter(kept__uuid=person, state=PairState.SAME)
    found = rows.select_related("kept", "other").order_by("-id").first()
    if found is None:
        return None
    return Merged(found.uuid if access.may(actor, Action.REVIEW_READ, found).allowed else None)


def _may_undo(actor: User, pair: Duplicate) -> bool:
    return pair.state != PairState.PROPOSED and access.may(actor, Action.REVIEW_DECIDE, pair).allowed


def _belongs(person: Person, payrolls: frozenset[str]) -> Belongs:
    links = ListLink.objects.filter(counts_now("entry__"), person=person, state=LinkState.SAME)
    kinds = dict(links.order_by().values_list("entry__kind").annotate(n=Count("id")))
    work = person.findings.exclude(state="closed").count() + person.needs.exclude(state="closed").count()
    return Belongs(
        [title(kind, person.hukou) for kind in sorted(kinds) if kind in payrolls], sum(kinds.values()), work
    )


def _readable(actor: User) -> QuerySet[Duplicate]:
    return access.scope(actor, Action.REVIEW_READ, Duplicate.objects.all())
