"""Which packs are here, which one binds an area, what a pack says, which runs there were."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

from yice.accounts.models import User
from yice.policy.models import InstalledPack, ScreeningRun
from yice.rules.model import Plan


def plan(installed: InstalledPack) -> Plan:
    """The pack as a plan, loaded once a process for each hash."""
    raise NotImplementedError


def packs(actor: User) -> list[InstalledPack]:
    """Packs in force whose areas touch the actor's, newest first."""
    raise NotImplementedError


def pack_for(area: str, day: dt.date | None = None) -> InstalledPack | None:
    """The active pack that binds `area` (the narrowest, then the newest)."""
    raise NotImplementedError


def runs(actor: User, limit: int = 20) -> Sequence[ScreeningRun]:
    raise NotImplementedError


def run(actor: User, run_uuid: uuid.UUID) -> ScreeningRun:
    """One run within scope, else Problem "run-not-found"."""
    raise NotImplementedError
