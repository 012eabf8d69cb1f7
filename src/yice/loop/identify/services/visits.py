"""Make the day's list; take back what was found, in the order printed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from yice.accounts.models import User
from yice.loop.identify.models import VisitList
from yice.loop.identify.services.answering import Given

RESULTS = ("met", "not_home", "moved", "phone")


@dataclass(frozen=True)
class TypedLine:
    """One line of the paper: what came of the visit and what was answered."""

    position: int
    result: str
    note: str = ""
    answers: Mapping[str, Given] = field(default_factory=dict)
    ask_version: int | None = None


def make_visit_list(*, actor: User, day: dt.date, size: int = 12, area: str = "") -> VisitList:
    """People to see on `day` by residence: those whose answers decide most and have waited longest first.

    One list a maker, day and area: asked again, the same list comes back (typed lines are never lost).
    """
    raise NotImplementedError


def type_back(*, actor: User, visit_list: VisitList, lines: Sequence[TypedLine]) -> VisitList:
    """Take back lines, all or none; one typed before is left alone unless it says something else."""
    raise NotImplementedError
