"""A screening run moves cases: somebody no longer entitled is looked at again; who moved is followed."""

from __future__ import annotations

import numpy as np
from django.db.models import F, Q

from yice.identifiers.division import upper_bound
from yice.loop.deliver.enums import CaseState, RecordKind
from yice.loop.deliver.models import Case, OpenStep, StepOffice
from yice.loop.deliver.services.moving import written
from yice.loop.deliver.services.standing import lock, service_of
from yice.loop.deliver.services.turning import note_change
from yice.policy.models import ScreeningRun
from yice.policy.screening import Screened
from yice.rules.bits import unpack


def follow_run(run: ScreeningRun, screened: Screened) -> dict[str, int]:
    """For each person of the run with an open case: no longer entitled begins the service's `on_change` step once."""
    here = Q(hukou__gte=run.area, hukou__lt=upper_bound(run.area))
    paying = Case.objects.filter(
        here, state=CaseState.OPEN, until_month=None, from_month__isnull=False, person__isnull=False
    )
    changed = 0
    for name in list(
        paying.exclude(benefit="").values_list("benefit", flat=True).distinct().order_by("benefit")
    ):
        out = _out(screened, name)
        for pk, person in list(paying.filter(benefit=name).order_by("id").values_list("pk", "person_id")):
            if person not in out:
                continue
            case = Case.objects.select_related("pack").defer("pack__files").get(pk=pk)
            after = note_change(actor=None, case=case, note="", key=f"run-{run.uuid.hex}-{pk}")
            changed += after.version > case.version
    return {"cases_changed": changed, "cases_moved": follow_moves(here)}


def _out(screened: Screened, benefit: str) -> set[int]:
    """Persons to whom every way of the benefit is known to be closed; "cannot tell" is not among them."""
    made = screened.plan.benefits.get(benefit)
    ways = [one for one in (made.group, *made.routes) if one in screened.screening.groups] if made else []
    if not ways:
        return set()
    rows = np.ones(len(screened.keys), bool)
    for one in ways:
        rows &= unpack(screened.screening.ineligible(one), len(screened.keys)).astype(bool)
    return set(screened.keys[rows].tolist())


def follow_moves(here: Q) -> int:
    """Open cases of `here` whose persons moved go to the new place, with the deadlines they have."""
    moved = 0
    away = Q(person__isnull=False) & (~Q(hukou=F("person__hukou")) | ~Q(residence=F("person__residence")))
    for pk in list(
        Case.objects.filter(here, away, state=CaseState.OPEN).order_by("id").values_list("pk", flat=True)
    ):
        row = lock(Case(pk=pk))
        if row.person is None:
            continue
        before = row.area
        row.hukou, row.residence = row.person.hukou, row.person.residence
        row.area = row.residence if service_of(row).basis == "residence" else row.hukou
        if row.area == before:
            row.save(update_fields=["hukou", "residence"])
            continue
        OpenStep.objects.filter(case=row).update(holder=None, area=row.area)
        StepOffice.objects.filter(open_step__case=row).update(area=row.area)
        written(row, None, RecordKind.MOVED)
        moved += 1
    return moved
