"""A screening run moves cases: somebody no longer entitled is looked at again; who moved is followed."""

from __future__ import annotations

import numpy as np
from django.db.models import F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, NullIf

from yice.areas.selectors import within
from yice.identifiers.division import upper_bound
from yice.loop.deliver.enums import CaseState, RecordKind
from yice.loop.deliver.models import Case, Delivery, OpenStep, Payment, StepOffice
from yice.loop.deliver.services.moving import written
from yice.loop.deliver.services.standing import lock, service_of
from yice.loop.deliver.services.turning import note_change
from yice.loop.identify.models import Need, Person
from yice.policy.models import ScreeningRun
from yice.policy.screening import Screened
from yice.rules.bits import unpack

CHUNK = 5000  # keys in one question


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
    count_elsewhere(run.area)
    return {"cases_changed": changed, "cases_moved": follow_moves(here)}


def count_elsewhere(area: str) -> int:
    """What the ledger counts goes where its people are registered now, over or not: needs and cases of `area`, and of
    whoever is there now, with what was given. Gives how many needs and cases.

    Called wherever somebody's place is written, in the same transaction; where the work itself lies is not touched.
    """
    now = Person.objects.filter(pk=OuterRef("person")).values("hukou")[:1]
    moved = 0
    for model in (Need, Case):
        there = model._default_manager.filter(person__isnull=False).annotate(
            now=Coalesce(NullIf("person__hukou", "hukou"), Value(""))
        )
        away = there.exclude(now=Coalesce("moved_to", Value("")))
        for place in ("hukou", "moved_to", "person__hukou"):  # three queries, each by an index
            keys = list(away.filter(within(place, area)).order_by("id").values_list("pk", flat=True))
            for at in range(0, len(keys), CHUNK):
                rows = model._default_manager.filter(pk__in=keys[at : at + CHUNK])
                moved += rows.update(moved_to=NullIf(Subquery(now), "hukou"))
                if model is Case:
                    _take_along(keys[at : at + CHUNK])
    return moved


def _take_along(cases: list[int]) -> None:
    """What was given in these cases is counted where they are."""
    case = Case.objects.filter(pk=OuterRef("case"))
    place = case.values(at=Coalesce("moved_to", "hukou"))[:1]
    for model in (Payment, Delivery):
        model._default_manager.filter(case__in=cases).update(hukou=Subquery(place))


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
        row.hukou, row.residence, row.moved_to = row.person.hukou, row.person.residence, None
        row.area = row.residence if service_of(row).basis == "residence" else row.hukou
        if row.area == before:
            row.save(update_fields=["hukou", "residence", "moved_to"])
            continue
        OpenStep.objects.filter(case=row).update(holder=None, area=row.area)
        StepOffice.objects.filter(open_step__case=row).update(area=row.area)
        written(row, None, RecordKind.MOVED)
        moved += 1
    return moved
