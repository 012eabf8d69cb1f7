"""The filters beside a list: each choice with how many rows it would show, the other filters being as they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Case, CharField, Count, QuerySet, Value, When

from yice.identifiers.division import upper_bound
from yice.loop.identify.models import Finding
from yice.loop.identify.selectors.filters import AGES, Filters, age_condition, late, text_condition
from yice.terms import clock

NAMES = ("kind", "benefit", "state", "area", "age", "category", "grade", "overdue")


@dataclass(frozen=True)
class Choice:
    """One line of a filter: how many rows it would show with the other filters as they are."""

    value: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class Facet:
    name: str  # the query parameter
    label: str
    choices: list[Choice]


@dataclass(frozen=True)
class Counted:
    by: dict[str, Counter[str]]  # filter → value → findings that every other filter lets pass
    total: int  # findings that all of them let pass


def counts(mine: QuerySet[Finding], filters: Filters) -> Counted:
    """How many of `mine` each choice would show, and how many are shown now. One query for all of it.

    It reads what at most one filter keeps out, grouped by everything that can be chosen; what one filter alone keeps
    out counts beside that filter's choices, what none does beside all.
    """
    if filters.text:
        mine = mine.filter(text_condition(filters.text, "person__"))
    others = replace(filters, text="")
    active = [name for name in NAMES if getattr(filters, name)]
    nearly = [others.condition(leave_out=name) for name in active]
    if nearly and all(nearly):
        mine = mine.filter(reduce(or_, nearly))
    today = clock.today()
    bands = [When(age_condition(band, today), then=Value(band)) for band in AGES]
    rows = (
        mine.order_by()
        .annotate(
            age_band=Case(*bands, default=Value(""), output_field=CharField()),
            late=Case(When(late(), then=Value("1")), default=Value(""), output_field=CharField()),
        )
        .values_list(
            "kind", "benefit", "state", filters.basis, "age_band", "person__facts__category",
            "person__facts__grade", "late",
        )
        # Only a search by number joins rows that could count one twice.
        .annotate(n=Count("id", distinct=bool(filters.text)))
    )  # fmt: skip
    found: dict[str, Counter[str]] = {name: Counter() for name in NAMES}
    total = 0
    lets = [(name, NAMES.index(name), _lets(filters, name)) for name in active]
    for *values, n in rows:
        said = ["" if value is None else str(value) for value in values]
        kept_out = [name for name, at, passes in lets if not passes(said[at])]
        if len(kept_out) > 1:
            continue
        total += 0 if kept_out else n
        for name in kept_out or NAMES:
            if value := said[NAMES.index(name)]:
                found[name][value] += n
    return Counted(found, total)


def _lets(filters: Filters, name: str) -> Callable[[str], bool]:
    """Whether a filter lets a value pass."""
    asked: Any = getattr(filters, name)
    if name == "area":
        end = upper_bound(asked)
        return lambda value: asked <= value < end
    if name == "overdue":
        return bool
    return frozenset(asked).__contains__
