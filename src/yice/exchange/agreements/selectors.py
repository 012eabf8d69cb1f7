"""What the desk shows of lists: the catalogue with the state of each, and one list's agreement with its deliveries."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from yice.accounts import access
from yice.accounts.access import Place
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.areas.models import Tier
from yice.exchange.agreements.needed import used_lists
from yice.exchange.agreements.periods import Period, period_of
from yice.exchange.agreements.receipts import (
    Damage,
    damage,
    expired,
    kept_until,
    late_periods,
    receipts_of,
)
from yice.exchange.models import Agreement, Doubt, DoubtState, Inquiry
from yice.identifiers.division import ancestors
from yice.loop.identify.known import number_as_now
from yice.loop.identify.models import ListReceipt
from yice.policy import selectors as policy
from yice.rules.model import Plan, Slot
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message

# The states of a list, what needs doing first.
LATE, EXPIRED, UNAGREED, DOUBTS, WAITING, ON_TIME, NOT_USED, UNREAD, OPEN_SLOT, ENDED = (
    "late", "expired", "unagreed", "doubts", "waiting", "on_time", "not_used", "unread", "unnamed", "ended",
)  # fmt: skip
ORDER = (LATE, EXPIRED, UNAGREED, DOUBTS, WAITING, ON_TIME, ENDED, UNREAD, NOT_USED, OPEN_SLOT)


@dataclass(frozen=True)
class Line:
    """One list of the catalogue, or beside it."""

    number: int | None  # in the catalogue; None: an addition
    slot: Slot | None
    title: str
    sender: str
    state: str  # of ORDER
    agreement: Agreement | None = None
    late: list[Period] = field(default_factory=list)
    due: dt.date | None = None  # of the oldest late period, else of the running one
    last: ListReceipt | None = None
    damage: Damage | None = None
    doubts: int = 0
    expired: int = 0  # deliveries past the time they may be kept
    above: bool = False  # it has climbed
    counted: bool = True  # its rows are people: how many is told to whoever may see names there


@dataclass(frozen=True)
class Delivery:
    """One delivery of a list on its page."""

    receipt: ListReceipt
    damage: Damage
    kept_until: dt.date
    expired: bool


@dataclass(frozen=True)
class ListView:
    line: Line
    agreement: Agreement
    deliveries: list[Delivery]
    periods: list[Period]  # late
    doubts: Mapping[str, int]  # by state
    reasons: Mapping[str, int]  # of those that wait, by why; a row may have several
    inquiries: list[Inquiry]
    columns: Mapping[str, str]  # heading → field, as last understood
    remembered: bool  # somebody put the columns right once, and that holds for the next file
    used: bool


def board(actor: User) -> tuple[str, list[Line]]:
    """The actor's place and its lists: the catalogue of the plan there, then the additions, first what needs doing.

    Above the county there is no catalogue to fill: what climbed there is shown, place by place.
    """
    area = place_of(actor)
    rows = list(_agreements(actor).order_by("area", "id"))
    plan = plan_of(area)
    if not plan or not plan.slots:
        tier = min((post.area.lowest_tier for post, _ in access.grants(actor, Action.LIST_READ)), default=0)
        rows = [row for row in rows if row.tier <= tier]
    lines = _lines(actor, area, rows, plan)
    return area, sorted(
        lines, key=lambda one: (ORDER.index(one.state), one.due or dt.date.max, one.number or 99)
    )


def late_lists(actor: User) -> tuple[int, int, int]:
    """For the home page: lists that are late, with rows past their time, and doubts not yet put to anybody."""
    tier = min((post.area.lowest_tier for post, _ in access.grants(actor, Action.LIST_READ)), default=0)
    rows = [row for row in _agreements(actor) if row.tier <= tier or tier == Tier.COUNTY]
    received = receipts_of(rows, told=False)
    late = sum(bool(late_periods(row, {one.month for one in received[row.pk]})) for row in rows)
    over = sum(bool(found) for found in expired(rows, received).values())
    rows = [row for row in rows if _counts(actor, row.area)]
    doubts = Doubt.objects.filter(agreement__in=rows, state=DoubtState.OPEN).count() if rows else 0
    return late, over, doubts


def place_of(actor: User) -> str:
    return next((low for low, _high in access.ranges(actor, Action.LIST_READ)), "")


def plan_of(area: str) -> Plan | None:
    installed = policy.pack_for(area) if area else None
    return policy.plan(installed) if installed is not None else None


def agreement(actor: User, uuid: UUID) -> Agreement:
    """One agreement within scope, else Problem "not-found"."""
    found = _agreements(actor).select_related("agreed_by").filter(uuid=uuid).first()
    if found is None:
        raise Problem("not-found", Message("没有这份名单的约定，或者它不在您负责的区域内。"))
    return found


def inquiry(actor: User, of: Agreement, uuid: UUID) -> Inquiry:
    """One round of an agreement within scope."""
    found = (
        Inquiry.objects.filter(agreement=agreement(actor, of.uuid), uuid=uuid)
        .select_related("agreement")
        .first()
    )
    if found is None:
        raise Problem("not-found", Message("没有这次核验。"))
    return found


def view(actor: User, uuid: UUID) -> ListView:
    """Everything of one list: about ten queries, however many rows it has."""
    row = agreement(actor, uuid)
    received = receipts_of([row])
    over = {one.pk for one in expired([row], received)[row.pk]}
    line = _line(actor, None, None, row, received[row.pk], _doubts([row]).get(row.pk, 0), len(over))
    counted = row.doubts.order_by().values_list("state").annotate(n=Count("id"))
    waiting = row.doubts.filter(state__in=(DoubtState.OPEN, DoubtState.ASKED)).values_list("why", flat=True)
    last = next((one for one in received[row.pk] if one.current), None)
    mapping = last.batch.mapping if last is not None else {}
    return ListView(
        line,
        row,
        [Delivery(one, damage(one), kept_until(row, one), one.pk in over) for one in received[row.pk][:24]],
        line.late,
        {str(state): int(n) for state, n in counted},
        Counter(code for why in waiting for code in why),
        list(
            row.inquiries.select_related("made_by")
            .annotate(open=Count("doubts", filter=Q(doubts__state=DoubtState.ASKED)))
            .order_by("-id")[:10]
        ),
        mapping.get("fields", {}),
        bool(mapping.get("corrected") or mapping.get("remembered")),
        row.kind in used_lists(row.area),
    )


def waiting_doubts(actor: User, of: Agreement, limit: int = 50) -> list[Doubt]:
    """Rows in doubt that wait, the newest reasons first; their values stay sealed on a page."""
    rows = agreement(actor, of.uuid).doubts.filter(state__in=(DoubtState.OPEN, DoubtState.ASKED))
    found = list(rows.select_related("entry").order_by("state", "entry__row", "id")[:limit])
    number_as_now(one.entry for one in found)
    return found


def _agreements(actor: User) -> QuerySet[Agreement]:
    return access.scope(actor, Action.LIST_READ, Agreement.objects.all())


def _doubts(rows: Sequence[Agreement]) -> dict[int, int]:
    waiting = Doubt.objects.filter(agreement__in=rows, state__in=(DoubtState.OPEN, DoubtState.ASKED))
    return dict(waiting.order_by().values_list("agreement").annotate(n=Count("id")))


def _counts(actor: User, area: str) -> bool:
    return access.may(actor, Action.REPORT_NAMES, Place(area)).allowed


def _lines(actor: User, area: str, rows: list[Agreement], plan: Plan | None) -> list[Line]:
    received, doubts = receipts_of(rows), _doubts(rows)
    over = expired(rows, received)

    def line(number: int | None, slot: Slot | None, row: Agreement) -> Line:
        return _line(actor, number, slot, row, received[row.pk], doubts.get(row.pk, 0), len(over[row.pk]))

    slots = plan.slots if plan else {}
    agreed = {row.slot: row for row in rows if row.area == area and row.slot in slots}
    used = used_lists(area) if slots else set()
    came = _unagreed(area, [one.list for one in slots.values() if one.list and one.id not in agreed])
    found = []
    for number, slot in enumerate(slots.values(), start=1):
        if slot.id in agreed:
            found.append(line(number, slot, agreed[slot.id]))
        else:
            wanted = slot.list is not None and (slot.list in used or slot.always)
            last = came.get(slot.list or "")
            state = (
                UNAGREED if wanted or last else NOT_USED if slot.list else UNREAD if slot.named else OPEN_SLOT
            )
            counts = _counts(actor, area)
            found.append(Line(number, slot, str(slot.title), slot.sender, state, last=last, counted=counts))
    return found + [line(None, None, row) for row in rows if row not in agreed.values()]


def _unagreed(area: str, kinds: list[str]) -> dict[str, ListReceipt]:
    """The newest delivery of lists that nobody has agreed on."""
    rows = ListReceipt.objects.filter(kind__in=kinds, area__in=[area, *ancestors(area)], current=True)
    return {row.kind: row for row in rows.select_related("batch").order_by("month", "id")}


def _line(
    actor: User,
    number: int | None,
    slot: Slot | None,
    row: Agreement,
    received: list[ListReceipt],
    doubts: int,
    over: int,
) -> Line:
    today, counts = clock.today(), _counts(actor, row.area)
    doubts = doubts if counts else 0
    late = late_periods(row, {one.month for one in received})
    running = period_of(row.every, today)
    last = next((one for one in received if one.current), None)
    ended = row.until is not None and row.until < today
    if late:
        state, due = LATE, late[0].due(row.due_days)
    else:
        state = EXPIRED if over else DOUBTS if doubts else ENDED if ended else WAITING
        due = running.due(row.due_days)
        if state == WAITING and any(running.first <= one.month <= running.last for one in received):
            state = ON_TIME
    called = str(slot.title) if slot is not None and row.title == slot.title.zh else row.title
    return Line(
        number, slot, called, row.sender, state, row, late, due, last,
        damage(last) if last is not None else None, doubts, over, row.climbed_on is not None, counts,
    )  # fmt: skip
