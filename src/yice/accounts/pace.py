"""How often somebody asks in a minute, over all processes of a site.

Each process counts for itself and, on PostgreSQL, tells the others whenever somebody has used another eighth of what
they may: a page costs no write, and of `n` processes together no more than `n` eighths slip through. With SQLite, where
one process serves a county, and while the database is away, a process knows its own count alone.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from contextlib import suppress

from django.db import DatabaseError, connection
from django.utils.crypto import salted_hmac

from yice.accounts import rows
from yice.accounts.models import Asked

SHARES = 8
TELL = """
    INSERT INTO accounts_asked (who, minute, times) VALUES (%s, %s, %s)
    ON CONFLICT (who, minute) DO UPDATE SET times = accounts_asked.times + excluded.times RETURNING times
"""

_lock = threading.Lock()
_own: Counter[str] = Counter()
_others: Counter[str] = Counter()  # as far as they had told when this process told last
_minute = 0


def wait(who: str, most: int) -> int:
    """One request more of `who`: seconds to wait where that is more than `most` in this minute, else 0."""
    global _minute
    now = time.time()
    share = max(1, most // SHARES)
    with _lock:
        if int(now // 60) != _minute:
            _minute = int(now // 60)
            _own.clear()
            _others.clear()
        _own[who] += 1
        own, minute = _own[who], _minute
    if own % share == 0 and connection.vendor == "postgresql":
        with suppress(DatabaseError):
            _others[who] = _told(who, minute, share) - own
    return 60 - int(now % 60) if own + _others[who] > most else 0


def forget() -> None:
    """Begin to count anew."""
    with _lock:
        _own.clear()
        _others.clear()


def forget_told() -> int:
    """What was told of minutes that are over lies about no longer; for the daily run."""
    return Asked.objects.filter(minute__lt=int(time.time() // 60)).delete()[0]


def _told(who: str, minute: int, share: int) -> int:
    """Add to what all processes told of this minute; gives the sum. Whoever asks is kept as a keyed mark alone."""
    mark = salted_hmac("yice.accounts.pace", who, algorithm="sha256").hexdigest()[:32]
    with rows.beyond(), connection.wrap_database_errors:
        connection.ensure_connection()
        # Past Django's cursor, as the wall's own: a page's questions are counted without it.
        with connection.connection.cursor() as cursor:
            return int(cursor.execute(TELL, [mark, minute, share]).fetchone()[0])
