"""Whether a delivery looks like one that went wrong on its way: asked of some of its rows before anything follows."""

from __future__ import annotations

import numpy as np

from yice.accounts.services import is_demo
from yice.areas.models import Area
from yice.loop.identify.models import ListEntry, Person
from yice.loop.identify.pairing import tables
from yice.matching import normalise, published
from yice.matching.both import Both
from yice.matching.health import check, check_names, health
from yice.matching.passes.by_id import BY_ID
from yice.matching.passes.joining import run
from yice.terms.errors import Problem

ROWS = 2000  # of a delivery, evenly spread: a column that went wrong did so throughout
NAMES = 5000  # of the register, for the family names there are


def doubt(area: str, entries: list[ListEntry]) -> Problem | None:
    """What `yice.matching.health` says of these rows beside the register of their area; None where nothing."""
    demo = is_demo()
    rows = tables.table(tables.entry_row(one) for one in entries)
    theirs = normalise(rows, allow_test_range=demo)
    numbers = sorted({bytes(one.id_index) for one in entries if one.id_index})
    people = Person.objects.only(*tables.PERSON).order_by("id")
    ours = [
        tables.person_row(one)
        for at in range(0, len(numbers), 500)
        for one in people.filter(id_index__in=numbers[at : at + 500])
    ]
    end = Area.objects.get(code=area).end
    here = people.filter(hukou__gte=area, hukou__lt=end).values_list("name", flat=True)[:NAMES]
    register = normalise(tables.table([*ours, *({"name": name} for name in here)]), allow_test_range=demo)
    both = Both.of(register, theirs, published())
    try:
        check(health(rows, theirs), register, theirs)
        check_names(run(BY_ID, both, *(np.ones(len(one), dtype=np.bool_) for one in (register, theirs))))
    except Problem as problem:
        return problem
    return None
