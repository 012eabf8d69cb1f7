"""Values as a form keeps them, and where one comes from that fills it in."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from yice.identifiers import masking, sealing
from yice.rules.model import Fact
from yice.rules.questionnaires.model import Item

# The name that sealed values of a round are authenticated with.
FIELD = "round"
NOTE = "note"  # the form's own field of words, beside the items


@dataclass(frozen=True)
class Known:
    """A value an item is filled in with: code or text as kept, where from, of which day, and what is doubtful."""

    value: Any
    source: str  # "answer" in this round, "before" the last round, else a fact's origin
    date: dt.date | None = None
    state: str = ""  # stale | soon | conflict


# What is known of whom a form is about, and what of it fills the form in.
Held = tuple[dict[str, Any], dict[str, Known]]


def shown(item: Item, fact: Fact, value: Any) -> Any:
    """A fact's value as the item writes it; None where no code shows it."""
    if value is None:
        return None
    text = {True: "true", False: "false"}.get(value) if isinstance(value, bool) else str(value)
    if item.shows:
        return item.shows.get(str(text))
    if fact.type == "set":
        return value if isinstance(value, str) else ";".join(value)
    return value.isoformat() if isinstance(value, dt.date) else value


def codes(value: Any) -> list[str]:
    """The codes of a set as kept."""
    return [one for one in str(value or "").split(";") if one]


def sealed_text(value: str) -> dict[str, str] | str:
    """What somebody said in words, as it stands among the values of a form; nothing stays nothing."""
    return sealing.seal_json(FIELD, value) if value else ""


def in_words(item: Item) -> bool:
    """Whether an item is answered in words of one's own: they lie sealed. What is a fact stands as facts do."""
    return item.type == "text" and (item.sealed or item.fact is None)


def as_kept(item: Item, value: Any) -> Any:
    """An item's value as it is kept, also where an older release kept it in plain."""
    return sealed_text(value) if in_words(item) and isinstance(value, str) else value


def laid(name: str, value: Any) -> Any:
    """A field's value as the history of a form keeps it: words lie sealed there, too. Items came sealed already."""
    return sealed_text(value) if name == NOTE and isinstance(value, str) else value


def open_text(value: Any) -> Any:
    """A kept value again, opened where it was sealed."""
    return sealing.open_json(FIELD, value)


def same(one: Any, other: Any) -> bool:
    """Whether two kept values say the same; sealing the same text twice gives two values."""
    return bool(open_text(one) == open_text(other))


def masked(item: Item, value: Any) -> str:
    text = str(open_text(value))
    if item.sealed and any(char.isdigit() for char in text):
        return str(masking.phone(text))
    return masking.name(text) if item.sealed else text


def hinted(value: Any) -> Any:
    """A sealed value as gates may see it: that there is one."""
    return "…" if isinstance(value, dict) else value
