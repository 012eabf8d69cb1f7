"""From an upload to a delivery of standard fields: read, understand, normalise (`exchange.files`, `.columns`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from yice.accounts.services import is_demo
from yice.areas.models import Area
from yice.exchange.columns import Normalised, Places, Understanding, looks_like, normalise, understand
from yice.exchange.columns.results import RowProblem, in_column
from yice.exchange.files import Sheet, read
from yice.exchange.files.problems import in_sheet
from yice.exchange.imports import mapping as columns
from yice.exchange.imports.delivery import NOT_KEPT, Delivery, Refusal
from yice.exchange.imports.reasons import as_json
from yice.exchange.vocabulary.kinds import SPLIT
from yice.identifiers import citizen_id
from yice.loop.identify.enums import BatchKind
from yice.loop.identify.models import Batch
from yice.terms.errors import Problem, Problems
from yice.terms.messages import Message
from yice.terms.periods import Month

CHUNK = 8192  # rows
FIRST, MOST = 5, 30  # of what is odd: rows named, kinds told


def read_delivery(path: Path, batch: Batch) -> Delivery:
    """Read the batch's upload; Problems where it cannot be read or is not what the batch says it is."""
    book = read(path)
    kind = batch.source.removeprefix("list:")
    sheet, understood, mapping = _sheet(book.sheets, kind, batch)
    found = normalise(
        sheet,
        understood,
        as_of=batch.as_of,
        area=batch.area if batch.area[4:6] != "00" else None,
        places=_places(batch.area) if batch.area[4:6] != "00" else None,
        allow_test_range=is_demo(),
    )
    part = found.split().get(kind)
    if part is None:
        raise Problem(
            "sheet-other-kind",
            Message("表里没有一行是“{kind}”", kind=kind),
            fix=Message("请核对名单的种类"),
        )
    return of_table(
        part.table,
        _refusals(found, sheet, understood),
        mapping=mapping,
        month=found.month,
        by_household=found.by_household,
        notes=[str(note.code) for note in found.notes],
        odd=_odd(found),
        sheet=sheet,
    )


def of_table(
    table: pa.Table,
    refusals: Sequence[Refusal] = (),
    *,
    mapping: Mapping[str, Any] | None = None,
    month: Month | None = None,
    by_household: bool = False,
    notes: Sequence[str] = (),
    odd: Sequence[Mapping[str, Any]] = (),
    sheet: Sheet | None = None,
) -> Delivery:
    """A delivery of a table in memory; rows are numbered as in a file with one heading line if it has no `row`."""
    table = table.drop_columns([name for name in NOT_KEPT if name in table.column_names])
    if "row" not in table.column_names:
        table = table.append_column("row", pa.array(range(2, table.num_rows + 2), pa.int64()))

    def chunks() -> Iterator[pa.Table]:
        for batch in table.to_batches(max_chunksize=CHUNK):
            yield pa.Table.from_batches([batch])

    return Delivery(
        tuple(name for name in table.column_names if name != "row"),
        chunks(),
        table.num_rows,
        tuple(refusals),
        mapping or {},
        month,
        by_household,
        tuple(notes),
        tuple(odd),
        sheet,
    )


def _sheet(sheets: Sequence[Sheet], kind: str, batch: Batch) -> tuple[Sheet, Understanding, dict[str, Any]]:
    """The first sheet that has what the kind needs, and what its columns were taken for.

    If none has, what the first one lacks is said; its columns stay with the batch, to be chosen by hand.
    """
    month = Month.of(batch.month) if batch.kind == BatchKind.LIST and batch.month else None
    tried = []
    for sheet in sheets:
        corrected = columns.corrections(batch, sheet.headers)
        found = understand(sheet, file_name=batch.file_name, kind=kind, month=month, fields=corrected)
        mapping = columns.told(batch, sheet.headers, found, corrected)
        if not found.problems:
            # Whoever named its columns by hand has seen what the sheet is.
            looks = "" if corrected else _other_kind(sheet, kind, batch)
            return found.sheet or sheet, found, {**mapping, "looks_like": looks}
        tried.append((sheet, found, mapping))
    first, found, mapping = tried[0]
    batch.mapping = {**batch.mapping, **mapping}
    raise Problems(
        found.problems if len(sheets) == 1 else [in_sheet(one, first.name) for one in found.problems]
    )


def _other_kind(sheet: Sheet, kind: str, batch: Batch) -> str:
    """The kind a sheet clearly is, where that is another than the one it was brought as; else ""."""
    found = looks_like(sheet, batch.file_name)
    alike = kind in (found, *SPLIT.get(found, ())) or (
        kind.startswith("deaths") and found.startswith("deaths")
    )
    return "" if alike else found


def _places(area: str) -> Places:
    county = area[:6] + "000000"
    below = Area.objects.filter(code__gt=county, code__lt=f"{area[:6]}999999").values_list("code", "name")
    name = Area.objects.filter(code=county).values_list("name", flat=True).first() or ""
    return Places.of(county, name, below)


def _odd(found: Normalised) -> list[dict[str, Any]]:
    """What is odd about rows that are taken, the most frequent first: a problem, how many rows, the first of them."""
    rows: dict[tuple[str, str, str], list[RowProblem]] = {}
    for one in found.warnings:
        rows.setdefault((one.code, one.column, str(one.problem.what)), []).append(one)
    told = [
        {"why": as_json(in_column(same[0])), "rows": len(same), "lines": [one.row for one in same[:FIRST]]}
        for same in sorted(rows.values(), key=len, reverse=True)
    ]
    return [*({"why": as_json(note), "rows": 0, "lines": []} for note in found.notes), *told][:MOST]


def _refusals(found: Normalised, sheet: Sheet, understood: Understanding) -> list[Refusal]:
    """Several things wrong with one row become one refusal; whom the row names is told by its id or certificate."""
    refused = found.refused_rows
    if not refused:
        return []
    at = {line: place for place, line in enumerate(sheet.rows.tolist()) if line in refused}
    whose = [
        column
        for field in ("id_number", "certificate_number")
        for column, name in understood.mapping.items()
        if name == field
    ]
    demo = is_demo()

    def number(line: int) -> str | None:
        for column in whose:
            text = sheet.columns[column][at[line]].as_py() if line in at else None
            one = citizen_id.read(text[:18] if text else None, allow_test_range=demo)
            if one.usable:
                return one.text
        return None

    return [Refusal(line, problems[0].code, problems, number(line)) for line, problems in refused.items()]
