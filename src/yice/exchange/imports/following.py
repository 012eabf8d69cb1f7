"""What follows a delivery that went in: a few touched persons are judged again at once, else the area is screened."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Q

from yice.accounts import access
from yice.accounts.access import Place
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.identifiers.division import ancestors
from yice.jobs.models import Job, State
from yice.jobs.services import enqueue
from yice.loop.identify.enums import BatchKind, LinkState
from yice.loop.identify.models import Batch, Change, ListLink, ListReceipt, Person
from yice.loop.identify.services.merging import JOB as DUPLICATES
from yice.loop.identify.services.runs import apply_screened
from yice.loop.identify.services.scope import Scope
from yice.loop.identify.services.taking import screened_now
from yice.policy import selectors as policy
from yice.policy import services as screening
from yice.policy.models import ScreeningRun

JOB = "import.rescreen"
FEW = 300  # persons: judged in about a second, no snapshot needed


@dataclass(frozen=True)
class Next:
    """What the page of a delivery offers once it is in."""

    area: str  # what a screening would cover
    screened: ScreeningRun | None  # a run since the delivery went in
    running: Job | None  # one that is asked for
    may: bool  # the reader may ask for one
    rescreened: int  # persons judged again already


def follow(batch: Batch, *, actor: User) -> None:
    """In the transaction of the commit: ask for the job that belongs to it, where the area was screened before.

    The few persons whom a register changed, or of whom a list says other than the one before, are judged again at
    once. A list also speaks of everybody who is not on it: after one the area is screened, by itself where the site
    says so (YICE_SCREEN_AFTER_IMPORT), else by whoever is asked to.
    """
    run = policy.last_run(batch.area)
    if run is None:
        return
    if batch.kind == BatchKind.REGISTRY and batch.counts.get("added"):
        enqueue(actor=actor, kind=DUPLICATES, arguments={"area": batch.area}, area=batch.area)
    whole = batch.kind == BatchKind.LIST and settings.YICE_SCREEN_AFTER_IMPORT
    if not whole and few(batch):
        enqueue(actor=actor, kind=JOB, arguments={"batch": batch.uuid.hex}, area=batch.area)
    elif settings.YICE_SCREEN_AFTER_IMPORT:
        pack = policy.pack_for(run.area)
        allowed = access.may(actor, Action.SCREENING_RUN, Place(run.area)).allowed
        if pack is not None and allowed and waiting(run.area, started=False) is None:
            screening.request_screening(actor=actor, pack=pack, area=run.area)


def few(batch: Batch) -> bool:
    """Whether those touched are few enough to be judged at once."""
    if batch.kind == BatchKind.LIST:
        return 0 < len(told_otherwise(batch)) <= FEW
    counts = batch.counts
    touched = sum(counts.get(name, 0) for name in ("added", "changed", "would_remove"))
    return batch.kind == BatchKind.REGISTRY and 0 < touched <= FEW


def told_otherwise(batch: Batch) -> set[int]:
    """Persons of whom a list says something else than the delivery before it, or that they may be on it."""
    receipt = ListReceipt.objects.filter(batch=batch).first()
    if receipt is None:  # the very file that is in already
        return set()
    came = _said(Q(entry__batch=batch))
    if receipt.begins is not None:  # what stands in both says the same in both
        return _persons(came ^ _said(Q(entry__batch__in=receipt.batches(), entry__until=receipt.pk)))
    earlier = ListReceipt.objects.filter(kind=receipt.kind, area=receipt.area, pk__lt=receipt.pk)
    then = earlier.order_by("-pk").first()
    return _persons(came ^ (_said(then.holds("entry__")) if then else set()))


def _persons(said: set[tuple[Any, ...]]) -> set[int]:
    return {int(person) for person, *_what in said}


def _said(rows: Q) -> set[tuple[Any, ...]]:
    links = ListLink.objects.filter(rows).exclude(state=LinkState.REFUSED)
    values = ("person_id", "state", "entry__pay_kind", "entry__amount_fen", "entry__values")
    return {(*row[:4], json.dumps(row[4], sort_keys=True)) for row in links.values_list(*values).iterator()}


def rescreen_touched(batch: Batch) -> int:
    """Judge again whom a delivery added, changed or removed, and who lives with them; gives how many."""
    if batch.kind == BatchKind.LIST:
        touched = Person.objects.filter(pk__in=told_otherwise(batch))
    else:
        changed = Change.objects.filter(batch=batch).values("person_id")
        touched = Person.objects.filter(Q(facts__batch=batch) | Q(pk__in=changed))
    homes = list(touched.exclude(household=None).values_list("household_id", flat=True).distinct())
    people = Person.objects.filter(Q(pk__in=touched.values("pk")) | Q(household_id__in=homes[: 2 * FEW]))
    rows = list(people.order_by("pk").distinct()[: 4 * FEW])
    here = [row for row in rows if row.removed_on is None]
    if not rows:
        return 0
    screened = screened_now([row.pk for row in here], (here or rows)[0])
    if screened is None:
        return 0
    apply_screened(screened, Scope.persons([row.pk for row in rows]))
    return len(rows)


def waiting(area: str, *, started: bool = True) -> Job | None:
    """A screening of `area` or of what lies around it that is asked for; `started`: or under way."""
    states = (State.WAITING, State.RUNNING) if started else (State.WAITING,)
    around = [*ancestors(area), area]
    return Job.objects.filter(kind=screening.JOB, area__in=around, state__in=states).order_by("-id").first()


def next_of(actor: User, batch: Batch) -> Next:
    """What comes after a committed delivery, for the reader."""
    reach = [low for low, _high in access.ranges(actor, Action.SCREENING_RUN)]
    area = next((code for code in reach if code in (*ancestors(batch.area), batch.area)), "")
    run = policy.last_run(batch.area)
    since = run is not None and batch.committed_at is not None and run.at >= batch.committed_at
    return Next(
        area,
        run if since else None,
        waiting(batch.area),
        bool(area) and policy.pack_for(area) is not None,
        batch.counts.get("rescreened", 0),
    )


def unscreened(actor: User) -> int:
    """How many deliveries went in, in the places the actor screens, since each was last screened."""
    found = 0
    for low, high in access.ranges(actor, Action.SCREENING_RUN):
        run = policy.last_run(low)
        if run is not None:
            since = Batch.objects.filter(area__gte=low, area__lt=high, committed_at__gt=run.at)
            found += since.filter(kind__in=(BatchKind.REGISTRY, BatchKind.HOUSEHOLDS, BatchKind.LIST)).count()
    return found
