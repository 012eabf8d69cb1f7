"""Screening as a job."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from django.utils.translation import gettext_noop

from yice.jobs.models import Job
from yice.jobs.registry import Work, handler
from yice.policy import keeping, proposals, services
from yice.policy.models import Comparison, InstalledPack, ScreeningRun

STAGES = {
    "snapshot": gettext_noop("读取人员和事实"),
    "evaluate": gettext_noop("逐组判断"),
    "compare": gettext_noop("逐项比较"),
    "findings": gettext_noop("写入核查线索"),
}


@handler(services.JOB)
def run(work: Work) -> None:
    """Everything is written in the job's last commit: a kill leaves the old findings as they were."""
    as_of = work.arguments.get("as_of")

    def written(made: ScreeningRun) -> None:
        work.result(run=str(made.uuid), people=made.snapshot.rows)

    services.run_screening(
        actor=work.actor,
        pack=InstalledPack.objects.get(pk=work.arguments["pack"]),
        area=work.arguments["area"],
        as_of=dt.date.fromisoformat(as_of) if as_of else None,
        progress=_progress(work),
        commit=_last(work),
        job=Job.objects.get(uuid=work.job_id),
        written=written,
    )
    keeping.sweep()


@handler(proposals.COMPARE)
def compare(work: Work) -> None:
    """The comparison appears whole or not at all."""

    def written(made: Comparison) -> None:
        work.result(comparison=str(made.uuid), people=made.figures["rows"])

    proposals.compare(
        actor=work.actor,
        old=InstalledPack.objects.get(pk=work.arguments["old"]),
        new=InstalledPack.objects.get(pk=work.arguments["new"]),
        area=work.arguments["area"],
        progress=_progress(work),
        commit=_last(work),
        written=written,
    )


@handler(proposals.PUT_IN_FORCE)
def put_in_force(work: Work) -> None:
    """Nothing is in force before the list that was signed for is proved to be still whole."""
    comparison = Comparison.objects.select_related("old", "new").get(pk=work.arguments["comparison"])
    work.result(comparison=str(comparison.uuid))
    proposals.put_in_force(
        actor=work.actor,
        comparison=comparison,
        reason=work.arguments["reason"],
        progress=_progress(work),
        commit=_last(work),
    )


def _progress(work: Work) -> Callable[[str, int, int], None]:
    def progress(stage: str, done: int, total: int) -> None:
        work.check()
        work.progress(done, total, STAGES.get(stage, stage))

    return progress


def _last(work: Work) -> Callable[[], AbstractContextManager[Any]]:
    return functools.partial(work.commit, last=True)
