"""A questionnaire as a pack says it (`Plan.questionnaires`). Which edition a round uses is fixed when it opens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from yice.rules.words import Place, Words

ItemType = Literal["bool", "int", "date", "code", "set", "text"]
Of = Literal["person", "household"]
About = Literal["person", "village"]
# What a column of the official system may hold besides an item.
ColumnOf = Literal[
    "certificate", "area", "name", "village", "status", "mode", "declarant", "filled_by", "filled_on"
]  # fmt: skip


KEYS: Mapping[About, ColumnOf] = {"person": "certificate", "village": "area"}


@dataclass(frozen=True)
class Gate:
    """An expression over facts and items; `known(…)` may be asked."""

    text: str
    place: Place


@dataclass(frozen=True)
class Section:
    id: str
    title: Words
    gate: Gate | None = None


@dataclass(frozen=True)
class Item:
    """One question. `gate` known false: not asked. Bound to a fact it is filled in beforehand and becomes fact again.

    `shows`: fact value (as text) → code, to fill in; `means`: code → what the fact then is. `each`: code of a set →
    the truth it stands for. An item without a fact lives in the round alone and is filled in from the last one.
    """

    id: str
    section: str
    label: Words
    type: ItemType
    place: Place
    codes: Mapping[str, Words] = field(default_factory=dict)
    gate: Gate | None = None
    of: Of = "person"
    alone: tuple[str, ...] = ()  # codes of a set that go with no other
    fact: str | None = None
    shows: Mapping[str, str] = field(default_factory=dict)
    means: Mapping[str, Any] = field(default_factory=dict)
    each: Mapping[str, str] = field(default_factory=dict)
    yearly: bool = False  # speaks of the year: last year's answer is shown, never counted as said
    official: bool = True  # False: ours, the official form lacks it
    required: bool = True
    sealed: bool = False
    low: int | None = None
    high: int | None = None
    unit: str = ""
    # Where text and codes were read; empty: unofficial, to be checked against the form in use.
    source: str = ""


@dataclass(frozen=True)
class Check:
    """What cannot be at the same time. Known true is a fault, told beside `item`."""

    id: str
    item: str
    wrong_when: Gate
    says: Words


@dataclass(frozen=True)
class Status:
    """What became of the person or village; only one that `opens` lets the items be asked."""

    id: str
    label: Words
    opens: bool = False
    reasons: Mapping[str, Words] = field(default_factory=dict)  # why somebody was not reached


@dataclass(frozen=True)
class Column:
    """A column of the official system: an item, or something of the round itself."""

    heading: str
    item: str | None = None
    of: ColumnOf | None = None
    labels: bool = False  # the system writes the words of codes, not the codes


@dataclass(frozen=True)
class Layout:
    """The official system's own columns, in its order. Without a source it is unofficial."""

    columns: tuple[Column, ...]
    between: str = ";"  # of several codes in one cell
    source: str = ""


@dataclass(frozen=True)
class Questionnaire:
    """`about`: each form is one person's, or one village's own return (then it reads facts of areas)."""

    id: str
    title: Words
    edition: str
    place: Place
    sections: Mapping[str, Section]
    items: Mapping[str, Item]
    checks: tuple[Check, ...]
    statuses: Mapping[str, Status]
    modes: Mapping[str, Words]  # how the person was reached
    official: Layout
    source: str = ""
    duties: tuple[str, ...] = ()  # of the catalogue, that asking it carries out
    home: str | None = None  # the mode that counts as a visit at home
    photos: int = 3
    about: About = "person"

    @property
    def open_status(self) -> str:
        return next(one.id for one in self.statuses.values() if one.opens)

    @property
    def key(self) -> Column:
        """The column of the official file that says whose line it is."""
        of = KEYS[self.about]
        return next(column for column in self.official.columns if column.of == of)
