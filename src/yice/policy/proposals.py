"""Another reading, or another version, of the plan in force: compared first, signed for, then put in force.

A plan never drops those who receive a benefit silently: the list of who would lose it is shown, and putting the
plan in force names who signed for it. Reading it anew then proves that nobody joined the list meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any
from uuid import uuid4

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.db import transaction

from yice import shelf
from yice.accounts import access
from yice.accounts.access import Place
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.audit.services import record
from yice.identifiers import division
from yice.jobs import services as jobs
from yice.jobs.models import Job
from yice.policy import archive, selectors, titles
from yice.policy.comparing import Outcome, compared
from yice.policy.models import Comparison, InstalledPack
from yice.policy.snapshot import Progress, silent
from yice.rules.model import Plan
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message

ORDER = (
    "kind",
    "item",
    "change",
    "township",
    "person",
)  # of the persons' file: what a page asks for lies together
PERSONS_GROUP = 20_000  # rows of it that a page reads at once
COMPARE, PUT_IN_FORCE = "policy.compare", "policy.put_in_force"
Commit = Callable[[], AbstractContextManager[Any]]


def propose(*, actor: User | None, base: InstalledPack, settings: Mapping[str, Any]) -> InstalledPack:
    """The same pack with other readings, kept beside the one in force; nothing follows from it by itself.

    Problems where a setting is not known or a value not one it can have. The same readings twice are one row.
    """
    if actor is not None:
        _require(actor, Action.POLICY_COMPARE, base.areas)
    overrides = {**base.settings, **settings}
    with transaction.atomic():
        content = InstalledPack.objects.get(pk=base.pk)
        plan = archive.load(bytes(content.files), base.pack_id, base.hash, overrides)
        return keep(actor=actor, plan=plan, files=bytes(content.files), settings=overrides)


def keep(*, actor: User | None, plan: Plan, files: bytes, settings: Mapping[str, Any]) -> InstalledPack:
    """A version not in force. Call inside a transaction."""
    kept, new = InstalledPack.objects.get_or_create(
        hash=plan.hash,
        defaults={
            "pack_id": plan.id,
            "version": plan.version,
            "title_zh": plan.title.zh,
            "title_en": plan.title.en,
            "settings": dict(settings),
            "files": files,
            "areas": list(plan.areas),
            "active": False,
            "installed_at": clock.now(),
            "installed_by": actor,
        },
    )
    if new:
        titles.forget()
    return kept


def request_comparison(*, actor: User, old: InstalledPack, new: InstalledPack, area: str) -> Job:
    """Queue `compare` as a job; gives the Job."""
    access.require(actor, Action.POLICY_COMPARE, Place(area))
    if old.pk == new.pk:
        what = Message("两边是同一个版本，没有什么可比。")
        raise Problem("compare-same", what, fix=Message("请至少改一项读法，或选另一个版本。"))
    return jobs.enqueue(
        actor=actor, kind=COMPARE, arguments={"old": old.pk, "new": new.pk, "area": area}, area=area
    )


def compare(
    *,
    actor: User | None,
    old: InstalledPack,
    new: InstalledPack,
    area: str,
    progress: Progress = silent,
    commit: Commit = transaction.atomic,
    written: Callable[[Comparison], None] | None = None,
) -> Comparison:
    """Compare two versions over the people of `area` as they are today, and keep figures and persons. Blocks."""
    if actor is not None:
        access.require(actor, Action.POLICY_COMPARE, Place(area))
    as_of = clock.today()
    told = compared(selectors.plan(old), selectors.plan(new), area, as_of, progress)
    path = _write(told)
    try:
        with commit():
            made = Comparison.objects.create(
                old=old,
                new=new,
                area=area,
                as_of=as_of,
                path=path,
                figures=told.figures,
                changed=told.changed,
                dropped=len(told.dropped),
                by=actor,
                at=clock.now(),
            )
            values = {"old": old.version, "new": new.version, "pack": new.pack_id, "people": told.people}
            record(actor=actor, code="policy.compared", subject=made, area=area, values=values)
            if written is not None:
                written(made)
    except BaseException:
        shelf.remove_folder(path)
        raise
    return made


def request_in_force(*, actor: User, comparison: Comparison, reason: str, seen: bool) -> Job:
    """Sign for a comparison and queue putting its plan in force.

    Refused where it is not of today or of the plan now in force, where it leaves out a place the plan binds, and
    where people would lose what they receive and the list was not `seen` or no reason is given.
    """
    _require(actor, Action.POLICY_IN_FORCE, comparison.new.areas or [comparison.area])
    _sound(comparison)
    if comparison.dropped and not (seen and reason.strip()):
        raise Problem(
            "plan-drops",
            Message("有 {n} 人正在领取，换用后将不再符合。", n=comparison.dropped),
            fix=Message("请先看名单，写明理由，再签字启用。"),
        )
    arguments = {"comparison": comparison.pk, "reason": reason.strip()[:2000]}
    return jobs.enqueue(actor=actor, kind=PUT_IN_FORCE, arguments=arguments, area=comparison.area)


def put_in_force(
    *,
    actor: User | None,
    comparison: Comparison,
    reason: str = "",
    progress: Progress = silent,
    commit: Commit = transaction.atomic,
) -> InstalledPack:
    """Put the new plan of a comparison in force, unless somebody not on the signed list would lose what they receive."""
    if actor is not None:
        _require(actor, Action.POLICY_IN_FORCE, comparison.new.areas or [comparison.area])
    _sound(comparison)
    old, new = selectors.plan(comparison.old), selectors.plan(comparison.new)
    now = compared(old, new, comparison.area, clock.today(), progress).dropped
    fresh = np.setdiff1d(now, dropped(comparison))
    if len(fresh):
        raise Problem(
            "plan-drops-more",
            Message("比较以后事实有变，另有 {n} 人会失去正在领取的待遇。", n=len(fresh)),
            fix=Message("请重新比较，看过新的名单再启用。"),
        )
    with commit():
        comparison.refresh_from_db(from_queryset=Comparison.objects.select_for_update())
        _sound(comparison)
        InstalledPack.objects.filter(pk=comparison.old_id).update(active=False)
        InstalledPack.objects.filter(pk=comparison.new_id).update(active=True)
        comparison.signed_by, comparison.signed_at, comparison.reason = actor, clock.now(), reason
        comparison.save(update_fields=["signed_by", "signed_at", "reason"])
        values = {
            "pack": comparison.new.pack_id,
            "version": comparison.new.version,
            "dropped": comparison.dropped,
            "reason": reason,
        }
        record(actor=actor, code="policy.in_force", subject=comparison, area=comparison.area, values=values)
    return comparison.new


def dropped(comparison: Comparison) -> np.ndarray[Any, np.dtype[np.int64]]:
    """The persons on the list that is signed for, by key."""
    filters = [("dropped", "==", True)]
    rows = pq.read_table(selectors.persons_file(comparison), columns=["person"], filters=filters)
    found: np.ndarray[Any, np.dtype[np.int64]] = np.unique(rows.column("person").to_numpy())
    return found


def would_drop(in_force: InstalledPack, new: Plan) -> int:
    """How many receive something today and would lose it, wherever either plan binds. Nobody there yet: none."""
    old, found = selectors.plan(in_force), set[int]()
    for area in sorted({*in_force.areas, *new.areas}):
        try:
            found.update(compared(old, new, area, clock.today()).dropped.tolist())
        except Problem as problem:
            if problem.code != "compare-nobody":
                raise
    return len(found)


def _sound(comparison: Comparison) -> None:
    """A comparison that may be acted on: of today, against the plan in force, of every place the plan binds."""
    in_force = InstalledPack.objects.filter(pk=comparison.old_id, active=True).exists()
    if comparison.signed_at is not None or not in_force:
        what = Message("现在在用的已不是这次比较的那一版。")
        raise Problem("compare-old", what, fix=Message("请和现在在用的版本重新比较。"))
    if comparison.as_of != clock.today():
        what = Message("这次比较是{day}做的，事实可能已经变了。", day=comparison.as_of.isoformat())
        raise Problem("compare-old", what, fix=Message("请重新比较。"))
    if any(
        not division.prefix(code).startswith(division.prefix(comparison.area))
        for code in comparison.new.areas
    ):
        what = Message("这次比较没有包括策略包适用的全部地区。")
        raise Problem("compare-part", what, fix=Message("请由管全部地区的单位来比较和启用。"))


def _require(actor: User, action: Action, areas: list[str]) -> None:
    """Every one of these places; of a pack that names none, at least the action itself."""
    access.require(actor, action)
    for code in areas:
        access.require(actor, action, Place(code))


def _plain(rows: pa.Table) -> pa.Table:
    """The columns that order a list, dictionaries as text."""
    found = {name: rows.column(name) for name in ORDER}
    return pa.table(
        {
            name: column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column
            for name, column in found.items()
        }
    )


def _write(told: Outcome) -> str:
    """The persons' file, whole or not at all; gives its folder."""
    folder = f"comparisons/{clock.today().isoformat()}/{uuid4().hex}"
    rows = told.rows.unify_dictionaries()
    rows = rows.take(pc.sort_indices(_plain(rows), [(name, "ascending") for name in ORDER]))
    with shelf.scratch() as own:
        made = own / "persons.parquet"
        pq.write_table(rows, made, row_group_size=PERSONS_GROUP, compression="zstd")
        shelf.put(f"{folder}/{made.name}", made)
    return folder
