"""How often one token may ask."""

from __future__ import annotations

from django.conf import settings

from yice.accounts import pace
from yice.api.errors import Refused
from yice.terms.messages import Message

STRANGERS = 60  # a minute from one address with no token, or a wrong one


def count(who: str, most: int | None = None) -> None:
    """One request more of `who`; Refused 429 beyond `most` (YICE_API_RATE unless told) in this minute."""
    seconds = pace.wait(who, settings.YICE_API_RATE if most is None else most)
    if seconds:
        raise Refused(
            429,
            "too-often",
            Message("请求太频繁。"),
            fix=Message("请等 {seconds} 秒再试。", seconds=seconds),
            headers={"Retry-After": str(seconds)},
        )
