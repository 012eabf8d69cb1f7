"""What is overdue climbs a tier, so that somebody above sees it; each climb is an event."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from yice.areas.models import Tier
from yice.loop.deliver.enums import RecordKind
from yice.loop.deliver.models import Case, OpenStep
from yice.loop.deliver.services.moving import written
from yice.loop.deliver.services.standing import lock
from yice.loop.identify.services.needs import CLIMB_EVERY, CLIMB_SETTING, climb_needs, number_of
from yice.terms.workdays import add_working_days


def climb(today: dt.date) -> dict[str, int]:
    """Let every overdue need and step climb: once past its deadline, then each `climb_every_days` working days.

    Run once a day; run twice it changes nothing more. Gives how many climbed.
    """
    return {"needs": climb_needs(today), "steps": climb_steps(today)}


def climb_steps(today: dt.date) -> int:
    climbed = 0
    late = OpenStep.objects.filter(due_on__lt=today, tier__gt=Tier.PROVINCE).order_by("id")
    for pk, case in list(late.values_list("pk", "case_id")):
        with transaction.atomic():
            row = lock(Case(pk=case))
            waiting = OpenStep.objects.filter(pk=pk, due_on__lt=today).first()
            if waiting is None or not _may_climb(waiting, row, today):
                continue
            waiting.tier, waiting.climbed_on = waiting.tier - 1, today
            waiting.save(update_fields=["tier", "climbed_on"])
            written(
                row, None, RecordKind.CLIMBED, step=waiting.step, due_on=waiting.due_on,
                reasons=[Tier(waiting.tier).name.lower()],
            )  # fmt: skip
            climbed += 1
    return climbed


def _may_climb(waiting: OpenStep, case: Case, today: dt.date) -> bool:
    if waiting.climbed_on is None:
        return True
    every = number_of(case.area, CLIMB_SETTING, CLIMB_EVERY)
    return add_working_days(waiting.climbed_on, every) <= today
