"""What a pack writes, and where it stands in it."""

from __future__ import annotations

from dataclasses import dataclass

from yice.terms.messages import in_english


@dataclass(frozen=True)
class Place:
    """Where in a pack a thing is written: file relative to the pack, line and column from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True)
class Words:
    """A text in both languages of the interface; `str()` gives the reader's."""

    zh: str
    en: str

    def __str__(self) -> str:
        return self.en if in_english() else self.zh
