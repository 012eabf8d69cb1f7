"""What the desk shows of imports, narrowed to the actor: batches, their preview, their changes, refused rows, the pile."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet

from yice.accounts.access import scope
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.accounts.rows import beyond
from yice.exchange.imports import pauses, reasons, refused
from yice.exchange.imports.services import OPEN, waits_for_second
from yice.exchange.imports.staging import Store, open_store
from yice.exchange.imports.staging.store import rows, value
from yice.loop.identify.enums import BatchKind, BatchState, LinkState
from yice.loop.identify.models import Batch, Change, ListEntry, ListLink, Person
from yice.loop.identify.models.lists import counts_now
from yice.terms.errors import Problem
from yice.terms.messages import Message

PAGE_SIZE = 50
DELIVERIES = (BatchKind.REGISTRY, BatchKind.HOUSEHOLDS, BatchKind.LIST)


@dataclass(frozen=True)
class BatchView:
    """A delivery as its page shows it; `batch.counts` has the numbers, `batch.mapping` the columns."""

    batch: Batch
    kind: str  # registry, households or the list's kind
    why_waiting: list[Message]
    wait: Message | None  # how long others will wait for the commit
    decidable: bool
    refused: bool  # a workbook of refused rows can be had
    known: Batch | None  # the committed delivery of this very file, where the reader may see it
    nothing_new: Message | None  # … and nothing is left to bring in


@dataclass(frozen=True)
class ChangeRow:
    """One fact of one person, before and after; sealed fields show only "changed"."""

    person: uuid.UUID
    name: str
    fact: str
    before: Any
    after: Any


@dataclass(frozen=True)
class ChangePage:
    rows: list[ChangeRow]
    total: int
    page: int
    pages: int


@dataclass(frozen=True)
class RefusedRow:
    """A line of the file that was not taken, and why."""

    line: int
    problems: list[Problem]


@dataclass(frozen=True)
class RefusedReason:
    """One reason with how many lines it stopped or touched; `example` is one of them, in words."""

    example: list[Problem]
    rows: int
    lines: list[int]  # the first few


@dataclass(frozen=True)
class UnmatchedPage:
    """The pile of a list: rows that name nobody on file."""

    entries: list[ListEntry] = field(default_factory=list)
    total: int = 0
    page: int = 1
    pages: int = 1


def batches(actor: User) -> QuerySet[Batch]:
    """Deliveries of the actor's area, newest first."""
    found = Batch.objects.filter(kind__in=DELIVERIES).select_related("recorded_by", "decided_by", "job")
    return scope(actor, Action.IMPORT_READ, found).order_by("-id")


def batch(actor: User, batch_id: uuid.UUID) -> BatchView:
    """One delivery; one of another area does not exist for the actor."""
    found = batches(actor).filter(uuid=batch_id).first()
    if found is None:
        raise Problem("import-unknown", Message("没有这一批导入，或者它不在您负责的区域内。"))
    return view(actor, found)


def view(actor: User, found: Batch) -> BatchView:
    known: dict[str, Any] = next((one for one in found.pauses if one.get("batch")), {})
    seconds = found.counts.get("wait_seconds", 0)
    return BatchView(
        batch=found,
        kind=found.source.removeprefix("list:"),
        why_waiting=[reasons.pause(one) for one in found.pauses if pauses.waits([one])]
        if found.state in OPEN
        else [],
        wait=Message(reasons.WAIT, seconds=seconds) if seconds and found.state in OPEN else None,
        decidable=found.state in (BatchState.STAGED, BatchState.PAUSED),
        known=batches(actor).filter(uuid=known["batch"]).first() if known else None,
        nothing_new=reasons.pause(known)
        if known and not pauses.waits([known]) and found.state in OPEN
        else None,
        refused=bool(found.counts.get("refused")) and (found.state in OPEN or refused.there(found)),
    )


@dataclass(frozen=True)
class Insisted:
    """A list that looks wrong shall go in all the same: who said so, why, and whether the reader is that person."""

    by: str
    why: str
    mine: bool


def insisted(actor: User, found: Batch) -> Insisted | None:
    """While it waits for a second person's yes."""
    if found.state not in OPEN or not waits_for_second(found):
        return None
    key = found.mapping.get("insisted_by")
    name = User.objects.filter(pk=key).values_list("name", flat=True).first()
    return Insisted(name or "—", found.mapping["insisted"], key == actor.pk)


