"""What people see of a value that names somebody, until they unmask it and say why.

An id shows its first three and its last character, also inside a certificate number: the birth date and the
sequence together would let it be rebuilt.
"""

from __future__ import annotations

import re
import unicodedata

STAR = "*"
_COMMUNITY = re.compile(r".*?(?:村委会|村民委员会|居委会|居民委员会|社区(?!居)|嘎查)")
_VILLAGE = re.compile(r".*?村")
_TOWNSHIP = re.compile(r".*(?:街道|镇|乡|苏木)")


def id_number(text: str | None) -> str:
    """440***…***1: a citizen id, or a certificate number with its category, grade and replacement open."""
    value = text or ""
    if len(value) < 15:
        return STAR * len(value)
    end = 18 if len(value) >= 18 else 15
    return f"{value[:3]}{STAR * (end - 4)}{value[end - 1]}{value[end:]}"


def phone(text: str | None) -> str:
    """138****1234; a landline keeps its last two."""
    value = re.sub(r"[\s-]", "", text or "")
    if len(value) == 11 and value.startswith("1"):
        return f"{value[:3]}{STAR * 4}{value[7:]}"
    return f"{STAR * max(0, len(value) - 2)}{value[-2:]}" if len(value) > 4 else STAR * len(value)


def account(text: str | None) -> str:
    """The last four figures of a bank account."""
    value = re.sub(r"\s", "", text or "")
    return f"{STAR * (len(value) - 4)}{value[-4:]}" if len(value) > 8 else STAR * len(value)


def name(text: str | None) -> str:
    """张*, 张*明, 欧**娜: the first and, from three characters on, the last."""
    value = unicodedata.normalize("NFC", text or "").strip()
    if len(value) < 2:
        return STAR * len(value)
    if len(value) == 2:
        return value[0] + STAR
    return f"{value[0]}{STAR * (len(value) - 2)}{value[-1]}"


def address(text: str | None) -> str:
    """Down to the village or community; to the township where no village is named; else nothing."""
    value = text or ""
    found = _COMMUNITY.match(value) or _VILLAGE.match(value) or _TOWNSHIP.match(value)
    if found is None:
        return STAR * min(3, len(value))
    return found[0] + (STAR * 3 if len(found[0]) < len(value) else "")
