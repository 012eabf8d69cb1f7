"""Copied places go where their people are, so that work is found by whoever looks after them now."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Model, OuterRef, Q, Subquery

from yice.areas.selectors import within
from yice.loop.identify.models import Person

_AWAY = ~Q(hukou=F("person__hukou")) | ~Q(residence=F("person__residence"))


def moved_away(model: type[Model], area: str, only: Q | None = None) -> list[Any]:
    """Keys of the rows of `area` whose person moved, and of those whose person moved into it, the oldest first."""
    found: set[Any] = set()
    for place in ("hukou", "person__hukou"):  # two queries, each by an index
        rows = model._default_manager.filter(only or Q(), _AWAY, within(place, area))
        found.update(rows.values_list("pk", flat=True))
    return sorted(found)


def follow(model: type[Model], area: str) -> int:
    """Bring `hukou` and `residence` of those rows to where the person is now; how many."""
    now = Person.objects.filter(pk=OuterRef("person"))
    there = {name: Subquery(now.values(name)[:1]) for name in ("hukou", "residence")}
    return model._default_manager.filter(pk__in=moved_away(model, area)).update(**there)
