"""The jobs of this package; imported when the application starts."""

from __future__ import annotations

from yice.exchange.imports.following import JOB, rescreen_touched
from yice.exchange.imports.working import commit_batch, stage_batch
from yice.jobs.registry import handler
from yice.jobs.work import Work
from yice.loop.identify.models import Batch


@handler("import.stage")
def stage(work: Work) -> None:
    """Read, prepare and compare a received batch."""
    batch = Batch.objects.get(uuid=work.arguments["batch"])
    work.result(batch=batch.uuid.hex)
    stage_batch(batch, work)


@handler("import.commit")
def commit(work: Work) -> None:
    """Take a staged batch, all or none."""
    batch = Batch.objects.get(uuid=work.arguments["batch"])
    work.result(batch=batch.uuid.hex)
    commit_batch(batch, work, actor=work.actor, accept_pauses=bool(work.arguments.get("accept_pauses")))


@handler(JOB)
def rescreen(work: Work) -> None:
    """Judge again whom a committed batch touched."""
    work.progress(0, 0, "重新判断有变化的人")
    batch = Batch.objects.get(uuid=work.arguments["batch"])
    with work.commit(last=True):
        batch = Batch.objects.select_for_update().get(pk=batch.pk)
        batch.counts = {**batch.counts, "rescreened": rescreen_touched(batch)}
        batch.save(update_fields=["counts"])
        work.result(batch=batch.uuid.hex)
