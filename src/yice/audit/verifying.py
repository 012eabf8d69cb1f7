"""Walk the chain and name what somebody changed, removed or inserted; set a day's anchor."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

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
    """Every fault, in the order of the events. `since`: the first event to look at; the one before it is believed."""
    before = Event.objects.filter(pk__lt=since).order_by("-id").first()
    trail: list[tuple[int, bytes]] = [(before.pk, bytes(before.hash)) if before else (0, START)]
    found: dict[int, str] = {}
    grounds = _grounds()
    anchors = dict(Anchor.objects.values_list("event_id", "hash"))
    for event in Event.objects.filter(pk__gte=since).order_by("id").iterator(chunk_size=2000):
        follows = bytes(event.before)
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
            first, last = grounds.get(event.emptied_by_id, (1, 0))
            if not first <= event.pk <= last:
                found.setdefault(event.pk, "emptied")
        elif digest(event) != bytes(event.hash):
            found.setdefault(event.pk, "changed")
        if bytes(anchors.pop(event.pk, event.hash)) != bytes(event.hash):
            found.setdefault(event.pk, "anchor")
        trail.append((event.pk, bytes(event.hash)))
        del trail[: len(trail) - REMEMBERED]
    found.update({pk: "anchor" for pk in anchors if pk >= since})  # the anchored event itself is gone
    faults = [Fault(pk, kind) for pk, kind in sorted(found.items())]
    head = ChainHead.objects.filter(id=1).first()
    if head is not None and bytes(head.hash) != trail[-1][1]:
        faults.append(Fault(0, "removed-at-end"))
    return faults


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
