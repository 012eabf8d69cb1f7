"""A value is unknown when it was last looked at longer ago than its fact stays fresh."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pyarrow.compute as pc

from yice.rules.model import Fact


def let_old_go(fact: Fact, values: pa.Array, looked_at: pa.Array, as_of: dt.date) -> tuple[pa.Array, int]:
    """The values without those too old on `as_of`, and how many those were.

    `looked_at` holds a day (date32) for each value; one without a day speaks of `as_of` itself.
    """
    if fact.fresh_for_days is None:
        return values, 0
    oldest = pa.scalar(as_of - dt.timedelta(days=fact.fresh_for_days), pa.date32())
    stale = pc.and_(pc.fill_null(pc.less(looked_at, oldest), False), pc.is_valid(values))
    count = int(pc.sum(stale).as_py() or 0)
    if not count:
        return values, 0
    if pa.types.is_dictionary(values.type):
        kept = pc.if_else(stale, pa.scalar(None, values.indices.type), values.indices)
        return pa.DictionaryArray.from_arrays(kept, values.dictionary), count
    return pc.if_else(stale, pa.scalar(None, values.type), values), count
