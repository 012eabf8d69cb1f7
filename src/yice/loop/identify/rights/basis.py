"""On which ground a person's data are used, purpose by purpose, and how long what is kept: read from two data files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from yice.rules.words import Words


@dataclass(frozen=True)
class Purpose:
    """One use. `duty`: the law asks for it, by notice; `consent`: only while somebody agrees to it by itself.

    `request`: no use, but what a person may ask for.
    """

    id: str
    title: Words
    basis: Literal["duty", "consent", "request"]
    source: tuple[str, ...]
    uses: Words
    sees: Words


@dataclass(frozen=True)
class Kept:
    """One kind of data and how long it is kept; `sample`: the years are ours, not a document's."""

    id: str
    title: Words
    years: int | None
    how: Literal["eyes", "daily", "never"]
    source: str
    sample: bool


@cache
def purposes() -> Mapping[str, Purpose]:
    return _purposes("purposes")


@cache
def requests() -> Mapping[str, Purpose]:
    """What a person may ask for whatever the uses: a copy, a correction, erasure."""
    return _purposes("requests")


@cache
def answered() -> Mapping[str, Purpose]:
    """What somebody may say and is answered in time: against each use, and each request."""
    return {**purposes(), **requests()}


@cache
def asked() -> Mapping[str, Purpose]:
    """The purposes that need consent."""
    return {name: one for name, one in purposes().items() if one.basis == "consent"}


@cache
def answer_days() -> int:
    """Days within which an objection is answered."""
    return int(_read("purposes")["answer_days"])


@cache
def kinds() -> Mapping[str, Kept]:
    return {
        name: Kept(
            name, Words(**one["title"]), one.get("years"), one["how"], one["source"], one.get("sample", False)
        )
        for name, one in _read("retention").items()
    }


def _purposes(part: str) -> dict[str, Purpose]:
    return {
        name: Purpose(
            name, Words(**one["title"]), one["basis"], tuple(one["source"]), Words(**one["uses"]), Words(**one["sees"])
        )
        for name, one in _read("purposes")[part].items()
    }  # fmt: skip


def _read(name: str) -> dict[str, Any]:
    return yaml.safe_load((Path(__file__).parent / f"{name}.yaml").read_text("utf-8"))  # type: ignore[no-any-return]
