"""What a staged list says of whom: matched as its commit will match it, and counted in the same way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from yice.areas.models import Area
from yice.exchange.imports import counting
from yice.exchange.imports.compare import people_version
from yice.exchange.imports.matching import SAME, sure, unsure
from yice.exchange.imports.reasons import as_json
from yice.exchange.imports.staging.store import Store, insert, note, rows, run
from yice.loop.identify.models import Batch, ListEntry
from yice.loop.identify.pairing import doubts
from yice.loop.identify.pairing.carrying import Delivery
from yice.loop.identify.pairing.propose import foreseen
from yice.terms.errors import Problem

_ENTRY = ("name", "id_sealed", "id_index", "area", "beside_sealed")


def compare_list(store: Store, batch: Batch) -> dict[str, Any]:
    """Match the staged rows and count; the links themselves are made anew at commit."""
    assert batch.month is not None  # noqa: S101 - settled before comparing
    note(store, "version", people_version())
    if (held := counting.same_file(batch)) is not None:
        return counting.counts_of(batch, counting.kept(held.batch_id), held, held.rows)
    match_staged(store, batch)
    replaced = counting.same_month(batch)
    counts = counting.counts_of(
        batch, counting.staged(store), counting.earlier_of(batch), replaced.rows if replaced else 0
    )
    problem = _doubt(store, batch, counts["entries"])
    return {**counts, "suspicious": as_json(problem) if problem else None}


def _doubt(store: Store, batch: Batch, entries: int) -> Problem | None:
    """Whether the list looks like one that went wrong on its way, by some of its rows, evenly spread."""
    chosen = f"MOD(e.row, {max(1, entries // doubts.ROWS)}) = 0"
    return doubts.doubt(batch.area, _entries(store, batch, chosen))


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
    named = bool(rows(store, "SELECT 1 FROM {s}.entry WHERE name <> '' LIMIT 1"))

    def opened(keys: Sequence[int]) -> list[ListEntry]:
        some = [",".join(map(str, keys[at : at + 500])) for at in range(0, len(keys), 500)]
        found = [one for part in some for one in _entries(store, batch, f"e.row IN ({part})")]
        return sorted(found, key=lambda one: one.pk)

    taken = {
        int(person)
        for (person,) in rows(store, f"SELECT DISTINCT person_id FROM {{s}}.link WHERE state = '{SAME}'")
    }
    kind = batch.source.removeprefix("list:")
    found = foreseen(Delivery(kind, batch.area, named, dict(waiting), opened), taken)
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
