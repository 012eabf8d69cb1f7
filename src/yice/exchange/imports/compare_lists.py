"""What a staged list says of whom: matched as its commit will match it, and counted in the same way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import BigIntegerField, Func

from yice.areas.models import Area
from yice.exchange.imports import counting
from yice.exchange.imports.compare import MovedError, version
from yice.exchange.imports.matching import SAME, sure, unsure
from yice.exchange.imports.reasons import as_json
from yice.exchange.imports.staging.store import Store, insert, note, noted, rows, run
from yice.exchange.imports.standing import kept
from yice.loop.identify.models import Batch, ListEntry
from yice.loop.identify.pairing import doubts, tables
from yice.loop.identify.pairing.carrying import Delivery
from yice.loop.identify.pairing.propose import foreseen
from yice.terms.errors import Problem

_ENTRY = ("name", "id_sealed", "id_index", "area", "beside_sealed")


def compare_list(store: Store, batch: Batch) -> dict[str, Any]:
    """Match the staged rows and count; the links themselves are made anew at commit."""
    assert batch.month is not None  # noqa: S101 - settled before comparing
    if (staged := noted(store, "version")) is not None and staged != version(batch) and kept(store)[0]:
        raise MovedError  # what stood may stand no more
    note(store, "version", version(batch))
    if (held := counting.same_file(batch)) is not None:
        return counting.counts_of(batch, counting.kept(held), held, held.rows)
    match_staged(store, batch)
    replaced = counting.same_month(batch)
    counts = counting.counts_of(
        batch,
        counting.staged(store, kept(store)[0]),
        counting.earlier_of(batch),
        replaced.rows if replaced else 0,
    )
    problem = _doubt(store, batch, counts["entries"])
    return {**counts, "suspicious": as_json(problem) if problem else None}


def _doubt(store: Store, batch: Batch, entries: int) -> Problem | None:
    """Whether the list looks like one that went wrong on its way, by some of its rows, evenly spread."""
    every = max(1, entries // doubts.ROWS)
    stands = kept(store)[1]
    standing = ListEntry.objects.only(*tables.ENTRY).in_bulk(
        stands["key"][stands["line"] % every == 0].tolist()
    )
    came = _entries(store, batch, f"MOD(e.row, {every}) = 0")
    return doubts.doubt(batch.area, [*came, *standing.values()])


def match_staged(store: Store, batch: Batch) -> None:
    """Fill the staging links in the order of `commit_lists.match_entries`."""
    run(store, "DELETE FROM {s}.link")
    free = "e.row NOT IN (SELECT row FROM {s}.link)"
    end = Area.objects.get(code=batch.area).end
    _passes(store, sure("{s}.entry e", "e.row", free))
    _foresee(store, batch)
    _passes(store, unsure("{s}.entry e", "e.row", free, (batch.area, end)))


def _passes(store: Store, selects: Any) -> None:
    for select, params in selects:
        run(store, f"INSERT INTO {{s}}.link (row, person_id, state, how) {select}", params)


def _foresee(store: Store, batch: Batch) -> None:
    """What the matching engine will find of the rows still open."""
    waiting = rows(
        store, "SELECT e.row, e.digest FROM {s}.entry e WHERE e.row NOT IN (SELECT row FROM {s}.link)"
    )
    source = kept(store)[0]
    named = bool(rows(store, "SELECT 1 FROM {s}.entry WHERE name <> '' LIMIT 1"))
    named = named or (source is not None and source.entries.exclude(name="").exists())

    def opened(keys: Sequence[int]) -> list[ListEntry]:
        some = [",".join(map(str, keys[at : at + 500])) for at in range(0, len(keys), 500)]
        found = [one for part in some for one in _entries(store, batch, f"e.row IN ({part})")]
        return sorted(found, key=lambda one: one.pk)

    taken = {
        int(person)
        for (person,) in rows(store, f"SELECT DISTINCT person_id FROM {{s}}.link WHERE state = '{SAME}'")
    }
    ended = Func(template=f"(SELECT entry_id FROM {store.prefix}.ended)", output_field=BigIntegerField())
    gone = source.entries.filter(pk__in=ended) if source else None
    stands = source.entries.exclude(pk__in=ended) if source else None
    kind = batch.source.removeprefix("list:")
    found = foreseen(Delivery(kind, batch.area, named, dict(waiting), opened, gone, stands), taken)
    insert(
        store,
        "link",
        ("row", "person_id", "state", "how"),
        [(link.entry_id, link.person_id, str(link.state), link.how) for link in found],
    )


def _entries(store: Store, batch: Batch, which: str) -> list[ListEntry]:
    """Staged rows as list entries that are not kept yet."""
    kind = batch.source.removeprefix("list:")
    names = ", ".join(f"e.{name}" for name in _ENTRY)
    chosen = rows(store, f"SELECT e.row, {names} FROM {{s}}.entry e WHERE {which} ORDER BY e.row")
    return [
        ListEntry(pk=row, kind=kind, row=row, **dict(zip(_ENTRY, values, strict=True)))
        for row, *values in chosen
    ]
