"""From delivery to staging: chunks are prepared, doubles found, tuples loaded; nothing of the site is touched."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from yice.accounts.services import is_demo
from yice.areas.models import Area
from yice.exchange.imports.delivery import Delivery
from yice.exchange.imports.pipeline import Preparer
from yice.exchange.imports.prepare import Prepared, Setting
from yice.exchange.imports.reasons import as_json, refusal
from yice.exchange.imports.staging.store import Store
from yice.exchange.imports.staging.tables import PERSON_ROW, SAME_ROW
from yice.exchange.imports.steps import Steps
from yice.loop.identify.enums import BatchKind
from yice.loop.identify.models import Batch, Person
from yice.terms import clock
from yice.terms.errors import Problem

Bad = list[tuple[int, str, Sequence[Problem], bytes | None]]


@dataclass
class Loaded:
    read: int = 0
    refused: int = 0
    people: int = 0
    members: int = 0
    entries: int = 0
    seen: dict[bytes, tuple[int, bytes]] = field(default_factory=dict)  # id index → line, digest


def setting_of(batch: Batch) -> Setting:
    """What the preparing processes must know beforehand."""
    area = Area.objects.get(code=batch.area)
    below = Area.objects.filter(code__gte=area.code, code__lt=area.end).values_list("code", flat=True)
    return Setting(
        kind="list" if batch.kind == BatchKind.LIST else str(batch.kind),
        area=batch.area,
        county=batch.area[:6],
        demo=is_demo(),
        villages=frozenset(below),
        today=clock.today(),
        known=_known(batch, area) if batch.kind == BatchKind.REGISTRY else frozenset(),
    )


def _known(batch: Batch, area: Area) -> frozenset[bytes]:
    """The digests of the rows on file of the area: equal ones need nothing but to be counted."""
    people = Person.objects.filter(
        hukou__gte=batch.area, hukou__lt=area.end, digest__isnull=False, removed_on__isnull=True
    )
    return frozenset(
        bytes(digest or b"") for digest in people.values_list("digest", flat=True).iterator(20_000)
    )


def load(store: Store, batch: Batch, delivery: Delivery, preparer: Preparer, steps: Steps) -> Loaded:
    """Fill the staging tables from the delivery; the tables are complete when this returns."""
    found = Loaded()
    store.create()
    month = batch.month.isoformat() if batch.month else None
    for part in preparer.prepared(delivery.chunks, fields=delivery.fields, month=month):
        steps.check()
        _load_part(store, part, found)
        steps.progress(found.read, delivery.rows, "读取并封存")
    _refuse(store, [(one.line, one.code, one.problems, one.id_index()) for one in delivery.refusals], found)
    found.read += len(delivery.refusals)
    store.seal()
    return found


def _load_part(store: Store, part: Prepared, found: Loaded) -> None:
    found.read += part.size
    bad: Bad = [(line, code, [refusal(code)], index) for line, code, index in part.bad]
    for table, columns in (("same", SAME_ROW), ("person", PERSON_ROW)):
        if people := part.tables.get(table):
            people, doubles = _without_doubles(people, list(columns), found.seen)
            bad += doubles
            store.load(table, people)
            found.people += len(people)
    if members := part.tables.get("member"):
        store.load("member", members)
        found.members += len(members)
    if entries := part.tables.get("entry"):
        store.load("entry", entries)
        found.entries += len(entries)
    _refuse(store, bad, found)


def _without_doubles(
    people: list[tuple[Any, ...]], columns: list[str], seen: dict[bytes, tuple[int, bytes]]
) -> tuple[list[tuple[Any, ...]], Bad]:
    """The first row of each number; the others are refused, told apart by whether they say the same."""
    index, digest, line = (columns.index(name) for name in ("id_index", "digest", "line"))
    kept: list[tuple[Any, ...]] = []
    doubles: Bad = []
    for person in people:
        here = (person[line], person[digest])
        first = seen.setdefault(person[index], here)
        if first is here:
            kept.append(person)
        else:
            code = "duplicate" if first[1] == here[1] else "duplicate-differs"
            doubles.append((here[0], code, [refusal(code, other=first[0])], person[index]))
    return kept, doubles


def _refuse(store: Store, bad: Bad, found: Loaded) -> None:
    if bad:
        store.load(
            "refused",
            [
                (line, code, json.dumps([as_json(one) for one in why], ensure_ascii=False), index)
                for line, code, why, index in bad
            ],
        )
        found.refused += len({line for line, *_ in bad})
