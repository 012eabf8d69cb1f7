"""A pack's texts in the language of whoever reads."""

from __future__ import annotations

from django.utils.translation import get_language

from yice.rules.words import Words


def text(words: Words | None) -> str:
    """The reader's half of a text in two languages; nothing where there is none."""
    if words is None:
        return ""
    english = (get_language() or "").startswith("en")
    return (words.en or words.zh) if english else (words.zh or words.en)
