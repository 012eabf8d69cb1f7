"""What a page hands to a component. Plain values: a page builds them, a template shows them.

Texts may be `str`, a lazy translation or a `Message`; they are escaped when shown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Text = Any  # str, lazy translation or Message: whatever str() turns into a sentence
Tone = Literal["calm", "good", "wait", "bad", "know", "odd"]


@dataclass(frozen=True)
class Link:
    """A link; `about` is read out after it where the words alone ("更正") do not say what they are about."""

    text: Text
    href: str
    about: Text = ""
    current: bool = False


@dataclass(frozen=True)
class Room:
    """A part of the main navigation: one page, or several behind one word that leads to the first of them."""

    text: Text
    pages: Sequence[Link]

    @property
    def href(self) -> str:
        return self.pages[0].href

    @property
    def current(self) -> bool:
        return any(page.current for page in self.pages)

    @property
    def open(self) -> bool:
        """Its pages are shown while the reader is in one of them."""
        return self.current and len(self.pages) > 1


@dataclass(frozen=True)
class Row:
    """A line of a summary list: `note` says where the value comes from ("登记册 2020-05-31")."""

    key: Text
    value: Text
    note: Text = ""
    links: Sequence[Link] = ()


@dataclass(frozen=True)
class Entry:
    """One thing that happened: title, time and who on lines of their own."""

    title: Text
    at: dt.datetime | dt.date
    by: Text = ""
    text: Text = ""
    status: str = ""  # a code of `looks.STATUSES`
    link: Link | None = None


@dataclass(frozen=True)
class Tab:
    """A page beside this one; `count` is shown after the words, None shows nothing."""

    text: Text
    href: str
    current: bool = False
    count: int | None = None


@dataclass(frozen=True)
class Step:
    """A stage of a case's road."""

    text: Text
    state: Literal["done", "current", "next"] = "next"
    note: Text = ""


@dataclass(frozen=True)
class Figure:
    """A number that leads to the work behind it."""

    text: Text
    value: int | str
    unit: Text = ""
    hint: Text = ""
    href: str = ""
    tone: Tone = "calm"


@dataclass(frozen=True)
class Reason:
    """One condition of a clause and how it came out; `assumed` is only asked when the person applies."""

    outcome: Literal["met", "failed", "unknown", "assumed"]
    says: Text
    clause: Text = ""
    note: Text = ""


@dataclass(frozen=True)
class Series:
    """One value a category; None is not known and is said so, never drawn as nought."""

    name: Text
    values: Sequence[int | None]


@dataclass(frozen=True)
class Chart:
    """Bars by category with their figures beside them: `categories` are texts or links."""

    title: Text
    head: Text  # what the categories are: 街道, 月份
    categories: Sequence[Text | Link]
    series: Sequence[Series]
    stacked: bool = True
    note: Text = ""


@dataclass(frozen=True)
class Segment:
    """A piece of a bar, in percent of the widest bar."""

    x: float
    width: float
    number: int  # of its series, from 1: colour and pattern


@dataclass(frozen=True)
class Bars:
    """A drawn row: its category, the bars (one when stacked) and the figures."""

    category: Text | Link
    bars: Sequence[Sequence[Segment]]
    values: Sequence[int | None] = field(default=())


def draw(chart: Chart) -> list[Bars]:
    """Lay the chart out: the widest bar is 100 percent; an unknown value takes no room."""
    columns = [series.values for series in chart.series]
    rows = list(zip(*columns, strict=True))
    size = sum if chart.stacked else max
    widest = max((size(value or 0 for value in row) for row in rows), default=0) or 1
    drawn = []
    for category, row in zip(chart.categories, rows, strict=True):
        pieces, at = [], 0.0
        for number, value in enumerate(row, start=1):
            width = 100 * (value or 0) / widest
            pieces.append(Segment(round(at, 2), round(width, 2), number))
            at += width if chart.stacked else 0
        bars = [pieces] if chart.stacked else [[piece] for piece in pieces]
        drawn.append(Bars(category, bars, row))
    return drawn
