"""Install a pack, never changed afterwards; run it over the people of an area."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings as django_settings
from django.db import transaction

from yice.accounts import access
from yice.accounts.access import Place
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.audit.services import record
from yice.identifiers import division
from yice.jobs import services as jobs
from yice.jobs.models import Job
from yice.policy import archive, proposals, registry, selectors, snapshot
from yice.policy.models import InstalledPack, ScreeningRun, Snapshot
from yice.policy.screening import Screened
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message

JOB = "screening.run"


def install(*, actor: User | None, path: Path, settings: Mapping[str, Any] | None = None) -> InstalledPack:
    """Check the pack folder and keep it with what it extends; the same content twice is the same row.

    A newer version of a pack takes the place of the one in force; the old row stays, for what was decided by it.
    Where somebody would lose what they receive it is kept beside the one in force and a Problem "plan-drops" says
    so: the list is looked at and signed for at the desk (`proposals`). `actor` is None where the installation itself does it (set-up from the command line).
    """
    library = Path(django_settings.YICE_PACKS)
    overrides = dict(settings or {})
    plan, files = archive.read(path, library=library, overrides=overrides)
    with transaction.atomic():
        kept = proposals.keep(actor=actor, plan=plan, files=files, settings=overrides)
    if kept.active:
        return kept
    in_force = InstalledPack.objects.filter(pack_id=plan.id, active=True).first()
    dropped = proposals.would_drop(in_force, plan) if in_force is not None else 0
    if dropped:
        raise Problem(
            "plan-drops",
            Message("有 {n} 人正在领取，换用后将不再符合，所以没有启用；新版本已存好。", n=dropped),
            fix=Message("请在网页“政策”里和在用的版本比较，看过名单，签字启用。"),
        )
    with transaction.atomic():
        InstalledPack.objects.filter(pack_id=plan.id, active=True).update(active=False)
        kept.active = True
        kept.save(update_fields=["active"])
        values = {"pack": plan.id, "version": plan.version, "hash": plan.hash}
        record(actor=actor, code="policy.installed", values=values)
    return kept


def run_screening(
    *,
    actor: User,
    pack: InstalledPack,
    area: str,
    as_of: dt.date | None = None,
    progress: snapshot.Progress = snapshot.silent,
    commit: Callable[[], AbstractContextManager[Any]] = transaction.atomic,
    job: Job | None = None,
    written: Callable[[ScreeningRun], None] | None = None,
) -> ScreeningRun:
    """Snapshot the area, evaluate every group, hand the result to the loop. Blocks; pages use request_screening.

    Reading and evaluating need no transaction; everything written is written in one, opened by `commit`;
    `written` is called at its end.
    """
    access.require(actor, Action.SCREENING_RUN, Place(area))
    as_of = as_of or clock.today()
    plan = selectors.plan(pack)
    end = division.upper_bound(area)
    kept, values = snapshot.build(plan=plan, area=area, end=end, as_of=as_of, progress=progress)
    screened = Screened(pack, plan, as_of, values)
    progress("evaluate", 0, kept.rows)
    counts = screened.counts()
    progress("findings", 0, kept.rows)
    with _kept_only_if_written(kept), commit():
        kept.save()
        run = ScreeningRun.objects.create(
            pack=pack,
            snapshot=kept,
            area=area,
            as_of=as_of,
            ended=screened.ended,
            counts=counts,
            job=job,
            by=actor,
            at=clock.now(),
        )
        done: dict[str, int] = {"people": kept.rows}
        for consumer in registry.consumers():
            done |= consumer(run, screened)
        values_ = {"pack": plan.id, "as_of": as_of.isoformat(), "hash": plan.hash, **done}
        record(actor=actor, code="screening.run", subject=run, area=area, values=values_)
        progress("findings", kept.rows, kept.rows)
        if written is not None:
            written(run)
    return run


@contextmanager
def _kept_only_if_written(kept: Snapshot) -> Iterator[None]:
    """A snapshot whose run was not written leaves no files behind."""
    try:
        yield
    except BaseException:
        snapshot.discard(kept)
        raise


def request_screening(*, actor: User, pack: InstalledPack, area: str, as_of: dt.date | None = None) -> Job:
    """Queue `run_screening` as a job of kind "screening.run"; gives the Job."""
    access.require(actor, Action.SCREENING_RUN, Place(area))
    if not pack.active:
        raise Problem(
            "pack-not-active",
            Message("这个策略包已停用，不能再用来筛查。"),
            fix=Message("请选用当前的版本。"),
        )
    arguments = {"pack": pack.pk, "area": area, "as_of": as_of.isoformat() if as_of else None}
    return jobs.enqueue(actor=actor, kind=JOB, arguments=arguments, area=area)
