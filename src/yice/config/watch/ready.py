"""Whether the process lives, and whether it can serve: one word, for whoever watches or sends visitors here."""

from __future__ import annotations

import functools
import shutil

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, HttpResponse

from yice.config.environment import NO_ROOM
from yice.config.sealed import Sample, open_sample
from yice.config.serving import require_current_tables
from yice.terms.errors import Problem


def alive(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked, so that a database away restarts nobody."""
    return _word("ok", 200)


def ready(request: HttpRequest) -> HttpResponse:
    """Pages can be served: else 503 and what is missing, database, tables, keys or room."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        missing = _lasting()
    except (DatabaseError, InterfaceError):
        missing = "database"
    if not missing and shutil.disk_usage(settings.VAR).free < NO_ROOM:
        missing = "room"
    return _word(missing or "ready", 503 if missing else 200)


def _lasting() -> str:
    """What a process finds well once and need not look at again; what is missing is looked at anew each time."""
    if missing := _look():
        _look.cache_clear()
    return missing


@functools.cache
def _look() -> str:
    try:
        require_current_tables()
    except Problem:
        return "tables"
    return "keys" if open_sample() is Sample.SHUT else ""


def _word(word: str, status: int) -> HttpResponse:
    return HttpResponse(
        f"{word}\n",
        status=status,
        content_type="text/plain; charset=utf-8",
        headers={"Cache-Control": "no-store"},
    )
