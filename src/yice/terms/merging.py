"""Two people changed one thing: field by field, what is taken and what both must look at.

`base` is what the page showed, `now` what stands, `mine` what comes in. Nobody overwrites anybody in silence: a field
changed on both sides to different values stands as it is, and both values are given back until somebody decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Both:
    """A field changed on both sides since `base`."""

    base: Any
    now: Any
    mine: Any


@dataclass(frozen=True)
class Merged:
    """`taken`: fields that become what came in. `conflicts`: fields that stay as they are until decided."""

    taken: dict[str, Any] = field(default_factory=dict)
    conflicts: dict[str, Both] = field(default_factory=dict)


def merge(base: Mapping[str, Any], now: Mapping[str, Any], mine: Mapping[str, Any]) -> Merged:
    """Only fields of `mine` are looked at; one that is not there in `base` or `now` is None there."""
    merged = Merged()
    for name, value in mine.items():
        before, stands = base.get(name), now.get(name)
        if value in (before, stands):
            continue  # not changed by me, or changed to the same
        if stands == before:
            merged.taken[name] = value
        else:
            merged.conflicts[name] = Both(before, stands, value)
    return merged
