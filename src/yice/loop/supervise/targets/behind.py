"""The people behind a target's figure, as the run saw them: read from its snapshot, told as far as the reader may."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from yice.accounts import access
from yice.accounts.access import Place
from yice.accounts.enums import Action, Line
from yice.accounts.models import User
from yice.areas import selectors as areas
from yice.loop.identify.models import Person
from yice.loop.identify.selectors import words
from yice.loop.supervise.targets.counting import persons
from yice.loop.supervise.targets.selectors import LISTED, PERSONS, run_of
from yice.policy import selectors as policy
from yice.policy import snapshot
from yice.policy.screening import Screened
from yice.rules.kernel.program import compile_plan
from yice.rules.model import Target
from yice.rules.targets.count import NO, OPEN, YES, Counting, Truth
from yice.rules.targets.forms import form_of
from yice.rules.targets.sheet import Tree, bound
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message
from yice.terms.periods import age_on

PAGE_SIZE = 50
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
    access.require(actor, Action.REPORT_NAMES, Place(area), line=Line.ENTITLEMENT)
    place = areas.area_of(area)
    run = run_of(area, digest)
    plan = policy.plan(run.pack)
    found = plan.targets.get(target)
    if found is None or part not in PARTS or found.unit not in PERSONS or form_of(found) not in LISTED:
        raise Problem("not-found", Message("这个数字背后没有名单。"))
    screened = Screened(run.pack, plan, run.as_of, snapshot.values(run.snapshot))
    sheet = persons(screened)
    sides = Counting(compile_plan(plan, run.as_of), {"person": sheet}, Tree([])).sides(found)
    if sides is None:
        raise Problem("not-found", Message("这个数字背后没有名单。"))
    _, base, told = sides
    inside = (sheet.places >= int(place.code)) & (sheet.places < bound(place.end))
    keys = screened.keys[inside & _part(part, base, told)]
    start = (max(1, page) - 1) * PAGE_SIZE
    people = access.scope(
        actor, Action.REPORT_NAMES, Person.objects.filter(pk__in=keys[start : start + PAGE_SIZE].tolist())
    )
    chosen = list(people.order_by("hukou", "name_folded", "id"))
    names = areas.names(words.place_codes(person.hukou for person in chosen))
    rows = [
        Behind(
            person.uuid,
            person.name,
            age_on(person.birth_date, clock.today()) if person.birth_date else None,
            words.place(person.hukou, names),
        )
        for person in chosen
    ]
    return BehindPage(place.code, place.name, found, part, rows, len(keys))


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
