"""Event codes become sentences. Each package registers its own in its `events` module."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import Any

from cryptography.exceptions import InvalidTag

from yice.audit.models import Event
from yice.audit.services import WORDS
from yice.identifiers import sealing
from yice.terms.messages import Message
from yice.terms.periods import day

_SENTENCES: dict[str, str] = {}
_NAMES: dict[str, Mapping[str, Any]] = {}
_NAMERS: list[Callable[[str, str], str | None]] = []
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def register(sentences: Mapping[str, str]) -> Mapping[str, str]:
    """Give code → Chinese source sentence with {placeholders} from the event's values."""
    _SENTENCES.update(sentences)
    return sentences


def name_values(key: str, names: Mapping[str, Any]) -> None:
    """Say what codes in a value mean: `name_values("role", {"township_clerk": Role.TOWNSHIP_CLERK.label})`."""
    _NAMES[key] = {**_NAMES.get(key, {}), **names}


def name_with(namer: Callable[[str, str], str | None]) -> None:
    """Ask `namer(key, value)` what else a value is called; None where it does not know."""
    _NAMERS.append(namer)


def sentence(event: Event) -> Message:
    """The event as people read it; a code nobody registered shows itself, so that it is noticed."""
    if event.emptied_by_id is not None:
        return Message("内容已销毁，原因见第 {number} 号记录", number=event.emptied_by_id)
    text = _SENTENCES.get(event.code, "{code}")
    return Message.of(text, _Values(event.values, code=event.code))


def opened(value: Any) -> Any:
    """What `services.words` sealed, in clear; a dash where it was tampered with or its key is gone."""
    try:
        return sealing.open_json(WORDS, value)
    except (InvalidTag, KeyError, ValueError, TypeError):
        return "—"


class _Values(dict[str, Any]):
    """Values with names for codes, and a dash for what an older event did not carry."""

    def __getitem__(self, key: str) -> Any:
        value = super().__getitem__(key)
        if isinstance(value, dict):
            return opened(value)
        if not isinstance(value, str):
            return value
        if value in (names := _NAMES.get(key, {})):
            return names[value]
        if _DAY.fullmatch(value):
            return day(dt.date.fromisoformat(value))
        return next((said for namer in _NAMERS if (said := namer(key, value)) is not None), value)

    def __missing__(self, key: str) -> str:
        return "—"
