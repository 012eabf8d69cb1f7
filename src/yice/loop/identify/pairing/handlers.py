"""The job that looks for duplicates in the register."""

from __future__ import annotations

from yice.jobs.registry import handler
from yice.jobs.work import Work
from yice.loop.identify.pairing.duplicates import propose_duplicates
from yice.loop.identify.services.merging import JOB


@handler(JOB)
def find_duplicates(work: Work) -> None:
    """Compare the register of an area with itself; may be repeated."""
    work.progress(0, 0, "与登记册自身比对")
    with work.commit(last=True):
        work.result(waiting=propose_duplicates(work.arguments["area"]))
