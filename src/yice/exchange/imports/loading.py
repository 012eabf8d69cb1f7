"""From delivery to staging: chunks are prepared, doubles found, tuples loaded; nothing of the site is touched."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.db import connection

from yice.accounts.services import is_demo
from yice.areas.models import Area
from yice.exchange.imports import standing
from yice.exchange.imports.chunks import Keys, Prepared, Setting
from yice.exchange.imports.delivery import Delivery
from yice.exchange.imports.pipeline import Preparer
from yice.exchange.imports.prepare_lists import health_of
from yice.exchange.imports.reasons import as_json, refusal
from yice.exchange.imports.staging.store import Store
from yice.exchange.imports.steps import Steps
from yice.loop.identify.enums import BatchKind
from yice.loop.identify.models import Batch
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
    health: Counter[str] = field(default_factory=Counter)  # of a list, see `prepare.Prepared`
    seen: dict[bytes, tuple[int, bytes]] = field(default_factory=dict)  # id index → line, digest


def setting_of(batch: Batch) -> Setting:
    """What the preparing processes must know beforehand."""
    area = Area.objects.get(code=batch.area)
    below = Area.objects.filter(code__gte=area.code, code__lt=area.end).values_list("code", flat=True)
    return Setting(
        kind="list" if batch.kind == BatchKind.LIST else str(batch.kind),
        vendor=connection.vendor,
        area=batch.area,
        county=batch.area[:6],
        demo=is_demo(),
        villages=frozenset(below),
        today=clock.today(),
        known=_known(batch, area) if batch.kind == BatchKind.REGISTRY else b"",
    )


def _known(batch: Batch, area: Area) -> bytes:
    """The digests of the rows on file of the area, one after the other: equal rows need only be counted."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT digest FROM identify_person
            WHERE hukou >= %s AND hukou < %s AND digest IS NOT NULL AND removed_on IS NULL""",
            [batch.area, area.end],
        )
        return b"".join(bytes(digest) for (digest,) in cursor)


def load(
    store: Store,
    batch: Batch,
    delivery: Delivery,
    preparer: Preparer,
    steps: Steps,
    apart: set[int] | None = None,
) -> Loaded:
    """Fill the staging tables from the delivery; the tables are complete when this returns."""
    found = Loaded()
    store.create()
    month = batch.month.isoformat() if batch.month else None
    chunks = delivery.chunks
    if batch.kind == BatchKind.LIST:
        known = standing.recognise(list(chunks), batch, apart)
        standing.keep(store, known)
        chunks, found.read = known.chunks, len(known.stands)
        found.health.update(health_of(known.stands["health"]))
    for part in preparer.prepared(chunks, fields=delivery.fields, month=month):
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
    for table, rows in part.packed.items():
        store.load_packed(table, rows)
    for table in ("same", "person"):
        if keys := part.keys.get(table):
            if doubles := list(_doubles(keys, found.seen)):
                bad += [one for _row, one in doubles]
                store.take_back(table, [row for row, _one in doubles])
            found.people += part.counts[table] - len(doubles)
    found.members += part.counts.get("member", 0)
    found.entries += part.counts.get("entry", 0)
    found.health.update(part.health)
    _refuse(store, bad, found)


def _doubles(
    keys: Keys, seen: dict[bytes, tuple[int, bytes]]
) -> Iterator[tuple[int, tuple[int, str, Sequence[Problem], bytes | None]]]:
    """The first row of each number stays; the others are refused, told apart by whether they say the same."""
    new = dict(zip(keys.indexes, zip(keys.lines, keys.digests, strict=True), strict=True))
    if len(new) == len(keys.indexes) and seen.keys().isdisjoint(new):
        seen.update(new)  # as nearly always
        return
    for row, line, index, digest in zip(keys.rows, keys.lines, keys.indexes, keys.digests, strict=True):
        here = (line, digest)
        first = seen.setdefault(index, here)
        if first is not here:
            code = "duplicate" if first[1] == digest else "duplicate-differs"
            yield row, (line, code, [refusal(code, other=first[0])], index)


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
