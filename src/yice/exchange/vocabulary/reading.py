"""Reads the vocabulary's YAML and the national pack's titles, which are Yice's own and trusted."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, cast

import yaml

from yice.terms.messages import Message

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load(name: str) -> dict[str, Any]:
    return _read(Path(__file__).parent / name)


def library() -> Path:
    """YICE_PACKS, or the folder `packs` of the project, or else of where one stands."""
    if given := os.environ.get("YICE_PACKS"):
        return Path(given)
    # What stands where a command is typed comes last: it may be anybody's, and closed to the site's account.
    places = [*Path(__file__).resolve().parents, Path.cwd()]
    return next((one / "packs" for one in places if os.path.isdir(one / "packs/cn")), places[-1] / "packs")


def list_titles() -> dict[str, dict[str, str]]:
    """What the national pack calls each list, in both languages; nothing where there is no such pack."""
    path = library() / "cn" / "lists.yaml"
    return {name: one["title"] for name, one in _read(path).items()} if path.is_file() else {}


def _read(path: Path) -> dict[str, Any]:
    text = path.read_text(encoding="utf-8")
    return cast(dict[str, Any], _LOADER(text).get_single_data())


def spoken(zh: str, en: str) -> str:
    """A text that the vocabulary has in both languages, in the reader's: the one this sentence comes out in."""
    return zh if str(Message("简体中文")) == "简体中文" else en
