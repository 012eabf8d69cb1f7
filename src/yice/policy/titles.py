"""What the record's codes and Chinese words are called for whoever reads: by the titles of the packs installed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

from yice.policy.models import InstalledPack
from yice.policy.selectors import plan
from yice.rules.words import Words
from yice.terms.messages import in_english

_titles: dict[str, Words] = {}


def called(key: str, value: str) -> str | None:
    """A pack by its title; for a reader of English, Chinese words that stand in a pack by their English."""
    if key == "pack":
        if value not in _titles:
            rows = InstalledPack.objects.order_by("id").values_list("pack_id", "title_zh", "title_en")
            _titles.update((name, Words(zh, en)) for name, zh, en in rows)
        return str(_titles[value]) if value in _titles else None
    return _phrases().get(value) if in_english() and not value.isascii() else None


def forget() -> None:
    """Another version was installed."""
    _titles.clear()
    _phrases.cache_clear()


@cache
def _phrases() -> dict[str, str]:
    packs = InstalledPack.objects.order_by("id")
    return {words.zh: words.en for pack in packs for words in _words(plan(pack)) if words.en}


def _words(part: Any) -> Iterator[Words]:
    """Every text in two languages of a plan."""
    if isinstance(part, Words):
        yield part
    elif is_dataclass(part):
        for one in fields(part):
            yield from _words(getattr(part, one.name))
    elif isinstance(part, Mapping):
        for held in part.values():
            yield from _words(held)
    elif isinstance(part, list | tuple):
        for held in part:
            yield from _words(held)
