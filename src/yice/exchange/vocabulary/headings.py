"""What a column can mean, and which headings say so."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Literal

from yice.exchange.vocabulary.reading import load, spoken

FieldType = Literal[
    "text", "name", "id", "certificate", "phone", "account", "date", "month", "int", "money", "bool", "code",
    "set", "parts", "area_code", "area_name",
]  # fmt: skip
_DROPPED = re.compile(r"[\s*＊:、，,。.'\"“”_]+")
_INSIDE = re.compile(r"[(\[【〔](.+?)[)\]】〕]")
_BRACKET = re.compile(r"[(\[【〔].*?[)\]】〕]")


@dataclass(frozen=True)
class Field:
    """A meaning of columns. `name` is the fact of that name where there is one."""

    name: str
    type: FieldType
    zh: str
    en: str
    headings: tuple[str, ...]
    values: str = ""  # the table of values.yaml
    past: bool = False  # a date that cannot lie ahead
    reversed: tuple[str, ...] = ()  # headings that ask the opposite (是否超标)

    @property
    def label(self) -> str:
        """The field in the reader's language."""
        return spoken(self.zh, self.en)


def fold_heading(text: str | None) -> str:
    """Half-width, lower-case, without blanks, stars, colons: "＊身份证 号码：" → "身份证号码"."""
    return _DROPPED.sub("", unicodedata.normalize("NFKC", text or "")).lower().lstrip("0123456789-")


def without_bracket(folded: str) -> str:
    """ "补贴金额(元)" → "补贴金额"; "" stays out when nothing is left."""
    return _BRACKET.sub("", folded)


@cache
def fields() -> dict[str, Field]:
    """Every field by name."""
    found = {}
    entries = load("fields_persons.yaml") | load("fields_life.yaml") | load("fields_lists.yaml")
    for name, entry in entries.items():
        values = {key: entry[key] for key in ("type", "zh", "en", "values", "past") if key in entry}
        found[name] = Field(
            name, headings=tuple(entry["headings"]), reversed=tuple(entry.get("reversed", ())), **values
        )
    return found


@cache
def _by_heading() -> dict[str, Field]:
    found: dict[str, Field] = {}
    for one in fields().values():
        for heading in (one.name, one.zh, *one.headings):
            found.setdefault(_key(heading), one)
    return found


def _key(heading: str) -> str:
    return fold_heading(heading) or heading


def field_of(heading: str | None, overrides: dict[str, str] | None = None) -> Field | None:
    """The field that a heading names, or None. `overrides` are a kind's own readings (folded → field)."""
    folded = fold_heading(heading)
    if not folded:
        return None
    inside = _INSIDE.search(folded)
    for key in (folded, without_bracket(folded), inside[1] if inside else ""):
        if not key:
            continue
        if overrides and key in overrides:
            return fields()[overrides[key]]
        if key in _by_heading():
            return _by_heading()[key]
    return None


def is_heading(text: str | None) -> bool:
    """Whether a cell reads like a heading Yice knows."""
    return field_of(text) is not None
