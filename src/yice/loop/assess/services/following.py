"""Assessments go where their people are, so that they come back as work of the right place."""

from __future__ import annotations

from yice.loop.assess.models import Assessment
from yice.loop.identify.services.following import follow
from yice.policy.models import ScreeningRun
from yice.policy.screening import Screened


def follow_run(run: ScreeningRun, screened: Screened) -> dict[str, int]:
    """The registry's consumer."""
    return {"assessments_moved": follow_moves(run.area)}


def follow_moves(area: str) -> int:
    """Those of `area` whose person moved, and those whose person moved into it."""
    return follow(Assessment, area)
