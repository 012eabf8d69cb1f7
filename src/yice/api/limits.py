"""How often one token may ask, counted by each process for itself and forgotten with every minute."""

from __future__ import annotations

import threading
import time
from collections import Counter

from django.conf import settings

from yice.api.errors import Refused
from yice.terms.messages import Message

STRANGERS = 60  # a minute from one address with no token, or a wrong one

_lock = threading.Lock()
_counted: Counter[str] = Counter()
_minute = 0


def count(who: str, most: int | None = None) -> None:
    """One request more of `who`; Refused 429 beyond `most` (YICE_API_RATE unless told) in this minute."""
    global _minute
    now = time.time()
    with _lock:
        if int(now // 60) != _minute:
            _minute = int(now // 60)
            _counted.clear()
        _counted[who] += 1
        over = _counted[who] > (settings.YICE_API_RATE if most is None else most)
    if over:
        wait = 60 - int(now % 60)
        raise Refused(
            429,
            "too-often",
            Message("请求太频繁。"),
            fix=Message("请等 {seconds} 秒再试。", seconds=wait),
            headers={"Retry-After": str(wait)},
        )


def forget() -> None:
    """Begin to count anew."""
    with _lock:
        _counted.clear()
