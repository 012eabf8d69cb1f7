"""Walk the chain and name what somebody changed, removed or inserted; set a day's anchor."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from yice.audit.keeping import GROUNDS
from yice.audit.models import Anchor, ChainHead, Event
from yice.audit.services import START, digest

REMEMBERED = 1000  # events behind within which inserted ones are told from removed ones


@dataclass(frozen=True)
class Fault:
    """What does not fit. `event_id`: the event, for "removed-before" the one behind the gap; nought for the end."""

    event_id: int
    kind: str  # "changed" | "inserted" | "removed-before" | "removed-at-end" | "emptied" | "anchor"


def verify(since: int = 0) -> list[Fault]:
    """Every fault, in the order of the events. `since`: the first event to look at; the one before it is believed.

    People may work meanwhile: what they added is read at the end, while the chain's head is held.
    """
    walk = _Walk(since)
    walk.go()
    with transaction.atomic():
        head = ChainHead.objects.select_for_update().filter(id=1).first()
        walk.go()
        grounds = _grounds()
    for pk, ground in walk.emptied.items():
        first, last = grounds.get(ground, (1, 0))
        if not first <= pk <= last:
            walk.found.setdefault(pk, "emptied")
    gone = (pk for pk in walk.anchors if pk >= since)  # the anchored event itself
    walk.found.update(dict.fromkeys(gone, "anchor"))
    faults = [Fault(pk, kind) for pk, kind in sorted(walk.found.items())]
    if head is not None and bytes(head.hash) != walk.trail[-1][1]:
        faults.append(Fault(0, "removed-at-end"))
    return faults


class _Walk:
    """Along the chain, as far as it goes, and further when it has grown."""

    def __init__(self, since: int) -> None:
        before = Event.objects.filter(pk__lt=since).order_by("-id").first()
        self.trail: list[tuple[int, bytes]] = [(before.pk, bytes(before.hash)) if before else (0, START)]
        self.found: dict[int, str] = {}
        self.emptied: dict[int, int] = {}  # event → the one that says why
        self.anchors = dict(Anchor.objects.values_list("event_id", "hash"))
        self._next = since

    def go(self) -> None:
        for event in Event.objects.filter(pk__gte=self._next).order_by("id").iterator(chunk_size=2000):
            self._follow(event)
            self._next = event.pk + 1

    def _follow(self, event: Event) -> None:
        trail, found, follows = self.trail, self.found, bytes(event.before)
        if follows != trail[-1][1]:
            at = next(
                (n for n in range(len(trail) - 1, -1, -1) if trail[n][0] and trail[n][1] == follows), None
            )
            if at is None:
                found[event.pk] = "removed-before"
            else:  # it follows an earlier one: whatever lies between was put in
                found.update({pk: "inserted" for pk, _hash in trail[at + 1 :]})
                del trail[at + 1 :]
        if event.emptied_by_id is not None:
            self.emptied[event.pk] = event.emptied_by_id
        elif digest(event) != bytes(event.hash):
            found.setdefault(event.pk, "changed")
        if bytes(self.anchors.pop(event.pk, event.hash)) != bytes(event.hash):
            found.setdefault(event.pk, "anchor")
        trail.append((event.pk, bytes(event.hash)))
        del trail[: len(trail) - REMEMBERED]


def anchor(day: dt.date) -> Anchor | None:
    """The day's anchor, set once; nothing while the record is empty."""
    last = Event.objects.order_by("-id").first()
    if last is None:
        return None
    made, _new = Anchor.objects.get_or_create(
        day=day, defaults={"event_id": last.pk, "hash": bytes(last.hash)}
    )
    return made


def _grounds() -> dict[int, tuple[int, int]]:
    """Which events say that others' content is gone, and from which to which."""
    said = Event.objects.filter(code__in=GROUNDS, emptied_by=None)
    return {event.pk: (event.values["first"], event.values["last"]) for event in said if _whole(event)}


def _whole(event: Event) -> bool:
    return digest(event) == bytes(event.hash) and {"first", "last"} <= event.values.keys()
