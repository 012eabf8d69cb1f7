"""How often somebody asks, counted by each process for itself and forgotten with every minute."""

from __future__ import annotations

import threading
import time
from collections import Counter

_lock = threading.Lock()
_counted: Counter[str] = Counter()
_minute = 0


def wait(who: str, most: int) -> int:
    """One request more of `who`: seconds to wait where that is more than `most` in this minute, else 0."""
    global _minute
    now = time.time()
    with _lock:
        if int(now // 60) != _minute:
            _minute = int(now // 60)
            _counted.clear()
        _counted[who] += 1
        over = _counted[who] > most
    return 60 - int(now % 60) if over else 0


def forget() -> None:
    """Begin to count anew."""
    with _lock:
        _counted.clear()
