"""The least a comparison can do: join two files by the number as it is written. What ours is held against.

.venv/bin/python -m bench.matching.bare REGISTRY LIST PAIRS
"""

from __future__ import annotations

import sys

import pyarrow.parquet as pq


def main() -> int:
    registry, list_, out = sys.argv[1:4]
    ours = pq.read_table(registry, columns=["row_id", "id_number"]).rename_columns(["registry_row", "id"])
    theirs = pq.read_table(list_, columns=["row_id", "id_number"]).rename_columns(["list_row", "id"])
    joined = theirs.join(ours, "id", join_type="inner")
    pq.write_table(
        joined.filter(joined["id"].combine_chunks().is_valid()).select(["registry_row", "list_row"]), out
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
