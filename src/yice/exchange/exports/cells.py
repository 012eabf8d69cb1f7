"""One value as a cell: numbers that are added up stay numbers, everything else is text."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

Cell = str | int | Decimal | None


def cell(column: str, value: Any) -> Cell:
    """`value` of `column`; sums are kept in fen and written in yuan. What is not known stays empty."""
    if value is None:
        return None
    if isinstance(value, bool):
        return gettext("是") if value else gettext("否")
    if column.endswith("_fen"):
        return Decimal(value) / 100
    if isinstance(value, int):
        return value
    return value.isoformat() if isinstance(value, dt.date) else str(value)
