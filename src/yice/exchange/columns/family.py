"""Heads of households, members, and what a list by household leaves unsaid."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yice.exchange.columns.draft import Draft, given
from yice.exchange.columns.identity import clean
from yice.identifiers import bulk
from yice.terms.errors import Problem
from yice.terms.messages import Message

_HOUSEHOLD = ("household_number", "head_name", "head_id")


def heads_first(draft: Draft) -> None:
    """Where only heads are named they are the persons; where a head stands only on its first row, fill down."""
    if draft.kind == "registry":
        return
    if draft.has("name") and any(draft.has(field) for field in _HOUSEHOLD):
        _fill_down(draft)
    alone = ~given(draft.text("name")) & given(draft.text("head_name"))
    if draft.has("head_name") and alone.any():
        use = pa.array(alone)
        for field, other in (("name", "head_name"), ("id_number", "head_id")):
            draft.put_text(
                field, pc.if_else(use, pc.coalesce(draft.text(field), draft.text(other)), draft.text(field))
            )


def _fill_down(draft: Draft) -> None:
    filled = 0
    for field in _HOUSEHOLD:
        if not draft.has(field):
            continue
        texts = draft.text(field)
        gaps = ~given(texts) & given(draft.text("name"))
        if not gaps.any() or gaps.mean() < 0.05 or not draft.has("relation"):
            continue
        draft.put_text(field, pc.fill_null_forward(texts))
        filled = max(filled, int(gaps.sum()))
    if filled:
        draft.notes.append(
            Problem(
                "household-filled-down",
                Message("有 {count} 行没有写户主，按上一行的户主归户。", count=filled),
                fix=Message("请核对同一户的成员是否连在一起。"),
            )
        )


def read(draft: Draft) -> None:
    """Put head_id as a sound number."""
    for field in ("head_id", "payee_id"):
        if draft.has(field):
            found = bulk.citizen_ids(clean(draft.text(field)), allow_test_range=draft.allow_test_range)
            draft.columns[field] = pc.if_else(
                pa.array(found.usable), found.text, pa.scalar(None, pa.string())
            )
    for field in ("head_name", "household_number"):
        if draft.has(field):
            draft.columns[field] = draft.text(field)


def by_household(draft: Draft, table: pa.Table) -> bool:
    """Whether a list covers more people than it names: then not being named says nothing."""
    size = next((name for name in ("covered_people", "household_size") if name in table.column_names), None)
    if size is None or draft.kind not in ("subsistence", "low_income"):
        return False
    key = next(
        (name for name in ("household_number", "head_id", "head_name") if name in table.column_names), None
    )
    people = pc.fill_null(table[size], 1).to_numpy()
    if key is None:
        covered = int(people.sum())
    else:
        keys = pc.fill_null(table[key], "").combine_chunks().dictionary_encode().indices.to_numpy()
        biggest = np.zeros(int(keys.max(initial=-1)) + 1, dtype=np.int64)
        np.maximum.at(biggest, keys, people)
        covered = int(biggest.sum())
    short = covered - table.num_rows
    if short * 50 <= covered:  # two in a hundred: slips of counting
        return False
    draft.notes.append(
        Problem(
            "list-by-household",
            Message(
                "名单写明保障 {covered} 人，只列出了 {named} 人的姓名。",
                covered=covered,
                named=table.num_rows,
            ),
            why=Message("没有列名的家庭成员可能也在保障之内，不能因为名单上没有就当作没有。"),
            fix=Message("请索取带全部家庭成员的名单。"),
        )
    )
    return True
