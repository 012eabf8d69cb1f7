"""Refused rows go back as the same workbook with a reason column, in a file of its own, kept for a while."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from yice import shelf
from yice.exchange.files import Sheet, refused_workbook
from yice.exchange.imports.reasons import from_json
from yice.exchange.imports.staging.store import Store, rows
from yice.loop.identify.models import Batch
from yice.terms.errors import Problem

KEPT_DAYS = 30  # it holds full numbers: long enough to be mended, no longer


def name_of(batch: Batch) -> str:
    return f"refused/{batch.uuid.hex}.xlsx"


def _kept(batch: Batch) -> str:
    return f"refused/{batch.uuid.hex}.parquet"


def there(batch: Batch) -> bool:
    """Whether the workbook was written and is still kept."""
    return shelf.exists(name_of(batch))


def keep(batch: Batch, sheet: Sheet, lines: Sequence[int]) -> None:
    """Keep the refused rows as they were sent, beside the upload, until the workbook is written."""
    shelf.remove(name_of(batch))
    at = np.flatnonzero(np.isin(sheet.rows, np.array(lines, dtype=sheet.rows.dtype)))
    table = sheet.as_table().take(pa.array(at)).append_column("row", pa.array(sheet.rows[at]))
    told = {b"name": sheet.name.encode(), b"headers": json.dumps(sheet.headers, ensure_ascii=False).encode()}
    with shelf.scratch() as own:
        pq.write_table(table.replace_schema_metadata(told), own / "rows")
        shelf.put(_kept(batch), own / "rows")


def ensure(store: Store, batch: Batch) -> str | None:
    """The workbook's name, written now if it is not there and still can be; None where nothing was refused."""
    name, kept = name_of(batch), _kept(batch)
    if not batch.counts.get("refused"):
        shelf.remove(kept)
        return None
    if shelf.exists(name):
        return name
    if not (shelf.exists(kept) and store.exists()):
        return None
    store.attach()
    try:
        found = rows(store, "SELECT line, why FROM {s}.refused ORDER BY line")
    finally:
        store.detach()
    why: dict[int, list[Problem]] = {}
    for line, problems in found:
        told = json.loads(problems) if isinstance(problems, str) else problems
        why.setdefault(int(line), []).extend(from_json(one) for one in told)
    with shelf.scratch() as own, shelf.passing(kept) as held:
        book = own / Path(name).name
        refused_workbook(book, why, book, sheets=[_sheet(held)])
        shelf.put(name, book)
    shelf.remove(kept)
    return name


def _sheet(kept: Path) -> Sheet:
    table = pq.read_table(kept)
    told = table.schema.metadata
    columns = [table.column(name).combine_chunks() for name in table.column_names if name != "row"]
    numbers = table.column("row").to_numpy().astype(np.int32)
    return Sheet(told[b"name"].decode(), None, json.loads(told[b"headers"]), columns, numbers)


def sweep() -> None:
    """Delete workbooks older than KEPT_DAYS."""
    oldest = time.time() - KEPT_DAYS * 86400
    for one in shelf.names("refused"):
        if one.at < oldest:
            shelf.remove(one.name)
