"""The job of agreements: deleting rows takes as long as there are many."""

from __future__ import annotations

from yice.exchange.agreements.services import DELETE, delete_expired
from yice.exchange.models import Agreement
from yice.jobs.registry import handler
from yice.jobs.work import Work


@handler(DELETE)
def delete(work: Work) -> None:
    """Delete rows kept as long as agreed; a second run finds nothing left and says so."""
    work.progress(0, 0, "删除到期的行")
    with work.commit(last=True):
        agreement = Agreement.objects.get(uuid=work.arguments["list"])
        work.result(rows=delete_expired(actor=work.actor, agreement=agreement))
