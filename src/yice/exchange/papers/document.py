"""A paper with everything in it, before it becomes PDF or Word: plain texts, a blank for what is not known."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Grid:
    """Labels and values, so many pairs side by side."""

    pairs: list[tuple[str, str]]
    across: int = 2


@dataclass(frozen=True)
class Table:
    head: list[str]
    rows: list[list[str]]


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
