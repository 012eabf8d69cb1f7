"""Sessions in the database with whose they are; one that cannot be saved because the database is away says that.

Django tells it as somebody who signed out meanwhile, a 400: whoever sent a form would take it for refused and not send
it again, though it may well have been taken.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.db import OperationalError
from django.utils import timezone

from yice.accounts.models import SignIn

KEPT = dt.timedelta(days=1)  # one that is over, in case of a clock set back


class SessionStore(db.SessionStore):
    @classmethod
    def get_model_class(cls) -> type[SignIn]:
        return SignIn

    def create_model_instance(self, data: dict[str, Any]) -> SignIn:
        made: SignIn = super().create_model_instance(data)
        made.user_id, made.seen_at = data.get(SESSION_KEY), timezone.now()
        return made

    def save(self, must_create: bool = False) -> None:
        try:
            super().save(must_create)
        except UpdateError as error:
            if isinstance(error.__context__, OperationalError):
                raise error.__context__ from error.__context__.__cause__
            raise


def forget() -> int:
    """What is over lies about no longer."""
    before = timezone.now() - KEPT
    Session.objects.filter(expire_date__lt=before).delete()  # of releases before 0007
    return SignIn.objects.filter(expire_date__lt=before).delete()[0]
