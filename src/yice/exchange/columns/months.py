"""The month a sheet is for, from its titles or its file's name."""

from __future__ import annotations

import re
import unicodedata

from yice.terms.periods import Month

_WRITTEN = re.compile(r"(20\d{2})\s*年\s*(?:度)?\s*(\d{1,2})\s*月")
_SHORT = re.compile(r"(?<!\d)(20\d{2})[-_./]?(0[1-9]|1[0-2])(?!\d)")
_QUARTER = re.compile(r"(20\d{2})\s*年?\s*(?:第)?([一二三四1-4])\s*季度")


def find(text: str) -> Month | None:
    """2020年6月, 2020-06, 202006, 2020.6; of a quarter its last month. None where nothing is said."""
    text = unicodedata.normalize("NFKC", text)
    if found := _WRITTEN.search(text):
        month = int(found[2])
        return Month(int(found[1]), month) if 1 <= month <= 12 else None
    if found := _QUARTER.search(text):
        quarter = "一二三四".find(found[2]) + 1 or int(found[2])
        return Month(int(found[1]), quarter * 3)
    if found := _SHORT.search(text):
        return Month(int(found[1]), int(found[2]))
    return None
