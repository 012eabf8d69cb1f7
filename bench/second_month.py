"""What a list's next month costs, from the file to its links: the first month, then none, 1%, 10% and all of it changed.

    .venv/bin/python -m bench.second_month [--people N] [--database sqlite|postgresql|both]

A register of N people and a list of twice as many rows, two thirds of people who are not on the register, a few of the
others without a number or with a wrong one. Rows compared and pairs weighed are those of preview and commit together.
Processor seconds of this process, its helpers and the database's server. The fixed part is what a list of a hundred
rows costs beside the same register when nothing of it changed.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.imports import AREA, DAY, Watch, settle

KIND, SMALL = "subsistence", "extreme_hardship"
MONTHS = (
    (dt.date(2020, 2, 1), 1.0),
    (dt.date(2020, 3, 1), 0.0),
    (dt.date(2020, 4, 1), 0.01),
    (dt.date(2020, 5, 1), 0.1),
    (dt.date(2020, 6, 1), 1.0),
)
STAGES = {
    "读取文件": "reading", "读取并封存": "reading", "比对": "preview", "写入名单": "writing", "与在册人员比对": "linking",
}  # fmt: skip
COLUMNS = ("reading", "preview", "writing", "linking", "other")
Row = dict[str, str]


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--people", type=int, default=20_000)
    options.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="sqlite")
    options.add_argument("--inside", type=Path, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.inside:
        return inside(chosen.inside, chosen.people)
    with tempfile.TemporaryDirectory(prefix="yice-bench-") as folder:
        code = 0
        if chosen.database in ("sqlite", "both"):
            code |= measured("sqlite", "", Path(folder), chosen.people)
        if chosen.database in ("postgresql", "both"):
            from tools.postgres import cluster

            with cluster(durable=True) as address:
                code |= measured("postgresql", address, Path(folder), chosen.people)
    return code


def measured(name: str, address: str, folder: Path, people: int) -> int:
    """One database, in a process of its own."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("YICE_")} | {
        "YICE_VAR": str(folder / name),
        "YICE_DATABASE": address,
        "YICE_TODAY": DAY.isoformat(),
        "DJANGO_SETTINGS_MODULE": "yice.config.settings",
    }
    print(f"  {name}; load {os.getloadavg()[0]:.1f}", flush=True)
    inner = [sys.executable, "-m", "bench.second_month", "--inside", str(folder), "--people", str(people)]
    return subprocess.run(inner, env=environment, check=False).returncode


def inside(folder: Path, people: int) -> int:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    actor = settle()
    ours, others = made(folder / "ours", people, 7), made(folder / "others", -(-people * 4 // 3), 8)
    bring(actor, next((folder / "ours").rglob("registry*.csv")), "registry", None)
    rows = listed(ours[: people * 2 // 3], others)
    counted = counting()
    print(f"  a list of {len(rows):,} beside {people:,} registered; CPU-s")
    print(
        f"  {'':<16}{'rows compared':>14}{'pairs weighed':>14}{'all':>8}", *(f"{one:>9}" for one in COLUMNS)
    )
    seen = []
    for month, share in MONTHS:
        if seen and share:
            rows = [
                changed(row, str(month)) if at % round(1 / share) == 0 else row for at, row in enumerate(rows)
            ]
        counted.clear()
        spent = bring(actor, written(folder / "list.csv", rows), KIND, month)
        seen.append(counted["rows"])
        told(f"{share:.0%} changed" if len(seen) > 1 else "the first month", counted, spent)
    for month, _share in MONTHS[:2]:
        counted.clear()
        spent = bring(actor, written(folder / "list.csv", rows[:100]), SMALL, month)
    told("fixed part", counted, spent)
    first, nothing, little, more, everything = seen
    good = (
        nothing <= 0.01 * first
        and little <= 0.03 * first
        and more <= 0.15 * first
        and everything <= 1.2 * first
    )
    print("  rows compared follow what changed" if good else "  NOT in proportion to what changed")
    return 0 if good else 1


def told(what: str, counted: Counter[str], spent: dict[str, float]) -> None:
    parts = (f"{spent.get(one, 0.0):>9.2f}" for one in COLUMNS)
    print(
        f"  {what:<16}{counted['rows']:>14,}{counted['pairs']:>14,}{sum(spent.values()):>8.2f}",
        *parts,
        flush=True,
    )


def counting() -> Counter[str]:
    """Counts what is compared from here on: rows, and pairs of them and the register's."""
    from yice.loop.identify.pairing import propose
    from yice.matching.both import Both

    counted: Counter[str] = Counter()
    compared, levels = propose._compared, Both.levels

    def rows(asked: Any, keys: Sequence[int], standing: Any) -> Any:
        counted["rows"] += len(keys)
        return compared(asked, list(keys), standing)

    def pairs(self: Both, left: Any, right: Any) -> Any:
        counted["pairs"] += len(left)
        return levels(self, left, right)

    propose._compared, Both.levels = rows, pairs  # type: ignore[method-assign]
    return counted


def made(folder: Path, people: int, seed: int) -> list[Row]:
    from yice.exchange.synth import Settings, make, write

    write(make(Settings(people=people, seed=seed, as_of=DAY, months=1)), folder, "csv")
    with next(folder.rglob("registry*.csv")).open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return [
        {
            "姓名": row["姓名"], "身份证号": row["身份证号"], "出生日期": row["出生日期"], "性别": row["性别"],
            "户籍地代码": row["户籍地代码"], "联系电话": row["联系电话"],
        }
        for row in rows
    ]  # fmt: skip


def listed(ours: list[Row], others: list[Row]) -> list[Row]:
    """One in fifty without a number, one in a hundred with a wrong figure."""
    rows = []
    for at, row in enumerate([*ours, *others]):
        number = row["身份证号"]
        if at % 50 == 0:
            number = ""
        elif at % 100 == 1 and len(number) == 18:
            number = f"{number[:9]}{(int(number[9]) + 1) % 10 if number[9].isdigit() else 0}{number[10:]}"
        rows.append({**row, "身份证号": number})
    return rows


def changed(row: Row, month: str) -> Row:
    return {**row, "联系电话": f"119{month[5:7]}{abs(hash((row['身份证号'], month))) % 10**6:06d}"}


def written(path: Path, rows: list[Row]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def bring(actor: Any, path: Path, kind: str, month: dt.date | None) -> dict[str, float]:
    """Import a file; processor seconds by stage."""
    from yice.exchange.imports.services import receive
    from yice.exchange.imports.steps import Alone
    from yice.exchange.imports.working import commit_batch, stage_batch

    watch, spent = Watch(), Counter[str]()
    now, at = "other", 0.0

    def tell(_done: int, _total: int, stage: str) -> None:
        nonlocal now, at
        name = STAGES.get(stage, "other")
        if name != now:
            worked = watch.read()[1]
            spent[now] += worked - at
            now, at = name, worked

    batch = receive(actor=actor, path=path, kind=kind, area=AREA, as_of=DAY, month=month, whole=True)
    if kind != "registry":
        batch.mapping = {"seconded_by": 0}
    batch = stage_batch(batch, Alone(tell))
    tell(0, 0, "")
    commit_batch(batch, Alone(tell), actor=actor, accept_pauses=True)
    tell(0, 0, "-")
    spent[now] += watch.read()[1] - at
    return dict(spent)


if __name__ == "__main__":
    sys.exit(main())
