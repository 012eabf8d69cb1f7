"""Reads the vocabulary's YAML, which is Yice's own and trusted."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load(name: str) -> dict[str, Any]:
    text = (Path(__file__).parent / name).read_text(encoding="utf-8")
    return cast(dict[str, Any], yaml.load(text, Loader=_LOADER))  # noqa: S506 - a safe loader, in C
