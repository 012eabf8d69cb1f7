"""The people of a request, stretch by stretch, as plain rows: one query a stretch, nothing built a person."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from yice.loop.identify.models import Person
from yice.policy.provided import Request

STRETCH = 50_000
TYPED = (
    "category",
    "grade",
    "parts",
    "certified",
    "certificate_status",
    "certificate_until",
    "rural",
    "employed",
    "school_stage",
)
_PERSON = ("id", "uuid", "sex", "birth_date", "hukou", "residence", "household_id")
_FACTS = tuple(f"facts__{name}" for name in (*TYPED, "rest", "overrides", "batch_id"))


@dataclass
class Stretch:
    """Rows in the order of their keys, with what JSON held already read."""

    rows: list[tuple[Any, ...]]
    rest: list[dict[str, Any]]
    overrides: dict[int, dict[str, list[dict[str, Any]]]]  # row → fact → values, only where there are any
    row_of: dict[int, int]  # person key → row

    def column(self, name: str) -> list[Any]:
        """A stored column by its name in `_PERSON` or `TYPED`, or "batch"."""
        at = _AT[name]
        return [row[at] for row in self.rows]

    @property
    def keys(self) -> list[int]:
        return [row[0] for row in self.rows]


_AT = {name: at for at, name in enumerate((*_PERSON, *TYPED, "rest", "overrides", "batch"))}


def stretches(request: Request) -> Iterator[Stretch]:
    """Everybody on the register in the area (by hukou), or the persons named, in stretches of STRETCH."""
    people = Person.objects.order_by("id")
    if request.persons is not None:
        people = people.filter(id__in=list(request.persons))
    else:
        people = people.filter(hukou__gte=request.low, hukou__lt=request.high, removed_on=None)
    last = 0
    while True:
        rows = fetch(people.filter(id__gt=last).values_list(*_PERSON, *_FACTS)[:STRETCH])
        if rows:
            yield _stretch(rows)
            last = rows[-1][0]
        if len(rows) < STRETCH:
            return


def fetch(rows: QuerySet[Any, Any]) -> list[tuple[Any, ...]]:
    """Run a values query without Django's per-value conversions; dates may come as text, JSON comes as text."""
    sql, params = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def _stretch(rows: list[tuple[Any, ...]]) -> Stretch:
    rest_at, overrides_at = _AT["rest"], _AT["overrides"]
    rest, overrides = [], {}
    for at, row in enumerate(rows):
        rest.append(parsed(row[rest_at]))
        more = row[overrides_at]
        if more and more != "{}":
            overrides[at] = parsed(more)
    return Stretch(rows, rest, overrides, {row[0]: at for at, row in enumerate(rows)})


def parsed(value: Any) -> dict[str, Any]:
    """A JSON object whether the driver has read it or not."""
    if not value or value == "{}":
        return {}
    return value if isinstance(value, dict) else json.loads(value)


def day(value: Any) -> dt.date | None:
    """A date whether the driver has read it or not."""
    if value is None or value == "":
        return None
    if isinstance(value, dt.datetime):
        return value.date()
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value)[:10])


def uuid_text(value: Any) -> str:
    """A UUID with its hyphens, whatever the database keeps."""
    text = value.hex if isinstance(value, uuid.UUID) else str(value).replace("-", "")
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
