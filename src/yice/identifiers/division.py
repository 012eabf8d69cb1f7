"""Division codes: twelve digits, province to village, as the statistical office writes them (2+2+2+3+3)."""

from __future__ import annotations

import re
from typing import Literal

from yice.identifiers.citizen_id import clean
from yice.terms.errors import Problem
from yice.terms.messages import Message

Tier = Literal["province", "prefecture", "county", "township", "village"]
# Digits that a tier fills, from the top. Local names (盟, 旗, 苏木, 嘎查) are the plan's.
WIDTHS: dict[Tier, int] = {"province": 2, "prefecture": 4, "county": 6, "township": 9, "village": 12}
_CODE = re.compile(r"[1-9][0-9]{1,11}")


def normalise(text: str) -> str:
    """Twelve digits from a code of any tier ("44", "440704", "440704001"); a Problem otherwise."""
    code = clean(text).removesuffix(".0")
    if not _CODE.fullmatch(code) or (len(code) not in WIDTHS.values() and len(code) != 12):
        raise Problem(
            "division-shape",
            Message("看不懂这个区划代码。"),
            why=Message("区划代码为 2、4、6、9 或 12 位数字。"),
            fix=Message("请填写统计用区划代码。"),
        )
    return code.ljust(12, "0")


def prefix(code: str) -> str:
    """The digits that say something: what all codes below this one begin with."""
    return next(code[:width] for width in WIDTHS.values() if not code[width:].strip("0"))


def tier(code: str) -> Tier:
    """The highest tier a twelve-digit code can stand for.

    441900000000 and a few others are a prefecture without counties and stand on several tiers; the tree in
    `yice.areas` knows which.
    """
    return next(tier for tier, width in WIDTHS.items() if not code[width:].strip("0"))


def upper_bound(code: str) -> str:
    """The first code after everything below: `code <= x < upper_bound(code)` is one indexed range."""
    head = prefix(code)
    above = str(int(head) + 1)
    # 99… has no successor of its length; ":" sorts right after "9".
    return above.ljust(12, "0") if len(above) == len(head) else ":".ljust(12, "0")


def is_within(code: str, area: str) -> bool:
    """Whether a twelve-digit code is the area itself or lies below it."""
    return code.startswith(prefix(area))


def ancestors(code: str) -> list[str]:
    """The codes above this one, the province first, without the code itself."""
    above = (code[:width].ljust(12, "0") for width in WIDTHS.values() if width < len(prefix(code)))
    return list(dict.fromkeys(above))
