"""Rows of two lists, and what a comparison says of them. Nobody bears these names with these numbers."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from yice.identifiers.citizen_id import check_digit
from yice.matching import COMPARISONS, REASONS, Decision, Pairs, Reason, compare
from yice.matching.model import LEVELS

Row = dict[str, str]
WAIHAI, WAIHAI_TOO, LILE, FAR = "440704004201", "440704004205", "440704005201", "110199001201"


def number(seventeen: str) -> str:
    """A valid number from its first seventeen figures."""
    return seventeen + check_digit(seventeen)


WANG = {"name": "王秀英", "id_number": number("44079919620315724"), "birth_date": "1962-03-15", "sex": "女", "village": WAIHAI, "phone": "11100000001"}  # fmt: skip
CHEN = {"name": "陈桂英", "id_number": number("44079919581102352"), "birth_date": "1958-11-02", "sex": "女", "village": LILE, "phone": "11100000002"}  # fmt: skip
# Twins: one birthday, one house, one phone, neighbouring numbers.
DA = {"name": "周大山", "id_number": number("44079919880704331"), "birth_date": "1988-07-04", "sex": "男", "village": WAIHAI, "phone": "11100000003", "address": "外海街道东村2组14号"}  # fmt: skip
XIAO = DA | {"name": "周小山", "id_number": number("44079919880704333")}


def without(row: Row, *columns: str) -> Row:
    return {name: value for name, value in row.items() if name not in columns}


def table(*rows: Row) -> pa.Table:
    columns = sorted({name for row in rows for name in row} | {"name"})
    return pa.table({name: pa.array([row.get(name, "") for row in rows], pa.string()) for name in columns})


REGISTRY = table(WANG, CHEN, DA)


def match(registry: pa.Table, *rows: Row, **options: Any) -> Pairs:
    return compare(registry, table(*rows), allow_test_range=True, **options)


def told(found: Pairs) -> list[tuple[int, int, str, str]]:
    """(registry row, list row, decision, reason) of each pair."""
    return [
        (int(ours), int(theirs), Decision(decision).name.lower(), REASONS[Reason(int(reason))][0])
        for ours, theirs, decision, reason in zip(
            found.registry_row, found.list_row, found.decision, found.reason, strict=True
        )
    ]


def levels(found: Pairs, at: int = 0) -> dict[str, str | None]:
    return {
        name: LEVELS[name][code - 1] if code else None
        for name, code in zip(COMPARISONS, found.levels[at].tolist(), strict=True)
    }
