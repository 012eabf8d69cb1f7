"""Sentences for people, kept apart from their values until somebody's language is known.

The source text is Chinese (the working language); English lives in the catalogue of `yice.config`.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

LOCALE_DIR = Path(__file__).resolve().parents[1] / "locale"

_COUNTED = re.compile(r"\{(\w+)\} \[([^|\]]+)\|([^|\]]+)\]")
Translator = Callable[[str], str]
Key = TypeVar("Key")
Told = TypeVar("Told")
_translate: Translator = str


def gettext_noop(text: str) -> str:
    """The text as it is, found by the extraction; Django's of this name asks for settings, which commands may lack."""
    return text


def texts(table: dict[Key, Told]) -> dict[Key, Told]:
    """A table as it is; the extraction finds every Chinese text in it, whoever looks one up has it translated."""
    return table


def use_translator(translate: Translator) -> None:
    """Say how source texts become the reader's language (Django's gettext on a site, a catalogue in a command)."""
    global _translate
    _translate = translate


def in_english() -> bool:
    """Whether the reader at hand reads English: true where the catalogue turns the word itself."""
    return _translate("语言") == "Language"


def listed(items: Iterable[object], between: str = "、") -> str:
    """Things one after the other: 甲、乙 or 甲；乙, in English a, b or a; b."""
    gap = {"、": ", ", "；": "; "}.get(between, between) if in_english() else between
    return gap.join(str(item) for item in items)


@cache
def catalogue(language: str) -> Translator:
    """The translator for `language` ("zh-hans" or "en"); Chinese needs no catalogue."""
    if not language.startswith("en"):
        return str
    return gettext.translation("django", LOCALE_DIR, ["en"], fallback=True).gettext


@dataclass(frozen=True)
class Message:
    """A source text with its values: `Message("第 {row} 行缺少姓名", row=3)`. `str()` gives the sentence."""

    text: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __init__(self, text: str, /, **values: Any) -> None:
        object.__setattr__(self, "text", text)
        object.__setattr__(self, "values", values)

    @classmethod
    def of(cls, text: str, values: Mapping[str, Any]) -> Message:
        """A message whose values come as a mapping, used as it is (it may answer for missing names)."""
        message = cls(text)
        object.__setattr__(message, "values", values)
        return message

    def __str__(self) -> str:
        told = _translate(self.text)
        return (_COUNTED.sub(self._word, told) if "} [" in told else told).format_map(self.values)

    def _word(self, found: re.Match[str]) -> str:
        """ "{n} [row|rows]" with one of the two words: Chinese has no plural, so the English text carries both."""
        one = str(self.values[found[1]]) == "1"
        return f"{{{found[1]}}} {found[2] if one else found[3]}"

    def __hash__(self) -> int:
        return hash((self.text, tuple(sorted((k, repr(v)) for k, v in self.values.items()))))
