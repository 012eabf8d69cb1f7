"""The same person twice in a register: the row in force stays."""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc

from yice.exchange.columns import sentences as say
from yice.exchange.columns.draft import Draft, blank_where, given

_RANK = {"valid": 0, None: 1, "frozen": 2, "expired": 3, "cancelled": 4, "none": 5}


def of_persons(draft: Draft) -> None:
    """Keep one row of each id: the valid certificate, then the later one; equal ones leave the fact unknown."""
    ids = draft.columns["id_number"]
    codes = pc.fill_null(ids.dictionary_encode().indices, -1).to_numpy(zero_copy_only=False)
    standing = given(ids) & ~draft.refused
    counts = np.bincount(codes[standing], minlength=int(codes.max(initial=0)) + 1)
    again = standing & (counts[np.maximum(codes, 0)] > 1)
    if not again.any():
        return
    same, other, superseded = (np.zeros(draft.count, dtype=np.bool_) for _ in range(3))
    open_fields = {field: np.zeros(draft.count, dtype=np.bool_) for field in ("category", "grade", "parts")}
    by_person: dict[int, list[int]] = {}
    for at in np.flatnonzero(again).tolist():
        by_person.setdefault(int(codes[at]), []).append(at)
    status = draft.columns.get("certificate_status")
    issued = draft.columns.get("issued_on")
    texts = [
        column
        for column, name in zip(draft.sheet.columns, draft.sheet.headers, strict=True)
        if not _serial(name)
    ]
    for rows in by_person.values():

        def rank(at: int) -> tuple[int, int]:
            when = issued[at].as_py() if issued is not None else None
            return _RANK.get(status[at].as_py() if status is not None else None, 1), -(
                when.toordinal() if when else 0
            )

        ordered = sorted(rows, key=lambda at: (rank(at), at))
        kept = ordered[0]
        for at in ordered[1:]:
            if all(column[at].as_py() == column[kept].as_py() for column in texts):
                same[at] = True
            elif rank(at) > rank(kept):
                superseded[at] = True
            else:
                other[at] = True
                for field, rows_open in open_fields.items():
                    if field in draft.columns:
                        rows_open[kept] |= (
                            draft.columns[field][at].as_py() != draft.columns[field][kept].as_py()
                        )
    draft.refuse(same, "", say.SAME_ROW)
    draft.refuse(other, "", say.SAME_PERSON)
    draft.refuse(superseded, "", say.SUPERSEDED)
    for field, rows_open in open_fields.items():
        if field in draft.columns:
            draft.columns[field] = blank_where(draft.columns[field], rows_open)


def _serial(heading: str) -> bool:
    return heading in ("序号", "编号", "")
