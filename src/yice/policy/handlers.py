"""Screening as a job."""

from __future__ import annotations

import datetime as dt
from contextlib import AbstractContextManager
from typing import Any

from yice.jobs.models import Job
from yice.jobs.registry import Work, handler
from yice.policy import services
from yice.policy.models import InstalledPack, ScreeningRun

STAGES = {"snapshot": "读取人员和事实", "evaluate": "逐组判断", "findings": "写入核查线索"}


@handler(services.JOB)
def run(work: Work) -> None:
    """Everything is written in the job's last commit: a kill leaves the old findings as they were."""
    as_of = work.arguments.get("as_of")

    def progress(stage: str, done: int, total: int) -> None:
        work.check()
        work.progress(done, total, STAGES.get(stage, stage))

    def commit() -> AbstractContextManager[Any]:
        return work.commit(last=True)

    def written(made: ScreeningRun) -> None:
        work.result(run=str(made.uuid), people=made.snapshot.rows)

    services.run_screening(
        actor=work.actor,
        pack=InstalledPack.objects.get(pk=work.arguments["pack"]),
        area=work.arguments["area"],
        as_of=dt.date.fromisoformat(as_of) if as_of else None,
        progress=progress,
        commit=commit,
        job=Job.objects.get(uuid=work.job_id),
        written=written,
    )
