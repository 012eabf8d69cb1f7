"""Sessions in the database, as Django keeps them; one that cannot be saved because the database is away says that.

Django tells it as somebody who signed out meanwhile, a 400: whoever sent a form would take it for refused and not send
it again, though it may well have been taken.
"""

from __future__ import annotations

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.db import OperationalError


class SessionStore(db.SessionStore):
    def save(self, must_create: bool = False) -> None:
        try:
            super().save(must_create)
        except UpdateError as error:
            if isinstance(error.__context__, OperationalError):
                raise error.__context__ from error.__context__.__cause__
            raise
