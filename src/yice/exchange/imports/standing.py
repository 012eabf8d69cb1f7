"""Rows of a list that say what a row of the delivery before said: known again as they are read, they stand as kept.

Nothing of such a row is sealed, staged, compared or written; its entry, link and pairs hold for this month too. A row is
known by a keyed digest over everything that was read of it. What must be looked at again (`carrying.restless`) is
taken as if it were new, and so is everything where less than half of the delivery before stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from yice.accounts.services import is_demo
from yice.exchange.imports.chunks import Chunk, row_digests
from yice.exchange.imports.prepare_lists import KEEPS, of_its_own
from yice.exchange.imports.staging.store import Store, rows
from yice.loop.identify.known import NONE, ROW, Known, unpacked
from yice.loop.identify.models import Batch, ListReceipt
from yice.loop.identify.pairing.carrying import restless, stamp

Ints = npt.NDArray[np.int64]
SAID = "said"  # the column of a chunk that holds the digests


@dataclass(frozen=True)
class Recognised:
    chunks: list[pa.Table]  # rows to be prepared, each with its digest
    source: int | None  # the receipt of which rows stand
    stands: Known
    ended: Ints  # its rows that are not in this delivery as they were


def recognise(chunks: Sequence[pa.Table], batch: Batch, apart: set[int] | None = None) -> Recognised:
    """Part a delivery into what stands and what must be prepared. `apart`: entries that are not to stand; None: nothing is."""
    context = f"{KEEPS} {batch.area} {is_demo()}"
    month = batch.month.isoformat() if batch.month else ""
    said = [_digests(chunk, context, month) for chunk in chunks]
    new = Recognised(
        [_with(chunk, one) for chunk, one in zip(chunks, said, strict=True)], None, NONE, NONE["key"]
    )
    source = _source(batch)
    if source is None or apart is None:
        return new
    known = unpacked(source.known)
    quiet = known[~np.isin(known["key"], [*restless(source), *apart])]
    once = quiet[np.unique(quiet["said"], return_index=True)[1]]
    found, others = [], []
    used = np.zeros(len(once), dtype=np.bool_)
    for chunk, one in zip(chunks, said, strict=True):
        at, place = _met(once["said"], one, used)
        lines = chunk["row"].to_numpy()
        stands = once[place].copy()
        stands["line"] = lines[at]
        found.append(stands)
        rest = np.ones(len(one), dtype=np.bool_)
        rest[at] = False
        others.append(_with(chunk, one).filter(pa.array(rest)))
    standing = np.concatenate([NONE, *found])
    if 2 * len(standing) < len(known) or not len(standing):
        return new
    ended = np.setdiff1d(known["key"], standing["key"])
    return Recognised(others, source.pk, standing, ended)


def _source(batch: Batch) -> ListReceipt | None:
    """The delivery before, where its rows are compared with the register as it is."""
    kind = batch.source.removeprefix("list:")
    found = ListReceipt.objects.defer(None).filter(kind=kind, area=batch.area).order_by("-pk").first()
    fits = found is not None and found.known and found.compared_by == stamp() and found.emptied_on is None
    return found if fits else None


def _digests(chunk: pa.Table, context: str, month: str) -> npt.NDArray[np.bytes_]:
    read = Chunk(chunk)
    columns = {name: read.array(name) for name in chunk.column_names if name != "row"}
    columns["month"] = of_its_own(read, month)
    columns[f"({context})"] = pa.nulls(read.size, pa.string())
    return np.array(row_digests(columns), dtype="S16")


def _met(
    known: npt.NDArray[np.bytes_], said: npt.NDArray[np.bytes_], used: npt.NDArray[np.bool_]
) -> tuple[Ints, Ints]:
    """Positions in a chunk of rows that are known, and where; each known row is met once in a delivery (`used`)."""
    if not len(known):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    place = np.minimum(np.searchsorted(known, said), len(known) - 1)
    at = np.flatnonzero((known[place] == said) & ~used[place])
    at = at[np.unique(place[at], return_index=True)[1]]
    used[place[at]] = True
    return at, place[at]


def _with(chunk: pa.Table, said: npt.NDArray[np.bytes_]) -> pa.Table:
    return chunk.append_column(SAID, pa.array(said.tolist(), pa.binary()))


def keep(store: Store, found: Recognised) -> None:
    """Beside the staged rows, what stands and what has ended; while the tables are loaded."""
    store.load("standing", [(found.source or 0, found.stands.tobytes())])
    if len(found.ended):
        store.load("ended", [(key,) for key in found.ended.tolist()])


def kept(store: Store) -> tuple[ListReceipt | None, Known]:
    """The delivery of which rows stand in a staged one, and these."""
    (source, packed), *_ = rows(store, "SELECT source, packed FROM {s}.standing")
    receipt = ListReceipt.objects.filter(pk=source).first() if source else None
    return receipt, unpacked(packed)


def lines(store: Store) -> int:
    """How many lines of the file name somebody: one may name several, some of whom stand."""
    staged = [line for (line,) in rows(store, "SELECT DISTINCT line FROM {s}.entry")]
    return len(np.union1d(kept(store)[1]["line"], np.array(staged, dtype=np.int64)))


def know(receipt: ListReceipt, store: Store, stands: Known) -> None:
    """Keep how the next delivery knows this one's rows again: those that stand and those that came."""
    came = rows(store, "SELECT e.said, e.line, e.health FROM {s}.entry e ORDER BY e.row")
    made = np.zeros(len(came), dtype=ROW)
    made["key"] = list(
        receipt.entries.filter(batch=receipt.batch_id).order_by("pk").values_list("pk", flat=True)
    )
    for at, name in enumerate(("said", "line", "health")):
        made[name] = [bytes(row[at]) if name == "said" else row[at] for row in came]
    receipt.known = np.sort(np.concatenate([stands, made]), order="said").tobytes()
    receipt.save(update_fields=["known"])
    ListReceipt.objects.filter(kind=receipt.kind, area=receipt.area, pk__lt=receipt.pk).update(known=None)
