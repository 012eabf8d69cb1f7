"""How much of a file is believed. A county's largest real sheets stay far below each."""

from __future__ import annotations

from dataclasses import dataclass

MEGA = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    file_bytes: int = 512 * MEGA
    unpacked_bytes: int = 2048 * MEGA  # of all parts of a workbook together
    ratio: int = 250  # unpacked to packed, for a part of more than `ratio_from`; real sheets reach about 30
    ratio_from: int = 64 * MEGA
    parts: int = 2000
    cell: int = 32_767  # characters, Excel's own limit
    rows: int = 2_000_000
    columns: int = 500
    cells: int = 80_000_000  # the rectangle a sheet spans, empty cells included
    sheets: int = 60


LIMITS = Limits()
