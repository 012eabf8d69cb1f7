"""The facts of an area as they stood on a day: two Parquet files in one row order, values and sources."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq

from yice import shelf
from yice.policy import registry
from yice.policy.models import Snapshot
from yice.policy.provided import ID, KEY, Provided, Request
from yice.rules.files import packed
from yice.rules.model import Plan
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message

ROW_GROUP = 1_000_000
Progress = Callable[[str, int, int], None]  # stage, done, total (0: not known)


def silent(stage: str, done: int, total: int) -> None:
    """Nobody is watching."""


def build(
    *, plan: Plan, area: str, end: str, as_of: dt.date, progress: Progress = silent
) -> tuple[Snapshot, pa.Table]:
    """Write the snapshot of `area` (codes from `area` up to `end`) and give its row and its values.

    The files are put whole, the values last, so that a half-written one is never read.
    """
    parts = read(Request(plan, area, end, as_of), progress)
    values = joined([part.values for part in parts])
    sources = joined([part.sources for part in parts])
    lists = list({tuple(sorted(item.items())): item for part in parts for item in part.lists}.values())
    uuid = uuid4()
    folder = f"snapshots/{as_of.isoformat()}/{uuid.hex}"
    with shelf.scratch() as own:
        made = {"sources.parquet": sources, "values.parquet": packed.pack(values)}
        for name, table in made.items():
            pq.write_table(table, own / name, row_group_size=ROW_GROUP, compression="zstd")
        digest = _digest(own / "values.parquet")
        for name in made:
            shelf.put(f"{folder}/{name}", own / name)
    snapshot = Snapshot(
        uuid=uuid,
        area=area,
        as_of=as_of,
        path=folder,
        digest=digest,
        rows=values.num_rows,
        lists=lists,
        made_at=clock.now(),
    )
    return snapshot, values


def values(snapshot: Snapshot) -> pa.Table:
    """The values file again; Problem "snapshot-removed" once its time was over."""
    table = pq.read_table(_file(snapshot, "values.parquet"))
    return packed.plain_table(table)


def sources(snapshot: Snapshot) -> pa.Table:
    """The sources file, row for row beside the values; opened only to explain."""
    return pq.read_table(_file(snapshot, "sources.parquet"))


def require(snapshot: Snapshot) -> None:
    """Problem "snapshot-removed" once its time was over."""
    if not (snapshot.path and shelf.exists(f"{snapshot.path}/values.parquet")):
        raise _removed()


def _file(snapshot: Snapshot, name: str) -> Path:
    if snapshot.path:
        with suppress(FileNotFoundError):
            return shelf.path(f"{snapshot.path}/{name}")
    raise _removed()


def _removed() -> Problem:
    return Problem(
        "snapshot-removed",
        Message("那次筛查的快照已经不在，不能再看背后的名单。"),
        why=Message("快照过了保存期会清理；次数和结果仍在记录里。"),
        fix=Message("请看最近一次筛查，或重新筛查。"),
    )


def discard(snapshot: Snapshot) -> None:
    """Take its files away."""
    if snapshot.path:
        shelf.remove_folder(snapshot.path)


def people(*, plan: Plan, persons: list[int], as_of: dt.date) -> Provided:
    """The facts of a few persons right now, without a file."""
    parts = list(registry.provide(Request(plan, "", "", as_of, persons)))
    return Provided(joined([part.values for part in parts]), joined([part.sources for part in parts]), [])


def read(request: Request, progress: Progress = silent) -> list[Provided]:
    """The facts of an area as they stand, stretch by stretch."""
    parts: list[Provided] = []
    rows = 0
    for part in registry.provide(request):
        parts.append(part)
        rows += part.values.num_rows
        progress("snapshot", rows, 0)
    return parts


def joined(tables: list[pa.Table]) -> pa.Table:
    """The stretches as one table; an empty one with its keys where nobody is."""
    if not tables:
        return pa.table({KEY: pa.array([], pa.int64()), ID: pa.array([], pa.string())})
    whole = pa.concat_tables(tables, promote_options="permissive")
    return whole.unify_dictionaries().combine_chunks()


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
