"""Agree on a list, remind whoever owes it, let what stays overdue climb, delete what has been kept long enough."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import reduce
from operator import or_
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from yice.accounts import access
from yice.accounts.access import Place
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.areas.models import Area, Tier
from yice.audit.services import record
from yice.exchange.agreements.receipts import expired, late_periods, received_months
from yice.exchange.models import Agreement
from yice.jobs.models import Job
from yice.jobs.services import enqueue
from yice.loop.identify.enums import LinkState
from yice.loop.identify.models import ListEntry, ListLink, ListReceipt
from yice.loop.identify.services.needs import CLIMB_EVERY, CLIMB_SETTING, number_of
from yice.policy import selectors as policy
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message
from yice.terms.workdays import add_working_days

FIELDS = (
    "kind", "title", "sender", "contact", "basis", "every", "due_days", "since", "until", "keeps", "keep_months",
)  # fmt: skip
CHUNK = 5000
DELETE = "list.delete_expired"


def agree(*, actor: User, area: str, slot: str, said: Mapping[str, Any], version: int = 0) -> Agreement:
    """Write an agreement down, or change it; what it said before stands in the record."""
    access.require(actor, Action.IMPORT_LIST, Place(area))
    with transaction.atomic():
        held = _same(area, slot, str(said["kind"]))
        if held is not None and held.version != version:
            raise Problem(
                "stale",
                Message("您打开页面之后，这份约定已经有了变化。"),
                fix=Message("请看过最新情况后再办理。"),
            )
        _check(area, slot, said, held)
        row = held or Agreement(area=area, slot=slot, tier=Area.objects.get(code=area).lowest_tier)
        changed = [name for name in FIELDS if getattr(row, name) != said[name]]
        for name in FIELDS:
            setattr(row, name, said[name])
        row.agreed_by, row.agreed_at, row.version = actor, clock.now(), row.version + 1
        row.save()
        values = {"list": row.title, "sender": row.sender, "changed": sorted(changed)}
        record(actor=actor, code="list.agreed", subject=row, area=area, values=values)
    return row


def _same(area: str, slot: str, kind: str) -> Agreement | None:
    """The agreement that already stands in this slot, or for this list where it is an addition."""
    rows = Agreement.objects.select_for_update().filter(area=area)
    return (
        (rows.filter(slot=slot) if slot else rows.filter(slot="", kind=kind)).first()
        if slot or kind
        else None
    )


def _check(area: str, slot: str, said: Mapping[str, Any], held: Agreement | None) -> None:
    installed = policy.pack_for(area)
    slots = policy.plan(installed).slots if installed is not None else {}
    if slot and slot not in slots:
        raise Problem("slot-unknown", Message("目录里没有这一项。"))
    kind = said["kind"]
    others = Agreement.objects.filter(area=area, kind=kind)
    if held is not None:
        others = others.exclude(pk=held.pk)
    if kind and others.exists():
        raise Problem(
            "list-agreed-twice",
            Message("这种名单已经另有约定。"),
            fix=Message("请打开那一份约定修改。"),
            field="kind",
        )
    if said["until"] is not None and said["until"] < said["since"]:
        raise Problem("until-before-since", Message("结束日期早于开始日期。"), field="until")


def chase(*, actor: User, agreement: Agreement) -> Agreement:
    """Put on record that whoever owes the list was reminded of the oldest period that is late."""
    access.require(actor, Action.IMPORT_LIST, agreement)
    with transaction.atomic():
        row = Agreement.objects.select_for_update().get(pk=agreement.pk)
        late = late_periods(row, received_months([row])[row.pk])
        if not late:
            raise Problem("list-not-late", Message("这份名单没有逾期，不用催。"))
        same = row.chased_for == late[0].first
        row.chased_for, row.chased_at = late[0].first, clock.now()
        row.chases = row.chases + 1 if same else 1
        row.save(update_fields=["chased_for", "chased_at", "chases"])
        values = {
            "list": row.title,
            "sender": row.sender,
            "month": f"{late[0].first:%Y-%m}",
            "times": row.chases,
        }
        record(actor=actor, code="list.chased", subject=row, area=row.area, values=values)
    return row


def climb_lists(today: dt.date) -> int:
    """A list still late some working days after its day goes one tier up, and again as long; one that came comes down."""
    climbed = 0
    rows = list(Agreement.objects.order_by("id"))
    tiers = dict(Area.objects.filter(code__in=[row.area for row in rows]).values_list("code", "lowest_tier"))
    months = received_months(rows)
    for row in rows:
        late, own = late_periods(row, months[row.pk], today), tiers.get(row.area, Tier.COUNTY)
        if not late:
            if row.tier != own:
                Agreement.objects.filter(pk=row.pk).update(tier=own, climbed_on=None)
            continue
        since = row.climbed_on or late[0].due(row.due_days)
        if (
            row.tier <= Tier.PROVINCE
            or add_working_days(since, number_of(row.area, CLIMB_SETTING, CLIMB_EVERY)) > today
        ):
            continue
        with transaction.atomic():
            Agreement.objects.filter(pk=row.pk).update(tier=row.tier - 1, climbed_on=today)
            values = {"list": row.title, "sender": row.sender, "month": f"{late[0].first:%Y-%m}"}
            record(actor=None, code="list.climbed", subject=row, area=row.area, values=values)
        climbed += 1
    return climbed


def request_deletion(*, actor: User, agreement: Agreement) -> Job:
    """A job that deletes what has been kept as long as agreed."""
    access.require(actor, Action.IMPORT_LIST, agreement)
    if not expired([agreement])[agreement.pk]:
        raise nothing_expired()
    return enqueue(actor=actor, kind=DELETE, arguments={"list": agreement.uuid.hex}, area=agreement.area)


def nothing_expired() -> Problem:
    return Problem("list-nothing-expired", Message("没有到期要删的行。"))


def delete_expired(*, actor: User, agreement: Agreement) -> int:
    """Delete the rows of deliveries that were kept as long as agreed; gives how many rows went.

    The receipt stays with its figures and no longer speaks. The newest delivery stays while it decides something,
    and of a list of happenings the rows of people on the register: without them the dead would be alive again.
    """
    access.require(actor, Action.IMPORT_LIST, agreement)
    deleted = deliveries = 0
    with transaction.atomic():
        row = Agreement.objects.select_for_update().get(pk=agreement.pk)
        for receipt in expired([row])[row.pk]:
            deleted += _empty(row, receipt)
            deliveries += 1
        if not deliveries:
            raise nothing_expired()
        values = {"list": row.title, "rows": deleted, "deliveries": deliveries}
        record(actor=actor, code="list.rows_deleted", subject=row, area=row.area, values=values)
    return deleted


def _empty(agreement: Agreement, receipt: ListReceipt) -> int:
    others = ListReceipt.objects.filter(kind=receipt.kind, area=receipt.area, emptied_on=None)
    kept = [other.holds() for other in others.exclude(pk=receipt.pk)]
    rows = receipt.entries.exclude(reduce(or_, kept)) if kept else receipt.entries
    if is_of_events(agreement):
        of_ours = ListLink.objects.filter(entry=OuterRef("pk"), state=LinkState.SAME)
        rows = rows.filter(~Exists(of_ours))
    else:
        receipt.current = (
            False  # a list without rows must not say by its silence that nobody receives anything
        )
    gone, keys = 0, list(rows.values_list("pk", flat=True))
    for at in range(0, len(keys), CHUNK):
        gone += len(keys[at : at + CHUNK])
        ListEntry.objects.filter(pk__in=keys[at : at + CHUNK]).delete()
    receipt.emptied_on = clock.today()
    receipt.save(update_fields=["current", "emptied_on"])
    return gone


def is_of_events(agreement: Agreement) -> bool:
    """Whether the list tells of happenings, which do not stop being so."""
    from yice.loop.identify.pairing.standing import standing_of

    return standing_of(agreement.kind, agreement.area).event
