"""Text that goes out to a spreadsheet."""

from __future__ import annotations

import re

# An East Asian Excel takes the wide signs for the narrow ones.
_FORMULA = re.compile(r"^[\s]*[=+\-@\t\r\n|%＝＋－＠]")
_NUMBER = re.compile(r"^-?[0-9][0-9,]*(\.[0-9]+)?$")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def safe_text(text: str) -> str:
    """The text with an apostrophe before what Excel or WPS would run; plain negative sums stay."""
    text = _CONTROL.sub("", text)
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.match(text) else text


def plain_text(text: str) -> str:
    """For a cell written as a string by XlsxWriter, which nothing runs: only what XML cannot carry is dropped."""
    return _CONTROL.sub("", text)[:32_767]
