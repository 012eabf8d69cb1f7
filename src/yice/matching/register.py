"""A register made ready once, for every list that is compared with it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from yice.matching.keys import Ints
from yice.matching.model import Model, published
from yice.matching.normalise import COLUMNS, Records, normalise, texts
from yice.matching.persons import persons


@dataclass(frozen=True)
class Register:
    """`person` numbers the rows by person; `digest` stands for what each row says, as written."""

    ids: pa.StringArray
    records: Records
    person: Ints
    digest: Ints


def prepare(
    table: pa.Table, ids: pa.StringArray, *, model: Model | None = None, allow_test_range: bool = False
) -> Register:
    """Normalise a register and find its duplicates. `ids` name its rows from month to month."""
    records = normalise(table, allow_test_range=allow_test_range)
    return Register(ids, records, persons(records, model or published()), digests(table))


def digests(table: pa.Table) -> Ints:
    """A number for each row's values as written, `row_id` left out; the same from month to month."""
    columns = [name for name in COLUMNS[1:] if name in table.column_names]
    if not columns or not table.num_rows:
        return np.zeros(table.num_rows, dtype=np.int64)
    # Every known column has its place, blank or absent alike: a list that gains an empty column has not changed.
    given = pa.table({name: texts(table, name) for name in columns})
    written = ", ".join(name if name in columns else "''" for name in COLUMNS[1:])
    import duckdb  # a fifth of a second, which a single comparison need not spend

    with duckdb.connect() as connection:
        connection.register("given", given)
        found = connection.sql(f"select hash({written}) as digest from given").to_arrow_table()  # noqa: S608
    return np.asarray(found["digest"].to_numpy()).view(np.int64)


def hashed_by() -> str:
    """Digests of the same row are the same only under one version of what makes them."""
    import duckdb

    return f"duckdb {duckdb.__version__}"
