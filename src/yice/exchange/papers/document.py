"""A paper with everything in it, before it becomes PDF or Word: plain texts, a blank for what is not known."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field

PAD = 1.8  # half-ems around a cell's text


def halves(text: str) -> float:
    """How many half-ems the longest line of a text takes: a Chinese character two, a digit a little over one."""
    return max(
        sum(2 if unicodedata.east_asian_width(one) in "WF" else 1.12 for one in line)
        for line in text.split("\n")
    )


@dataclass(frozen=True)
class Grid:
    """Labels and values, so many pairs side by side."""

    pairs: list[tuple[str, str]]
    across: int = 2


@dataclass(frozen=True)
class Table:
    head: list[str]
    rows: list[list[str]]

    @property
    def type(self) -> float:
        """Its type as a share of the paper's: small where there are many columns."""
        return 1 if len(self.head) <= 12 else 0.72 if len(self.head) <= 18 else 0.64

    def widths(self, room: float) -> list[float]:
        """How wide its columns are of `room` half-ems: a column of short texts whole, the long ones share the rest."""
        lines = 3 if self.type < 1 else 1  # of a heading
        whole = [
            max(min(halves(head), 4.5), halves(head) / lines, *(halves(row[at]) for row in self.rows))
            for at, head in enumerate(self.head)
        ]
        most = max(whole)
        while most > 4 and sum(min(one, most) + PAD for one in whole) > room:
            most -= 0.5
        return [min(one, most) + PAD for one in whole]


@dataclass(frozen=True)
class Lines:
    """A text, and empty lines to write on."""

    text: str
    room: int = 0


@dataclass(frozen=True)
class Points:
    """Sentences one below the other."""

    items: list[str]


@dataclass(frozen=True)
class Sign:
    who: list[str]


Part = Grid | Table | Lines | Points | Sign


@dataclass(frozen=True)
class Document:
    title: str
    parts: list[tuple[str, Part]]  # each with its heading, "" for none
    caption: str = ""  # number and day, under the title
    foot: str = ""  # whose layout, what calls for it, when printed
    mark: str = ""  # on every page of a demo
    landscape: bool = False
    large: bool = False  # large print
    language: str = "zh-CN"
    meta: dict[str, str] = field(default_factory=dict)

    @property
    def points(self) -> float:
        return 18 if self.large else 10.5

    def room(self, of: Table) -> float:
        """How many half-ems of a table's type stand in a line of the paper."""
        return (751 if self.landscape else 504) / (self.points * of.type / 2)