def changes(actor: User, found: Batch, page: int = 1) -> ChangePage:
    """What a delivery changes, or once it is in, what it changed, person by person."""
    require_in_scope(actor, found)
    at = (max(page, 1) - 1) * PAGE_SIZE
    if found.state not in (BatchState.STAGED, BatchState.PAUSED):
        done = Change.objects.filter(batch=found).select_related("person").order_by("id")
        told = [
            ChangeRow(one.person.uuid, one.person.name, one.fact, one.before, one.after)
            for one in done[at : at + PAGE_SIZE]
        ]
        return _page(told, done.count(), page)
    with _staged(found) as store:
        total = value(store, "SELECT count(*) FROM {s}.change")
        records = rows(
            store,
            "SELECT person_id, fact, before, after FROM {s}.change ORDER BY row, fact LIMIT %s OFFSET %s",
            [PAGE_SIZE, at],
        )
    people = Person.objects.in_bulk([record[0] for record in records])
    told = [
        ChangeRow(people[person].uuid, people[person].name, fact, _read(before), _read(after))
        for person, fact, before, after in records
    ]
    return _page(told, total, page)


def refused_rows(actor: User, found: Batch, page: int = 1) -> list[RefusedRow]:
    """Lines not taken, with their reasons, while the delivery is undecided (afterwards: `services.hand_back`)."""
    require_in_scope(actor, found)
    if found.state not in (BatchState.STAGED, BatchState.PAUSED):
        return []
    with _staged(found) as store:
        records = rows(
            store,
            "SELECT line, why FROM {s}.refused ORDER BY line LIMIT %s OFFSET %s",
            [PAGE_SIZE, (max(page, 1) - 1) * PAGE_SIZE],
        )
    return [RefusedRow(line, [reasons.from_json(one) for one in _read(why)]) for line, why in records]


def refused_reasons(actor: User, found: Batch) -> list[RefusedReason]:
    """Why lines were not taken, the most frequent first, while the delivery is undecided."""
    require_in_scope(actor, found)
    if found.state not in (BatchState.STAGED, BatchState.PAUSED):
        return []
    with _staged(found) as store:
        counted = rows(
            store,
            "SELECT code, count(DISTINCT line) AS n FROM {s}.refused GROUP BY code ORDER BY n DESC, code",
        )
        told = []
        for code, count in counted:
            sql = "SELECT line, why FROM {s}.refused WHERE code = %s ORDER BY line LIMIT 5"
            records = rows(store, sql, [code])
            example = [reasons.from_json(one) for one in _read(records[0][1])]
            told.append(RefusedReason(example, count, sorted({line for line, _why in records})))
    return told


def odd(found: Batch) -> list[RefusedReason]:
    """What is odd about rows that are taken: a value left out, or read otherwise than it was written."""
    return [
        RefusedReason([reasons.from_json(one["why"])], one["rows"], one["lines"])
        for one in found.counts.get("odd", [])
    ]


def unmatched_kinds(actor: User) -> list[tuple[str, int]]:
    """How many rows of the pile each kind of list has, the largest first."""
    pile = _unmatched(actor).order_by().values_list("kind").annotate(n=Count("id"))
    return sorted(pile, key=lambda pair: (-pair[1], pair[0]))


def unmatched(
    actor: User, *, kind: str | None = None, month: dt.date | None = None, page: int = 1
) -> UnmatchedPage:
    """Rows of the lists that count now and name nobody on file, by list and row."""
    found = _unmatched(actor)
    if kind:
        found = found.filter(kind=kind)
    if month:
        found = found.filter(counts_now(month=month.replace(day=1)))
    found = found.select_related("batch").order_by("batch_id", "row", "id")
    total, at = found.count(), (max(page, 1) - 1) * PAGE_SIZE
    return UnmatchedPage(list(found[at : at + PAGE_SIZE]), total, max(page, 1), _pages(total))


def _unmatched(actor: User) -> QuerySet[ListEntry]:
    tied = ListLink.objects.filter(entry=OuterRef("pk"), state__in=[LinkState.SAME, LinkState.POSSIBLE])
    found = ListEntry.objects.filter(~Exists(tied), counts_now())
    return scope(actor, Action.IMPORT_READ, found)


def require_in_scope(actor: User, found: Batch) -> None:
    """A batch outside the actor's area reads as one that is not there."""
    batch(actor, found.uuid)


@contextmanager
def _staged(found: Batch) -> Iterator[Store]:
    """The rows of one delivery, whose reader has been judged: they lie in tables of their own, beside the wall."""
    with beyond():
        yield from _attached(found)


def _attached(found: Batch) -> Iterator[Store]:
    store = open_store(found.uuid)
    if not store.exists():
        raise Problem(
            "import-staging-lost",
            Message("这一批的预览已不在（服务器中断过）。"),
            fix=Message("确认入库时会自动重新读取；也可以放弃后重新上传。"),
        )
    store.attach()
    try:
        yield store
    finally:
        store.detach()


def _page(told: list[ChangeRow], total: int, page: int) -> ChangePage:
    return ChangePage(told, total, max(page, 1), _pages(total))


def _pages(total: int) -> int:
    return max(1, -(-total // PAGE_SIZE))


def _read(kept: Any) -> Any:
    return json.loads(kept) if isinstance(kept, str) else kept
