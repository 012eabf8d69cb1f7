"""Which packs are here, which one binds an area, what a pack says, which runs there were."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.identifiers import division
from yice.policy import archive
from yice.policy.models import InstalledPack, ScreeningRun
from yice.rules.model import Plan
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message

_plans: dict[str, Plan] = {}


def plan(installed: InstalledPack) -> Plan:
    """The pack as a plan, loaded once a process for each hash."""
    found = _plans.get(installed.hash)
    if found is None:
        found = _plans[installed.hash] = archive.load(
            bytes(installed.files), installed.pack_id, installed.hash, installed.settings
        )
    return found


def packs(actor: User) -> list[InstalledPack]:
    """Packs in force whose areas touch the actor's, newest first."""
    ranges = access.ranges(actor, Action.POLICY_READ)
    rows = InstalledPack.objects.filter(active=True).defer("files").order_by("-installed_at", "-id")
    return [row for row in rows if not row.areas or any(_touches(code, ranges) for code in row.areas)]


def pack(actor: User, digest: str) -> InstalledPack:
    """One version by its hash, in force or not, that touches the actor's areas; else Problem "pack-not-found"."""
    ranges = access.ranges(actor, Action.POLICY_READ)
    found = InstalledPack.objects.filter(hash=digest).defer("files").select_related("installed_by").first()
    if found is None or (found.areas and not any(_touches(code, ranges) for code in found.areas)):
        raise Problem("pack-not-found", Message("没有这个政策包，或者它不用于您负责的区域。"))
    return found


def pack_for(area: str, day: dt.date | None = None) -> InstalledPack | None:
    """The active pack that binds `area` (the narrowest, then the one in its period, then the newest)."""
    day = day or clock.today()
    best: tuple[int, bool, int] | None = None
    found: InstalledPack | None = None
    for row in InstalledPack.objects.filter(active=True).defer("files").order_by("id"):
        lengths = [len(prefix) for code in row.areas if area.startswith(prefix := division.prefix(code))]
        if not lengths:
            continue
        rank = (max(lengths), in_period(plan(row), day), row.pk)
        if best is None or rank > best:
            best, found = rank, row
    return found


def in_period(of: Plan, day: dt.date) -> bool:
    """Whether the plan is in force on `day`."""
    return (of.since is None or of.since <= day) and (of.until is None or day <= of.until)


def runs(actor: User, limit: int = 20) -> Sequence[ScreeningRun]:
    """The runs of the actor's areas, newest first."""
    return list(_runs(actor)[:limit])


def run(actor: User, run_uuid: UUID) -> ScreeningRun:
    """One run within scope, else Problem "run-not-found"."""
    found = _runs(actor).filter(uuid=run_uuid).first()
    if found is None:
        raise Problem("run-not-found", Message("没有这次筛查，或不在您负责的区域内。"))
    return found


def last_run(area: str) -> ScreeningRun | None:
    """The newest run that covered `area`."""
    above = [*division.ancestors(area), area]
    return (
        ScreeningRun.objects.filter(area__in=above)
        .select_related("pack", "snapshot")
        .defer("pack__files")
        .order_by("-as_of", "-id")
        .first()
    )


def _runs(actor: User) -> QuerySet[ScreeningRun]:
    rows = ScreeningRun.objects.select_related("pack", "by", "snapshot").defer("pack__files")
    return access.scope(actor, Action.SCREENING_RUN, rows).order_by("-at", "-id")


def _touches(code: str, ranges: list[tuple[str, str]]) -> bool:
    low, high = code, division.upper_bound(code)
    return any(start < high and low < end for start, end in ranges)
