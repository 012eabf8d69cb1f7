"""Money is whole fen (1/100 yuan) in an int; a sum never passes through a float."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from yice.terms.errors import Problem
from yice.terms.messages import Message

_SUM = re.compile(r"([-+]?)(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?")
_NOISE = re.compile(r"[\s'￥¥]|RMB|CNY|人民币|元(?:/月|/年|每月|每年)?整?")


def parse_fen(value: str | int | float) -> int:
    """Fen of a sum written in yuan: "1,234.50", "￥285", "285元", "－30", 285, 285.5.

    Halves of a fen and sums in 万元 are refused: a payment has neither.
    """
    text = unicodedata.normalize("NFKC", value).replace("−", "-") if isinstance(value, str) else repr(value)
    match = _SUM.fullmatch(_NOISE.sub("", text))
    if match is None:
        raise Problem(
            "money-unreadable", Message("看不懂这个金额。"), fix=Message("请以元为单位写成 285.00。")
        )
    yuan = Decimal(match[2].replace(",", "") + (match[3] or ""))
    fen = yuan * 100
    # A spreadsheet's 0.1 + 0.2 arrives as 0.30000000000000004: that is noise, 0.305 is not.
    nearest = fen.to_integral_value()
    if abs(fen - nearest) > Decimal("0.000001"):
        raise Problem(
            "money-below-fen", Message("金额精确到了分以下。"), fix=Message("请核对金额，最多两位小数。")
        )
    return -int(nearest) if match[1] == "-" else int(nearest)


def format_fen(fen: int) -> str:
    """Yuan with two decimals and thousands: 123450 → "1,234.50"."""
    yuan, rest = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{yuan:,}.{rest:02d}"
