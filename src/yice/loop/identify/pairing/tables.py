"""The two sides as tables for the engine: opened only in memory, and only what the list can be compared by."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from yice.identifiers import sealing
from yice.loop.identify.models import ListEntry, Person
from yice.matching import COLUMNS

ENTRY = ("id", "name", "id_sealed", "id_index", "area", "beside_sealed", "kind", "row")
PERSON = ("id", "name", "id_sealed", "birth_date", "sex", "hukou", "address_sealed", "phone_sealed")


@dataclass(frozen=True)
class Given:
    """Which sealed values the rows of a list give at all; the register's others stay sealed."""

    number: bool
    phone: bool
    address: bool


def entry_row(entry: ListEntry) -> dict[str, str]:
    """One row of a list by `matching.COLUMNS`; an area that is only a county is no village. Birth date and sex are
    those the row wrote beside its number, if any: what the number says agrees with itself."""
    beside = json.loads(sealing.open_sealed("beside", entry.beside_sealed) or "{}")
    if entry.id_index is None:  # rows taken in before writings were kept apart
        beside = {f"{name}_written": beside.get(name, "") for name in ("birth_date", "sex")} | beside
    return {
        "row_id": str(entry.pk),
        "name": entry.name,
        "id_number": sealing.open_sealed("id_number", entry.id_sealed),
        "village": "" if entry.area.endswith("000000") else entry.area,
        **{name: str(beside.get(f"{name}_written", "")) for name in ("birth_date", "sex")},
        **{name: str(beside.get(name, "")) for name in ("phone", "address")},
    }


def person_row(person: Person, given: Given | None = None) -> dict[str, str]:
    """One person by `matching.COLUMNS`."""
    return {
        "row_id": str(person.pk),
        "name": person.name,
        "id_number": person.id_number if given is None or given.number else "",
        "birth_date": person.birth_date.isoformat() if person.birth_date else "",
        "sex": {"male": "男", "female": "女"}.get(person.sex, ""),
        "village": person.hukou,
        "address": person.address if given is None or given.address else "",
        "phone": person.phone if given is None or given.phone else "",
    }


def given_by(rows: Sequence[dict[str, str]]) -> Given:
    return Given(*(any(row[name] for row in rows) for name in ("id_number", "phone", "address")))


def table(rows: Iterable[dict[str, str]]) -> pa.Table:
    columns: dict[str, list[Any]] = {name: [] for name in COLUMNS}
    for row in rows:
        for name, column in columns.items():
            column.append(row.get(name, ""))
    return pa.table({name: pa.array(column, pa.string()) for name, column in columns.items()})
