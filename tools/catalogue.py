"""Write docs/catalogue/duties.csv from a requirements catalogue: `python -m tools.catalogue REQUIREMENTS.yaml`.

Only ids, priorities, kinds, systems and clauses: the documents themselves are cited, not copied.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
DUTIES = ROOT / "docs/catalogue/duties.csv"
COLUMNS = ("id", "priority", "kind", "system", "clause")


def main() -> int:
    with Path(sys.argv[1]).open(encoding="utf-8") as stream:
        every = yaml.safe_load(stream)["requirements"]
    with DUTIES.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows([one[name] for name in COLUMNS] for one in every)
    print(f"{len(every)} duties")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
