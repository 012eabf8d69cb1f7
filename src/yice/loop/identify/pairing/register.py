"""The persons a list's open rows are compared with. Of a few rows only whom they may be: the rest stay sealed.

Whom a row may be is found by what the engine joins by: the number and what a slip may have made it, the birth date,
the phone, a name of one sound in the same place; and everybody whose own number is wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa
from django.db.models import Count, Q, QuerySet

from yice.areas.models import Area
from yice.identifiers import sealing
from yice.identifiers.citizen_id import USABLE as GOOD
from yice.loop.identify.models import ListEntry, Person
from yice.loop.identify.pairing import tables
from yice.matching import Records
from yice.matching.digests import of_texts
from yice.matching.names import Shares, heard
from yice.matching.passes.slips import slipped

CHUNK = 5000
IN = 500  # values asked for at once
FEW = 10  # times as many persons as rows: then it is cheaper to look each row's up
_USABLE = [kind.name.lower() for kind in GOOD]


def register(area: str, entries: list[ListEntry], rows: Records) -> tuple[list[Person], Shares | None]:
    """Who is registered in the area, and elsewhere whoever a number names; with how common names are, if not all."""
    end = Area.objects.get(code=area).end
    here = Person.objects.filter(hukou__gte=area, hukou__lt=end, removed_on=None)
    numbers = sorted({bytes(one.id_index) for one in entries if one.id_index})
    named = {one.pk: one for one in _any(Person.objects.all(), "id_index", numbers)}
    if here.count() < FEW * len(entries):
        people = {one.pk: one for one in _opened(here).order_by("pk").iterator(CHUNK)} | named
        return [people[key] for key in sorted(people)], None
    people = named | {one.pk: one for one in _likely(here, rows)}
    found = [people[key] for key in sorted(people)]
    elsewhere = [one.name_folded for one in found if not (area <= one.hukou < end and one.removed_on is None)]
    return found, _shares(here, {one.name_folded for one in found}, elsewhere)


def _likely(here: QuerySet[Person], rows: Records) -> Iterator[Person]:
    yield from _opened(here.exclude(id_kind__in=_USABLE))
    _at, keys = slipped(rows, np.ones(len(rows), dtype=np.bool_))
    written = [f"{key // 11:017d}{'0123456789X'[key % 11]}" for key in np.unique(keys).tolist()]
    yield from _any(here, "id_index", sealing.index_all("id_number", written))
    days = np.unique(np.r_[rows.birth, rows.written_birth])
    dates = [f"{day // 10000:04d}-{day // 100 % 100:02d}-{day % 100:02d}" for day in days[days > 0].tolist()]
    yield from _any(here, "birth_date", dates)
    phones = [str(phone) for phone in np.unique(rows.phone[rows.phone > 0]).tolist()]
    yield from _any(here, "phone_index", sealing.index_all("phone", phones))
    yield from _any(here, "pk", _by_ear(here, rows))


def _by_ear(here: QuerySet[Person], rows: Records) -> list[int]:
    """Who lives in the place of a row and bears a name that sounds like its."""
    codes = sorted({f"{place:012d}" for place in rows.place.tolist() if place > 0})
    found = [
        row
        for at in range(0, len(codes), IN)
        for row in here.filter(hukou__in=codes[at : at + IN]).values_list("pk", "name_folded", "hukou")
    ]
    if not found:
        return []
    wanted = set(zip(_sounds(rows.name.to_pylist()), rows.place.tolist(), strict=True))
    sounds = _sounds([name for _pk, name, _hukou in found])
    return [
        pk for sound, (pk, _name, hukou) in zip(sounds, found, strict=True) if (sound, int(hukou)) in wanted
    ]


def _sounds(names: list[str]) -> list[int]:
    return list(of_texts(heard(pa.array(names, pa.string())).combine_chunks()).tolist())


def _any(people: QuerySet[Person], field: str, values: Iterable[Any]) -> Iterator[Person]:
    asked = list(values)
    for at in range(0, len(asked), IN):
        yield from _opened(people.filter(Q((f"{field}__in", asked[at : at + IN]))))


def _opened(people: QuerySet[Person]) -> QuerySet[Person]:
    return people.only(*tables.PERSON, "name_folded", "removed_on")


def _shares(here: QuerySet[Person], names: set[str], elsewhere: list[str]) -> Shares:
    met = dict.fromkeys(sorted(names), 0)
    asked = list(met)
    for at in range(0, len(asked), IN):
        some = here.filter(name_folded__in=asked[at : at + IN]).order_by().values_list("name_folded")
        met |= dict(some.annotate(Count("pk")))
    for name in elsewhere:
        met[name] += 1
    named = here.exclude(name_folded="").count() + sum(1 for name in elsewhere if name)
    return Shares(pa.array(asked, pa.string()), np.array(list(met.values()), dtype=np.float64), named)
