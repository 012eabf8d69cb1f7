"""A frozen report can be looked into as long as the files of the run it was taken from are there."""

from __future__ import annotations

from yice.identifiers.division import ancestors
from yice.loop.supervise.models import Report
from yice.policy.models import ScreeningRun


def reported() -> set[int]:
    """The snapshots of the runs that frozen reports were taken from."""
    found = set()
    for area, digest, at in Report.objects.values_list("area", "pack_hash", "frozen_at"):
        runs = ScreeningRun.objects.filter(area__in=[*ancestors(area), area], pack__hash=digest, at__lte=at)
        run = runs.order_by("-as_of", "-id").first()
        if run is not None:
            found.add(run.snapshot_id)
    return found
