"""Phones and bank accounts, and how the invented ones are told from real ones."""

from __future__ import annotations

import re
import unicodedata

_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"0[0-9]{2,3}[2-9][0-9]{6,7}([0-9]{1,5})?")
# China's mobile numbers begin with 13-19; 11x are three-digit services (110, 119) and 111 is none of them, so
# eleven digits from 111 on ring nowhere.
TEST_PHONE_PREFIX = "111"


def phone(text: str | None) -> str:
    """Digits only: half-width, without blanks, dashes, brackets and +86."""
    digits = re.sub(r"[^0-9+]", "", unicodedata.normalize("NFKC", text or ""))
    return re.sub(r"^(\+86|0086)", "", digits).replace("+", "")


def is_phone(digits: str, *, allow_test: bool = False) -> bool:
    """Whether somebody can be rung there; with `allow_test`, a number of the unassigned prefix counts."""
    return bool(_MOBILE.fullmatch(digits) or _LANDLINE.fullmatch(digits)) or (
        allow_test and is_test_phone(digits)
    )


def is_test_phone(digits: str) -> bool:
    return len(digits) == 11 and digits.startswith(TEST_PHONE_PREFIX)


def luhn(digits: str) -> bool:
    """Whether a card number passes its check (ISO/IEC 7812); an invented one never does."""
    if not digits.isdecimal() or len(digits) < 12:
        return False
    total = 0
    for at, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if at % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
