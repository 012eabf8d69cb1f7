"""What is waiting for me: by kind, by age, whom to see to first, and the lists that have not come."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Min, Q
from django.utils.translation import gettext

from yice.accounts import access
from yice.accounts.access import Place
from yice.accounts.enums import Action, Line
from yice.accounts.models import User
from yice.loop.identify.enums import FindingKind, FindingState
from yice.loop.identify.models import VisitList
from yice.loop.identify.models.lists import ListReceipt
from yice.loop.identify.selectors.filters import WAITING, Filters
from yice.loop.identify.selectors.worklist import Row, cut, rows, scoped
from yice.loop.identify.services.cells import LINES
from yice.policy import selectors as policy
from yice.policy.words import text
from yice.rules.model import Plan
from yice.rules.words import Words
from yice.terms import clock

PROVISIONAL = "provisional"
FIRST = 5


@dataclass(frozen=True)
class Waiting:
    """One kind of work: how many, how old; `query` opens the worklist at exactly these rows."""

    kind: str  # a FindingKind value, or "provisional" for work that waits for the next list
    label: str
    count: int
    week: int  # opened in the last 7 days
    month: int  # 8 to 30 days ago
    older: int
    overdue: int
    oldest: dt.date | None
    query: str
    mine: bool  # the actor's own line of work; else others handle it and the actor may look


@dataclass(frozen=True)
class ListState:
    """A department's list for the month of today: come or not; silence follows from that."""

    kind: str
    title: str
    sender: str
    month: dt.date | None  # the latest month received; None: never
    whole: bool
    current: bool  # it is this month's
    unmatched: int


@dataclass(frozen=True)
class TodaysVisits:
    uuid: UUID
    day: dt.date
    size: int
    typed: int


@dataclass(frozen=True)
class LastRun:
    uuid: UUID
    title: str  # of the pack
    as_of: dt.date
    at: dt.datetime
    ended: bool
    people: int | None  # None: the reader sees what stands for the month alone


@dataclass(frozen=True)
class Home:
    waiting: list[Waiting]
    first: list[Row]  # the few of the actor's own that are due first
    lists: list[ListState]
    visits: TodaysVisits | None
    run: LastRun | None


def home(actor: User) -> Home:
    """What waits for `actor`; kinds outside the actor's lines do not appear at all."""
    ranges = access.ranges(actor, Action.FINDING_READ) or access.ranges(actor, Action.REPORT_READ)
    area = ranges[0][0] if ranges else ""
    pack = policy.pack_for(area) if area else None
    run = policy.last_run(area) if area else None
    last = None
    if run is not None:
        title = text(Words(run.pack.title_zh, run.pack.title_en))
        names = access.may(actor, Action.REPORT_NAMES, Place(area)).allowed
        people = run.snapshot.rows if names else None
        last = LastRun(run.uuid, title, run.as_of, run.at, run.ended, people)
    lists = _lists(actor, policy.plan(pack)) if pack is not None else []
    return Home(_waiting(actor), _first(actor), lists, _visits(actor), last)


def _first(actor: User) -> list[Row]:
    mine = scoped(actor).filter(line__in=access.lines(actor, Action.FINDING_HANDLE), state__in=WAITING)
    return rows(cut(mine, "due", 0, FIRST))


def _waiting(actor: User) -> list[Waiting]:
    today = clock.today()
    own = access.lines(actor, Action.FINDING_HANDLE)
    week, month = today - dt.timedelta(days=7), today - dt.timedelta(days=30)
    counted = (
        scoped(actor)
        .exclude(state=FindingState.CLOSED)
        .order_by()
        .values("kind", "state")
        .annotate(
            n=Count("id"),
            week=Count("id", filter=Q(opened_on__gt=week)),
            month=Count("id", filter=Q(opened_on__lte=week, opened_on__gt=month)),
            late=Count("id", filter=Q(due_on__lt=today, state__in=WAITING)),
            oldest=Min("opened_on"),
        )
    )
    sums: dict[tuple[str, bool], Waiting] = {}
    for row in counted:
        waits = row["state"] == FindingState.PROVISIONAL
        kind = PROVISIONAL if waits else row["kind"]
        mine = LINES[FindingKind(row["kind"])] in own
        held = sums.get((kind, mine))
        filters = Filters(state=(PROVISIONAL,), kind=_of_line(mine, own)) if waits else Filters(kind=(kind,))
        sums[kind, mine] = Waiting(
            kind,
            gettext("已办，待名单确认") if waits else str(FindingKind(kind).label),
            row["n"] + (held.count if held else 0),
            row["week"] + (held.week if held else 0),
            row["month"] + (held.month if held else 0),
            row["n"] - row["week"] - row["month"] + (held.older if held else 0),
            row["late"] + (held.overdue if held else 0),
            min(row["oldest"], held.oldest) if held and held.oldest else row["oldest"],
            filters.query(),
            mine,
        )
    order = [(kind, mine) for mine in (True, False) for kind in (*FindingKind.values, PROVISIONAL)]
    return [sums[key] for key in order if key in sums]


def _of_line(mine: bool, own: frozenset[Line]) -> tuple[str, ...]:
    """The kinds inside the actor's own lines of work, or those outside."""
    return tuple(kind.value for kind in FindingKind if (LINES[kind] in own) == mine)


def _lists(actor: User, plan: Plan) -> list[ListState]:
    """The lists of the plan as the actor's area received them; nobody without a line of work sees them."""
    ranges = access.ranges(actor, Action.IMPORT_READ)
    if not ranges:
        return []
    this_month = clock.today().replace(day=1)
    near = Q(pk__in=[])
    for low, high in ranges:
        near |= Q(area__gte=low, area__lt=high)
    latest: dict[str, ListReceipt] = {}
    for receipt in ListReceipt.objects.filter(near, current=True, month__lte=this_month).order_by(
        "month", "id"
    ):
        latest[receipt.kind] = receipt
    found = []
    for kind in plan.lists.values():
        held = latest.get(kind.id)
        found.append(
            ListState(
                kind.id,
                text(kind.title),
                kind.sender,
                held.month if held else None,
                bool(held and held.whole),
                held is not None and held.month == this_month,
                held.unmatched if held else 0,
            )
        )
    return found


def _visits(actor: User) -> TodaysVisits | None:
    if not access.grants(actor, Action.VISIT_PLAN):
        return None
    made = (
        VisitList.objects.filter(made_by=actor, day=clock.today())
        .annotate(size=Count("visits"), typed=Count("visits", filter=Q(visits__typed_at__isnull=False)))
        .order_by("-id")
        .first()
    )
    return TodaysVisits(made.uuid, made.day, made.size, made.typed) if made else None
