"""Members written beside their head (成员1姓名, 成员1身份证号, 成员2姓名…) become rows of their own."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pyarrow as pa

from yice.exchange.columns.draft import given
from yice.exchange.files.workbook import Sheet
from yice.exchange.vocabulary import field_of, fold_heading
from yice.terms.errors import Problem
from yice.terms.messages import Message

_MEMBER = re.compile(r"^(?:家庭|共同生活)?成员([0-9]{1,2}|[一二三四五六七八九十])(.+)$")
_HOUSEHOLD = {
    "head_name", "head_id", "household_number", "household_size", "covered_people", "hukou", "hukou_county",
    "hukou_township", "hukou_village", "address", "month", "since",
}  # fmt: skip


def unfold(sheet: Sheet) -> Sheet:
    """A row for the head and one for each member named; the household's own columns go with each."""
    beside: dict[str, dict[str, int]] = {}
    for at, heading in enumerate(sheet.headers):
        match = _MEMBER.match(fold_heading(heading))
        field = field_of(match[2]) if match else None
        if (
            match
            and field is not None
            and field.name in ("name", "id_number", "relation", "sex", "certificate_number")
        ):
            beside.setdefault(match[1], {}).setdefault(field.name, at)
    blocks = [block for block in beside.values() if "name" in block]
    own = {field.name: at for at, heading in enumerate(sheet.headers) if (field := field_of(heading))}
    if not blocks or "head_name" not in own:
        return sheet
    inside = {at for block in blocks for at in block.values()}
    kept = [at for at in range(len(sheet.headers)) if at not in inside]
    shared = {at for at in kept if (field := field_of(sheet.headers[at])) and field.name in _HOUSEHOLD}
    pieces = [_heads(sheet, kept, own)]
    for block in blocks:
        rows = np.flatnonzero(given(sheet.columns[block["name"]]))
        take = pa.array(rows)
        empty = pa.nulls(len(rows), pa.string())
        columns = [sheet.columns[at].take(take) if at in shared else empty for at in kept]
        columns += [sheet.columns[block[name]].take(take) if name in block else empty for name in _ADDED]
        pieces.append((columns, sheet.rows[rows]))
    numbers = np.concatenate([rows for _, rows in pieces])
    order = np.argsort(numbers, kind="stable")
    columns = [
        pa.concat_arrays([columns[at] for columns, _ in pieces]).take(pa.array(order))
        for at in range(len(kept) + len(_ADDED))
    ]
    members = len(numbers) - len(sheet)
    note = Problem(
        "members-unfolded",
        Message(
            "每户的成员写在同一行，已拆开：{heads} 户，另有成员 {members} 人。",
            heads=len(sheet),
            members=members,
        ),
    )
    return replace(
        sheet,
        headers=[sheet.headers[at] for at in kept] + list(_ADDED.values()),
        columns=columns,
        rows=numbers[order].astype(np.int32),
        warnings=[*sheet.warnings, note],
    )


_ADDED = {
    "name": "成员姓名", "id_number": "成员身份证号", "relation": "与户主关系", "sex": "性别", "certificate_number": "残疾人证号",
}  # fmt: skip


def _heads(sheet: Sheet, kept: list[int], own: dict[str, int]) -> tuple[list[pa.StringArray], np.ndarray]:
    count = len(sheet)
    empty = pa.nulls(count, pa.string())
    added = {
        "name": sheet.columns[own["head_name"]],
        "id_number": sheet.columns[own["head_id"]] if "head_id" in own else empty,
        "relation": pa.array(["户主"] * count, pa.string()),
    }
    return [sheet.columns[at] for at in kept] + [added.get(name, empty) for name in _ADDED], sheet.rows
