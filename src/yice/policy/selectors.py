"""Which packs are here, which one binds an area, what a pack says, which runs there were."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.db.models import QuerySet

from yice import shelf
from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.identifiers import division
from yice.policy import archive
from yice.policy.models import Comparison, InstalledPack, ScreeningRun
from yice.rules.model import Plan
from yice.rules.pack.cases import Result, run_cases
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


@lru_cache(maxsize=8)
def cases(digest: str) -> tuple[Result, ...]:
    """The cases of a pack with what comes of them, run once a process for each hash. They never change."""
    row = InstalledPack.objects.get(hash=digest)
    return tuple(run_cases(archive.written(bytes(row.files), row.pack_id, row.hash)))


def packs(actor: User) -> list[InstalledPack]:
    """Packs in force whose areas touch the actor's, newest first."""
    ranges = access.ranges(actor, Action.POLICY_READ)
    rows = InstalledPack.objects.filter(active=True).order_by("-installed_at", "-id")
    return [row for row in rows if not row.areas or any(_touches(code, ranges) for code in row.areas)]


def pack(actor: User, digest: str) -> InstalledPack:
    """One version by its hash, in force or not, that touches the actor's areas; else Problem "pack-not-found"."""
    ranges = access.ranges(actor, Action.POLICY_READ)
    found = InstalledPack.objects.filter(hash=digest).select_related("installed_by").first()
    if found is None or (found.areas and not any(_touches(code, ranges) for code in found.areas)):
        raise Problem("pack-not-found", Message("没有这个政策包，或者它不用于您负责的区域。"))
    return found


def pack_for(area: str, day: dt.date | None = None) -> InstalledPack | None:
    """The active pack that binds `area` (the narrowest, then the one in its period, then the newest)."""
    day = day or clock.today()
    best: tuple[int, bool, int] | None = None
    found: InstalledPack | None = None
    for row in InstalledPack.objects.filter(active=True).order_by("id"):
        lengths = [len(prefix) for code in row.areas if area.startswith(prefix := division.prefix(code))]
        if not lengths:
            continue
        rank = (max(lengths), in_period(plan(row), day), row.pk)
        if best is None or rank > best:
            best, found = rank, row
    return found


def versions(actor: User, of: InstalledPack) -> list[InstalledPack]:
    """Other versions and readings of a pack that are kept here, newest first."""
    rows = InstalledPack.objects.filter(pack_id=of.pack_id).exclude(pk=of.pk)
    ranges = access.ranges(actor, Action.POLICY_COMPARE)
    found = rows.select_related("installed_by").order_by("-installed_at", "-id")
    return [row for row in found if not row.areas or any(_touches(code, ranges) for code in row.areas)]


def comparisons(actor: User, limit: int = 20) -> list[Comparison]:
    """What was compared in the actor's areas, newest first."""
    return list(_comparisons(actor)[:limit])


def comparison(actor: User, uuid: UUID) -> Comparison:
    """One comparison within scope, else Problem "comparison-not-found"."""
    found = _comparisons(actor).filter(uuid=uuid).first()
    if found is None:
        raise Problem("comparison-not-found", Message("没有这次比较，或不在您负责的区域内。"))
    return found


def persons_file(comparison: Comparison) -> Path:
    """Where the persons behind a comparison stand."""
    return shelf.path(f"{comparison.path}/persons.parquet")


_SHOWN = ("person", "change", "before", "after", "amount_before_fen", "amount_after_fen")


@dataclass(frozen=True)
class Changed:
    """A person for whom an item changes; sums in fen, None not known or none."""

    person: int
    change: str
    before: str
    after: str
    amount_before: int | None
    amount_after: int | None


def behind(of: Comparison, chosen: Mapping[str, object], page: int, size: int) -> tuple[list[Changed], int]:
    """A page of the persons behind a figure and how many there are. `chosen`: columns of the file and their values.

    The reader's scope is the caller's to ask: the file holds the persons of the comparison's whole area.
    """
    start = (max(1, page) - 1) * size
    rows, total = list[dict[str, Any]](), 0
    with pq.ParquetFile(persons_file(of)) as file:
        for number in range(file.num_row_groups):
            if not _may_hold(file.metadata.row_group(number), chosen):
                continue
            found = file.read_row_group(number, columns=[*_SHOWN, *(set(chosen) - set(_SHOWN))])
            for name, value in chosen.items():
                found = found.filter(pc.equal(found.column(name), pa.scalar(value)))
            low, high = max(0, start - total), max(0, start + size - total)
            rows += found.slice(low, high - low).to_pylist()
            total += found.num_rows
    return [Changed(*(row[name] for name in _SHOWN)) for row in rows], total


def _may_hold(group: pq.RowGroupMetaData, chosen: Mapping[str, object]) -> bool:
    """Whether the statistics of a row group leave room for these values: the file lies in the order of its items."""
    for at in range(group.num_columns):
        column = group.column(at)
        value, known = chosen.get(column.path_in_schema), column.statistics
        if value is None or known is None or not known.has_min_max:
            continue
        if not known.min <= value <= known.max:
            return False
    return True


def _comparisons(actor: User) -> QuerySet[Comparison]:
    rows = Comparison.objects.select_related("old", "new", "by", "signed_by").defer(
        "old__files", "new__files"
    )
    return access.scope(actor, Action.POLICY_COMPARE, rows).order_by("-at", "-id")


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
