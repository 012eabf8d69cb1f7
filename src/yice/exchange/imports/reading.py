"""From an upload to a delivery of standard fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pcsv

from yice.exchange.imports.delivery import STANDARD, TYPED, Delivery, Refusal

CHUNK = 8192  # rows


def read_delivery(path: Path, kind: str, mapping: Mapping[str, Any]) -> Delivery:
    """Read a file of `kind` (registry, households or a list's kind)."""
    texts = {name: pa.string() for name in (*STANDARD, *TYPED) if name not in ("row", "amount_fen")}
    table = pcsv.read_csv(
        path, convert_options=pcsv.ConvertOptions(column_types=texts, strings_can_be_null=True)
    )
    return of_table(table)


def of_table(
    table: pa.Table, refusals: list[Refusal] | None = None, mapping: Mapping[str, Any] | None = None
) -> Delivery:
    """A delivery of a table in memory; rows are numbered as in a file with one heading line if it has no `row`."""
    if "row" not in table.column_names:
        table = table.append_column("row", pa.array(range(2, table.num_rows + 2), pa.int64()))

    def chunks() -> Iterator[tuple[pa.Table, list[Refusal]]]:
        waiting = refusals or []
        for batch in table.to_batches(max_chunksize=CHUNK):
            yield pa.Table.from_batches([batch]), waiting
            waiting = []
        if waiting:
            yield table.slice(0, 0), waiting

    read = table.num_rows + len(refusals or [])
    return Delivery(
        tuple(name for name in table.column_names if name != "row"), chunks(), read, mapping or {}
    )
