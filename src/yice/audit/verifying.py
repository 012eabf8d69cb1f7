"""Walk the chain and name what somebody changed, removed, inserted or moved; set a day's anchor.

The walk goes from the chain's head down to its beginning: whatever the head does not lead to was put in.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from yice.audit.heads import Noted
from yice.audit.keeping import ACCESS_LOG, GROUNDS, LEAST_DAYS, sealed_line
from yice.audit.models import Anchor, ChainHead, Event
from yice.audit.sentences import register
from yice.audit.services import START, digest, record

NEAR = 1000  # events within which one is looked for that does not stand in its place
ANCHORED = "audit.anchored"
register({ANCHORED: "定下 {day} 的锚：到第 {event} 号记录"})


@dataclass(frozen=True)
class Fault:
    """What does not fit. `event_id`: the event; for "removed-before" the one behind the gap, for "removed-at-end" the
    last one there is (nought where there is none), for "unsealed" the one that says what was emptied."""

    event_id: int
    kind: str  # a key of `yice.config.commands.audit.FAULTS`


def verify(since: int = 0, noted: Iterable[Noted] = ()) -> list[Fault]:
    """Every fault, in the order of the events. `since`: the first event to look at; the one before it is believed.

    `noted`, anchors and heads, holds whoever can rewrite the anchors or set the head back, too; read it before. People
    may work meanwhile: what they add is not looked at.
    """
    with transaction.atomic():
        head = ChainHead.objects.select_for_update().filter(id=1).first()
        last = Event.objects.order_by("-id").values_list("pk", flat=True).first() or 0
        anchors = list(Anchor.objects.all())
    walk = _Walk(since, last, anchors, noted)
    walk.go(bytes(head.hash) if head is not None else START if not last else b"")
    walk.judge_grounds()
    # What is left of the anchors was never met: the anchored event itself is gone.
    walk.found.update({pk: "anchor" for pk in walk.hashes if pk >= since})
    walk.found.update({pk: "noted" if pk <= last else "cut" for pk in walk.noted if pk >= since})
    return [Fault(pk, kind) for pk, kind in sorted(walk.found.items())]


class _Ground:
    """An event that says what was emptied and why, and what was met of that."""

    def __init__(self, event: Event) -> None:
        self.said, self.count = event.values, 0
        self._access_logs, self._digest = event.code == "audit.expired", hashlib.sha256()
        self._young = event.at - dt.timedelta(days=LEAST_DAYS)

    def covers(self, event: Event) -> bool:
        """Access logs alone go with age, and none before the law lets: whoever forges the reason cannot forge that."""
        within: bool = self.said["first"] <= event.pk <= self.said["last"]
        old = event.code in ACCESS_LOG and event.at < self._young
        return within and (old or not self._access_logs)

    def take(self, event: Event) -> None:
        self.count += 1
        self._digest.update(sealed_line(event))

    @property
    def seal(self) -> str:
        return self._digest.hexdigest()


class _Walk:
    """From the head down the chain, by the hash that each event says it follows."""

    def __init__(self, since: int, last: int, anchors: list[Anchor], noted: Iterable[Noted]) -> None:
        self.found: dict[int, str] = {}
        self.hashes = {one.event_id: bytes(one.hash) for one in anchors}
        self.days = {one.day.isoformat(): one.event_id for one in anchors}
        self.noted: dict[int, set[bytes]] = {}
        for one in noted:  # two that differ: the number was given anew to what came after a cut
            self.noted.setdefault(one.event_id, set()).add(one.hash)
        self._since, self._last = since, last
        # They stand behind what they emptied, so they are met before it.
        self._grounds: dict[int, _Ground] = {}
        self._expected = b""
        self._behind = 0  # the event that says `_expected` stands before it; nought for the head

    def go(self, head: bytes) -> None:
        self._expected = head
        rows = Event.objects.filter(pk__gte=self._since, pk__lte=self._last)
        for event in _readable(rows):
            self._judge(event)
            self._place(event)
        earlier = Event.objects.filter(pk__lt=self._since).only("hash").order_by("-id")
        before = earlier.first() if self._since else None
        if self._expected != (_bytes(before.hash) if before else START):
            kind = "removed-before" if self._behind else "removed-at-end"
            self.found.setdefault(self._behind, kind)

    def judge_grounds(self) -> None:
        """Whether all that was emptied for a reason is all that was said to be, and is as it was left."""
        for key, ground in self._grounds.items():
            wrong = ground.count != ground.said["count"] or ground.said.get("seal", "") not in (
                "",
                ground.seal,
            )
            if wrong and self._since <= ground.said["first"]:
                self.found.setdefault(key, "unsealed")

    def _judge(self, event: Event) -> None:
        """The event by itself: its content, and the anchors that hold it."""
        held = _bytes(event.hash)
        if event.emptied_by_id is not None:
            self._judge_emptied(event)
        elif not _intact(event):
            self.found[event.pk] = "changed"
        elif event.code == ANCHORED and self.days.get(event.values.get("day", "")) != event.values.get(
            "event"
        ):
            self.found[int(event.values.get("event", event.pk))] = "anchor-removed"
        elif event.code in GROUNDS and {"first", "last", "count"} <= event.values.keys():
            self._grounds[event.pk] = _Ground(event)
        if self.hashes.pop(event.pk, held) != held:
            self.found.setdefault(event.pk, "anchor")
        if self.noted.pop(event.pk, {held}) != {held}:
            self.found.setdefault(event.pk, "noted")

    def _judge_emptied(self, event: Event) -> None:
        why = int(event.emptied_by_id or 0)
        ground = self._grounds.get(why)
        if event.values or event.actor_id or event.subject_id or event.subject_type or event.area:
            self.found[event.pk] = "changed"
        elif ground is not None:
            if not ground.covers(event):
                self.found[event.pk] = "emptied"
            ground.take(event)
        elif why <= self._last:  # else it went while we read, for a reason that is not read
            self.found[event.pk] = "emptied"

    def _place(self, event: Event) -> None:
        """Whether it is the one the chain leads to here."""
        held, followed = _bytes(event.hash), set()
        while held != self._expected:
            at = self._near(event.pk)
            if at is None:  # nowhere: rewritten with its hash, or gone
                if self._behind == event.pk + 1:
                    self.found[event.pk] = "rewritten"
                else:
                    kind, pk = (
                        ("removed-before", self._behind) if self._behind else ("removed-at-end", event.pk)
                    )
                    self.found.setdefault(pk, kind)
                break
            if at.pk < event.pk:
                self.found[event.pk] = "inserted"
                return
            if at.pk in followed:
                break
            followed.add(at.pk)
            self.found.update({self._behind or at.pk: "moved", at.pk: "moved"})
            self._expected, self._behind = _bytes(at.before), at.pk
        self._expected, self._behind = _bytes(event.before), event.pk

    def _near(self, pk: int) -> Event | None:
        around = Event.objects.filter(pk__gte=pk - NEAR, pk__lte=min(self._last, pk + NEAR))
        return around.filter(hash=self._expected).exclude(pk=pk).only("hash", "before").order_by("id").first()


@transaction.atomic
def anchor(day: dt.date) -> Anchor | None:
    """The day's anchor, set once, and said in the record; nothing while the record is empty."""
    last = Event.objects.order_by("-id").first()
    if last is None:
        return None
    made, new = Anchor.objects.get_or_create(
        day=day, defaults={"event_id": last.pk, "hash": bytes(last.hash)}
    )
    if new:
        record(actor=None, code=ANCHORED, values={"day": day.isoformat(), "event": last.pk})
    return made


def _readable(events: QuerySet[Event]) -> Iterator[Event]:
    """Newest first. One whose subject is no UUID is read without it, and is thereby not what it was."""
    some = events.order_by("-id")
    while keys := list(some.values_list("pk", flat=True)[:1000]):
        these = some.filter(pk__gte=keys[-1])
        try:
            yield from list(these)
        except ValueError:
            for event in these.defer("subject_id"):
                try:
                    event.refresh_from_db(fields=["subject_id"])
                except ValueError:
                    event.subject_id = uuid.UUID(int=0)
                yield event
        some = some.filter(pk__lt=keys[-1])


def _intact(event: Event) -> bool:
    try:
        return digest(event) == bytes(event.hash)
    except (AttributeError, TypeError, ValueError):  # a value of another kind than we ever write
        return False


def _bytes(value: Any) -> bytes:
    return value.encode() if isinstance(value, str) else bytes(value)
