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
from yice.policy import archive, registry, selectors, snapshot
from yice.policy.models import InstalledPack, ScreeningRun, Snapshot
from yice.policy.screening import Screened
from yice.rules.pack.loader import load_pack
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message

JOB = "screening.run"


def install(*, actor: User | None, path: Path, settings: Mapping[str, Any] | None = None) -> InstalledPack:
    """Check the pack folder and keep it with what it extends; the same content twice is the same row.

    A newer version of a pack takes the place of the one in force; the old row stays, for what was decided by it.
    `actor` is None where the installation itself does it (set-up from the command line).
    """
    library = Path(django_settings.YICE_PACKS)
    overrides = dict(settings or {})
    plan = load_pack(path, overrides=overrides or None, library=library)
    with transaction.atomic():
        installed = InstalledPack.objects.filter(hash=plan.hash).first()
        if installed is not None and installed.active:
            return installed
        InstalledPack.objects.filter(pack_id=plan.id, active=True).update(active=False)
        if installed is not None:
            installed.active = True
            installed.save(update_fields=["active"])
        else:
            installed = InstalledPack.objects.create(
                pack_id=plan.id,
                version=plan.version,
                hash=plan.hash,
                title_zh=plan.title.zh,
                title_en=plan.title.en,
                settings=overrides,
                files=archive.make(archive.folders(path, library)),
                areas=list(plan.areas),
                installed_at=clock.now(),
                installed_by=actor,
            )
        values = {"pack": plan.id, "version": plan.version, "hash": plan.hash}
        record(actor=actor, code="policy.installed", values=values)
    return installed


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
