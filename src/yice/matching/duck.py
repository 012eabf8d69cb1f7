"""`yice match --engine duckdb`: rows of one key meet in DuckDB, which puts on disk what does not fit its memory.

The passes are the same (`passes.joining`): their keys go into two tables, the pairs come back in parts and are judged as
they come, so that no more than a part of them is ever held.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

import duckdb
import numpy as np
import pyarrow as pa

from yice.matching.both import Meet
from yice.matching.keys import Ints
from yice.matching.passes.joining import Join

MEMORY = "4GB"  # that DuckDB may hold before it writes to disk
PART = 1_000_000  # pairs judged at once
_MANY = """CREATE TEMP TABLE many AS SELECT * FROM
    (SELECT number, key, count(*) AS n FROM ours GROUP BY ALL) JOIN
    (SELECT number, key, count(*) AS m FROM theirs GROUP BY ALL) USING (number, key) WHERE n * m > ?"""


@contextmanager
def meeting(memory: str = MEMORY) -> Iterator[Meet]:
    """What `compare` takes as `meet`. What is put on disk is readable to its owner alone and goes at the end."""
    with (
        TemporaryDirectory(prefix="yice-match-") as folder,
        duckdb.connect(config={"memory_limit": memory, "temp_directory": folder}) as database,
    ):
        database.execute("SET preserve_insertion_order = false")

        def meet(
            joins: Iterable[tuple[Join, Join]], limit: int | None, alone: bool
        ) -> Iterator[tuple[Ints, Ints]]:
            for side in ("ours", "theirs"):
                database.execute(
                    f"CREATE OR REPLACE TEMP TABLE {side} (number UTINYINT, key BIGINT, place UINTEGER)"
                )
            several = 0
            for several, (one, other) in enumerate(joins, start=1):
                _send(database, "ours", several, one)
                _send(database, "theirs", several, other)
            found = database.sql(_pairs(database, limit, alone=alone, several=several > 1))
            for part in found.to_arrow_reader(PART):
                left, right = (np.asarray(column, dtype=np.int64) for column in part.columns)
                yield left, right

        yield meet


def _send(database: duckdb.DuckDBPyConnection, side: str, number: int, join: Join) -> None:
    rows, make = join
    keys = make() if rows is None or len(rows) else np.zeros(0, dtype=np.int64)
    known = np.flatnonzero(keys)
    sent = pa.table({"key": keys[known], "place": known if rows is None else rows[known]})
    database.register("sent", sent)
    database.execute(f"INSERT INTO {side} SELECT {number}, key, place FROM sent")  # noqa: S608 - a table of our own
    database.unregister("sent")


def _pairs(database: duckdb.DuckDBPyConnection, limit: int | None, *, alone: bool, several: bool) -> str:
    few = ""
    if limit is not None:
        database.execute("DROP TABLE IF EXISTS many")
        database.execute(_MANY, [limit])
        few = "ANTI JOIN many USING (number, key)"
    each = "DISTINCT" if several else ""
    later = "WHERE o.place < t.place" if alone else ""
    return (
        f"SELECT {each} o.place, t.place FROM (FROM ours {few}) o JOIN theirs t USING (number, key) {later}"  # noqa: S608
    )
