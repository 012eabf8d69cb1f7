"""What is written in cells, and the code it stands for."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Final

from yice.exchange.vocabulary.reading import load

UNREAD: Final = "\0unread"  # not a word of the table; None is a word that says "not known"
_BLANKS = re.compile(r"[\s*'\"“”]+")
_NUMBERED = re.compile(r"^[0-9]{1,2}[.、:)-]+(?=\D)")  # "1.农业", "2、非农业"


def fold_value(cell: str) -> str:
    """Half-width, upper-case, without blanks; "3.0" is 3."""
    text = _BLANKS.sub("", unicodedata.normalize("NFKC", cell)).upper()
    return text[:-2] if text.endswith(".0") else text


@cache
def _table(name: str) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    tables = load("values.yaml")
    for code, words in {"unknown": tables["bool"]["unknown"], **tables[name]}.items():
        for word in (code, *words):
            found[fold_value(word)] = None if code == "unknown" else code
    if "none" in tables[name] and name not in {"self_care", "legal_capacity"}:
        found.setdefault("无", "none")
    return found


def value_of(table: str, cell: str) -> str | None:
    """The code of a cell; None where it says that it is not known; UNREAD where nobody taught us the word."""
    words = _table(table)
    folded = fold_value(cell)
    for form in (folded, _NUMBERED.sub("", folded), folded.partition("(")[0]):
        if form in words:
            return words[form]
    return UNREAD


def accepted(table: str) -> list[str]:
    """What may be written: the first word of each code, to be named in a refusal."""
    return [words[0] for code, words in load("values.yaml")[table].items() if code != "unknown"]
