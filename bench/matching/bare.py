"""The least a comparison can do: join two files by the number as it is written. What ours is held against.

.venv/bin/python -m bench.matching.bare REGISTRY LIST PAIRS
"""

from __future__ import annotations

import sys

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq


def main() -> int:
    registry, list_, out = sys.argv[1:4]
    theirs, ours = _numbers(list_, "list_row"), _numbers(registry, "registry_row")
    joined = theirs.join(ours, "id", join_type="inner")
    pq.write_table(joined.select(["registry_row", "list_row"]), out)
    return 0


def _numbers(path: str, row: str) -> pa.Table:
    """What may be a number: fifteen characters or more, so not 1.10105E+17, which would join everybody with everybody."""
    table = pq.read_table(path, columns=["row_id", "id_number"]).rename_columns([row, "id"])
    return table.filter(pc.greater_equal(pc.utf8_length(table["id"]), 15))


if __name__ == "__main__":
    raise SystemExit(main())
