"""Event codes become sentences. Each package registers its own in its `events` module."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yice.audit.models import Event
from yice.terms.messages import Message

_SENTENCES: dict[str, str] = {}


def register(sentences: Mapping[str, str]) -> Mapping[str, str]:
    """Give code → Chinese source sentence with {placeholders} from the event's values."""
    _SENTENCES.update(sentences)
    return sentences


def sentence(event: Event) -> Message:
    """The event as people read it; a code nobody registered shows itself, so that it is noticed."""
    text = _SENTENCES.get(event.code, "{code}")
    return Message.of(text, _Values(event.values, code=event.code))


class _Values(dict[str, Any]):
    """Values with a dash for what an older event did not carry."""

    def __missing__(self, key: str) -> str:
        return "—"
