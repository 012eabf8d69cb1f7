"""What a snapshot asks the packages for, and what they give: columns of values, and where each value came from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from yice.rules.model import Plan

KEY = "_person"  # int64: the row's person in the database; never leaves the data folder
ID = "person_id"  # the stable UUID, as text


@dataclass(frozen=True)
class Request:
    """Whose facts, as of when: an area as a half-open range of codes by hukou, or persons by key."""

    plan: Plan
    low: str
    high: str
    as_of: dt.date
    persons: Sequence[int] | None = None


@dataclass(frozen=True)
class Provided:
    """A stretch of rows: values and, in the same order, where they came from.

    values: KEY, ID, then one column a fact, null for unknown. sources: `<fact>@source`, `<fact>@date`,
    `<fact>@state` where they differ from the row's own `register@source`, `register@date`.
    """

    values: pa.Table
    sources: pa.Table
    lists: list[dict[str, Any]] = field(default_factory=list)  # the receipts that silence leaned on
