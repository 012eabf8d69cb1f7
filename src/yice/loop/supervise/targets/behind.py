"""The people behind a target's figure, as the run saw them: read from its snapshot, told as far as the reader may."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from yice.accounts import access
from yice.accounts.access import Place
from yice.accounts.enums import Action, Line
from yice.accounts.models import User
from yice.areas import selectors as areas
from yice.areas.models import Area
from yice.loop.identify.models import Person
from yice.loop.identify.selectors import words
from yice.loop.supervise.targets.counting import persons
from yice.loop.supervise.targets.selectors import LISTED, PERSONS, run_of
from yice.policy import selectors as policy
from yice.policy import snapshot
from yice.policy.models import ScreeningRun
from yice.policy.screening import Screened
from yice.rules.kernel.program import compile_plan
from yice.rules.model import Target
from yice.rules.targets.count import NO, OPEN, YES, Counting, Truth
from yice.rules.targets.forms import form_of
from yice.rules.targets.sheet import Ints, Tree, bound
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message
from yice.terms.periods import age_on

PAGE_SIZE = 50
STRETCH = 2000
PARTS = ("counted", "reached", "short", "unknown")


@dataclass(frozen=True)
class Behind:
    person: UUID
    name: str
    age: int | None
    village: str


@dataclass(frozen=True)
class BehindPage:
    area: str
    name: str
    target: Target
    part: str
    rows: list[Behind]
    total: int  # rows of the snapshot; who has left the reader's scope since is not named


def behind(actor: User, area: str, target: str, part: str, *, digest: str, page: int = 1) -> BehindPage:
    """Who is counted, reached, known to be lacking, or in doubt; `part` is one of PARTS. 50 a page."""
    place, found, keys = _keys(actor, area, target, part, digest)
    start = (max(1, page) - 1) * PAGE_SIZE
    rows = _named(actor, found, keys[start : start + PAGE_SIZE].tolist())
    return BehindPage(place.code, place.name, found, part, rows, len(keys))


def everybody_behind(actor: User, area: str, target: str, part: str, *, digest: str) -> BehindPage:
    """The whole list, for a file; as `behind` in all else."""
    place, found, keys = _keys(actor, area, target, part, digest)
    rows: list[Behind] = []
    for start in range(0, len(keys), STRETCH):
        rows += _named(actor, found, keys[start : start + STRETCH].tolist())
    return BehindPage(place.code, place.name, found, part, rows, len(keys))


def _keys(
    actor: User, area: str, target: str, part: str, digest: str
) -> tuple[Area, Target, NDArray[np.int64]]:
    """The place, the target and the database keys of the persons."""
    access.require(actor, Action.REPORT_NAMES, Place(area), line=Line.ENTITLEMENT)
    place = areas.area_of(area)
    run = run_of(area, digest)
    found = policy.plan(run.pack).targets.get(target)
    if found is None or part not in PARTS or found.unit not in PERSONS or form_of(found) not in LISTED:
        raise Problem("not-found", Message("这个数字背后没有名单。"))
    snapshot.require(run.snapshot)
    keys, places, base, told = _sides(run.pk, target)
    inside = (places >= int(place.code)) & (places < bound(place.end))
    return place, found, keys[inside & _part(part, base, told)]


@lru_cache(maxsize=4)
def _sides(run_key: int, target: str) -> tuple[NDArray[np.int64], Ints, Truth, Truth | None]:
    """Keys, places and both sides of a run's target, which never change: the pages of a list read its file once."""
    run = ScreeningRun.objects.select_related("pack", "snapshot").defer("pack__files").get(pk=run_key)
    plan = policy.plan(run.pack)
    screened = Screened(run.pack, plan, run.as_of, snapshot.values(run.snapshot))
    counting = Counting(compile_plan(plan, run.as_of), {"person": persons(screened)}, Tree([]))
    sides = counting.sides(plan.targets[target])
    if sides is None:
        raise Problem("not-found", Message("这个数字背后没有名单。"))
    sheet, base, told = sides
    return screened.keys, sheet.places, base, told


def _named(actor: User, target: Target, keys: list[int]) -> list[Behind]:
    """As far as the reader's scope reaches; who lives here is read by whoever may open the person."""
    lives = target.basis == "residence"
    action = Action.PERSON_READ if lives else Action.REPORT_NAMES
    people = access.scope(actor, action, Person.objects.filter(pk__in=keys))
    chosen = list(people.order_by("residence" if lives else "hukou", "name_folded", "id"))
    seats = [person.residence if lives else person.hukou for person in chosen]
    names = areas.names(words.place_codes(seats))
    return [
        Behind(
            person.uuid,
            person.name,
            age_on(person.birth_date, clock.today()) if person.birth_date else None,
            words.place(seat, names),
        )
        for person, seat in zip(chosen, seats, strict=True)
    ]


def _part(part: str, base: Truth, told: Truth | None) -> NDArray[np.bool_]:
    """Which rows: in doubt are those in doubt of either side."""
    found = np.zeros(len(base), np.bool_)
    if part == "counted":
        found |= base == YES
    elif part == "unknown":
        found |= base == OPEN
        if told is not None:
            found |= (base == YES) & (told == OPEN)
    elif told is not None:
        found |= (base == YES) & (told == (YES if part == "reached" else NO))
    return found
