"""Reads the vocabulary's YAML, which is Yice's own and trusted."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import yaml

from yice.terms.messages import Message

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load(name: str) -> dict[str, Any]:
    text = (Path(__file__).parent / name).read_text(encoding="utf-8")
    return cast(dict[str, Any], yaml.load(text, Loader=_LOADER))  # noqa: S506 - a safe loader, in C


def spoken(zh: str, en: str) -> str:
    """A text that the vocabulary has in both languages, in the reader's: the one this sentence comes out in."""
    return zh if str(Message("简体中文")) == "简体中文" else en
