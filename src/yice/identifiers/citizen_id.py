"""Citizen identity numbers, GB 11643-1999, as they are met in the field.

Eighteen characters: 6 division (at first registration, often abolished since), 8 birth date, 3 sequence (odd
is male), 1 check (ISO 7064 MOD 11-2). Cards before 1999 have fifteen: no century, no check.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from enum import IntEnum

from yice.terms import clock
from yice.terms.periods import EARLIEST

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"
PROVINCES = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
        "71",
        "81",
        "82",
        "83",
    ]
)
RESIDENCE_PERMITS = frozenset(
    {"810000", "820000", "830000"}
)  # Hong Kong, Macao, Taiwan residents, since 2018
# County codes that no place has ever had: such a number can belong to nobody.
TEST_RANGE = frozenset({"440799", "110199"})

_EIGHTEEN = re.compile(r"[0-9]{17}[0-9X]")
_SCIENTIFIC = re.compile(r"([1-9])(?:\.([0-9]{1,17}))?E\+?([0-9]{1,2})")
_DROPPED = dict.fromkeys(map(ord, " \t\r\n\u3000\u200b\u200c\u200d\u2060\ufeff'\"`‘’“”"))
_DROPPED_TABLE = {**_DROPPED, ord("×"): "X", ord("Х"): "X", ord("х"): "X"}  # a sign and a Cyrillic letter


class Kind(IntEnum):
    """What a text in an identity-number field is. The values are the codes of `yice.identifiers.bulk`."""

    NONE = 0  # blank
    VALID = 1
    FROM_15 = 2  # a valid fifteen-digit number, completed to eighteen
    RESIDENCE_PERMIT = 3  # 港澳台居民居住证
    FOREIGN_RESIDENT = 4  # 外国人永久居留身份证, starting with 9
    BAD_CHECK = 5
    BAD_DATE = 6
    BAD_AREA = 7  # no province has this prefix
    DAMAGED = 8  # a spreadsheet kept fifteen figures: 1.10105E+17, or …000 with a failing check
    TEST = 9  # of the test range where that is not allowed
    OTHER = 10  # a passport, a birth certificate, a slip of the pen


USABLE = frozenset({Kind.VALID, Kind.FROM_15, Kind.RESIDENCE_PERMIT, Kind.FOREIGN_RESIDENT})


@dataclass(frozen=True)
class CitizenId:
    """A number as read: `text` is the eighteen characters if there are any, else the cleaned input."""

    text: str
    kind: Kind
    birth: dt.date | None = None
    sex: str | None = None  # "male", "female"

    @property
    def usable(self) -> bool:
        """Whether the number can name one person."""
        return self.kind in USABLE


def clean(text: str) -> str:
    """Half-width, upper-case, without blanks, quotes and invisible marks."""
    return unicodedata.normalize("NFKC", text.translate(_DROPPED_TABLE)).upper().translate(_DROPPED_TABLE)


def check_digit(seventeen: str) -> str:
    """The check character that belongs to the first seventeen digits."""
    return CHECKS[sum(w * int(c) for w, c in zip(WEIGHTS, seventeen, strict=True)) % 11]


def from_fifteen(fifteen: str) -> str:
    """Eighteen characters from an old number: "19" after the division, the check at the end."""
    seventeen = f"{fifteen[:6]}19{fifteen[6:]}"
    return seventeen + check_digit(seventeen)


def birth_date(eighteen: str) -> dt.date | None:
    """The birth date in a number, None when there is no such past day."""
    try:
        day = dt.date(int(eighteen[6:10]), int(eighteen[10:12]), int(eighteen[12:14]))
    except ValueError:
        return None
    return day if EARLIEST <= day <= clock.today() else None


def sex(eighteen: str) -> str:
    return "male" if int(eighteen[16]) % 2 else "female"


def in_test_range(text: str) -> bool:
    return text[:6] in TEST_RANGE


def read(value: str | None, *, allow_test_range: bool = False) -> CitizenId:
    """Say what a text is, and its eighteen characters where they can be had. Never raises."""
    text = clean(value or "")
    if not text:
        return CitizenId("", Kind.NONE)
    if len(text) == 15 and text.isascii() and text.isdecimal():
        found = _classify(from_fifteen(text), allow_test_range)
        if found.kind is Kind.VALID:
            return CitizenId(found.text, Kind.FROM_15, found.birth, found.sex)
        return CitizenId(text, found.kind)
    if _EIGHTEEN.fullmatch(text):
        return _classify(text, allow_test_range)
    if scientific := _SCIENTIFIC.fullmatch(text):
        return _scientific(text, *scientific.groups(default=""))
    return CitizenId(text, Kind.OTHER)


def _classify(text: str, allow_test_range: bool) -> CitizenId:
    birth = birth_date(text)
    if birth is None:
        return CitizenId(text, Kind.BAD_DATE)
    if check_digit(text[:17]) != text[17]:
        return CitizenId(text, Kind.DAMAGED if text.endswith("000") else Kind.BAD_CHECK)
    kind = Kind.VALID
    if text[0] == "9":
        kind = Kind.FOREIGN_RESIDENT
    elif text[:6] in RESIDENCE_PERMITS:
        kind = Kind.RESIDENCE_PERMIT
    elif text[:2] not in PROVINCES:
        kind = Kind.BAD_AREA
    elif text[:6] in TEST_RANGE and not allow_test_range:
        kind = Kind.TEST
    return CitizenId(text, kind, birth, sex(text)) if kind in USABLE else CitizenId(text, kind)


def _scientific(text: str, first: str, rest: str, exponent: str) -> CitizenId:
    """Give back the fifteen figures a spreadsheet kept, when it kept that many; the rest is lost."""
    eighteen = f"{first}{rest}".ljust(18, "0")
    whole = exponent == "17" and birth_date(eighteen) is not None
    return CitizenId(eighteen if whole else text, Kind.DAMAGED)


def neighbours(eighteen: str) -> list[str]:
    """Numbers that pass the check and differ by one wrong character or two adjacent ones swapped.

    About eighteen for a number that fails its check; impossible birth dates are left out.
    """
    found: set[str] = set()
    body = eighteen[:17]
    found.add(body + check_digit(body))
    if eighteen[17] in CHECKS:
        wanted = CHECKS.index(eighteen[17])
        have = sum(w * int(c) for w, c in zip(WEIGHTS, body, strict=True)) % 11
        for at, weight in enumerate(WEIGHTS):
            for digit in "0123456789":
                if (have + weight * (int(digit) - int(body[at]))) % 11 == wanted:
                    found.add(body[:at] + digit + body[at + 1 :] + eighteen[17])
    for at in range(16):
        swapped = body[:at] + body[at + 1] + body[at] + body[at + 2 :]
        if check_digit(swapped) == eighteen[17]:
            found.add(swapped + eighteen[17])
    if eighteen[17] != "X":
        swapped = body[:16] + eighteen[17]
        if check_digit(swapped) == body[16]:
            found.add(swapped + body[16])
    found.discard(eighteen)
    return sorted(number for number in found if birth_date(number) is not None)
