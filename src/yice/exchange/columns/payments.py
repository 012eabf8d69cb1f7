"""Payrolls: sums, months, kinds of payment, both subsidies in one row, rows that were not paid."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yice.exchange.columns import sentences as say
from yice.exchange.columns.draft import Draft, given, mask
from yice.terms.errors import Problem
from yice.terms.messages import Message

PAYROLLS = ("living_subsidy", "nursing_subsidy", "two_subsidies")
_WIDE = (("amount_living", "living_subsidy"), ("amount_nursing", "nursing_subsidy"))


def read(draft: Draft) -> None:
    """Put month and pay_kind for every row of a payroll; refuse rows without a sum."""
    month = draft.understanding.month
    first = pa.scalar(month.first if month else None, pa.date32())
    written = draft.columns.get("month")
    draft.columns["month"] = (
        pc.fill_null(written, first)
        if written is not None and month
        else written
        if written is not None
        else pa.array([first.as_py()] * draft.count, pa.date32())
    )
    if draft.kind not in PAYROLLS:
        return
    if "pay_kind" in draft.columns:
        draft.columns["pay_kind"] = pc.fill_null(draft.columns["pay_kind"], "regular")
    else:
        draft.columns["pay_kind"] = pa.array(["regular"] * draft.count, pa.string())
    if draft.has("amount_fen"):
        negative = mask(pc.less(draft.columns["amount_fen"], 0))
        if negative.any():
            draft.columns["pay_kind"] = pc.if_else(pa.array(negative), "recovery", draft.columns["pay_kind"])
        # A row without a sum is refused unless the sums stand elsewhere or it says that nothing was paid.
        unread = {refusal.row for refusal in draft.refusals if refusal.problem.field == "amount_fen"}
        blank = ~given(draft.text("amount_fen")) & ~np.isin(draft.sheet.rows, list(unread))
        if "pay_state" in draft.columns:
            blank &= ~mask(pc.equal(draft.columns["pay_state"], "stopped"))
        if not any(draft.has(field) for field, _ in _WIDE):
            draft.refuse(blank, "amount_fen", say.AMOUNT_MISSING)
    _twice(draft)


def _twice(draft: Draft) -> None:
    """The same person, month and subsidy regularly paid twice: kept, and said."""
    if "amount_fen" not in draft.columns:
        return
    keys = [
        pc.fill_null(pc.cast(draft.columns[name], pa.string()), "")
        for name in ("id_number", "month", "benefit")
        if name in draft.columns
    ]
    together = pc.binary_join_element_wise(*keys, "|").dictionary_encode().indices.to_numpy()
    regular = (
        mask(pc.equal(draft.columns["pay_kind"], "regular"))
        & given(draft.columns["id_number"])
        & ~draft.refused
    )
    counts = np.bincount(together[regular], minlength=int(together.max(initial=0)) + 1)
    draft.warn(regular & (counts[together] > 1), "id_number", say.PAID_TWICE)


def left_out(draft: Draft, table: pa.Table) -> pa.Table:
    """Without rows that say they were not paid; both subsidies of one row as two rows."""
    if "pay_state" in table.column_names:
        stopped = pc.fill_null(pc.equal(table["pay_state"], "stopped"), False)
        count = pc.sum(stopped).as_py() or 0
        if count:
            draft.notes.append(
                Problem("rows-stopped", Message("有 {count} 行注明已停发或未发成，不算领取。", count=count))
            )
            table = table.filter(pc.invert(stopped))
        table = table.drop_columns(["pay_state"])
    wide = [(field, benefit) for field, benefit in _WIDE if field in table.column_names]
    if not wide:
        return table
    if draft.kind != "two_subsidies":
        return table.drop_columns([field for field, _ in wide])
    kept = table.drop_columns(
        [
            name
            for name in ("amount_fen", "benefit", *(field for field, _ in wide))
            if name in table.column_names
        ]
    )
    pieces = []
    for field, benefit in wide:
        paid = pc.fill_null(pc.greater(table[field], 0), False)
        piece = kept.append_column("amount_fen", table[field])
        piece = piece.append_column("benefit", pa.array([benefit] * table.num_rows, pa.string()))
        pieces.append(piece.filter(paid))
    return pa.concat_tables(pieces)
