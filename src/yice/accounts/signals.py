"""Sign-in, sign-out and failed sign-in leave an event; a failed one keeps no user name typed by mistake."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver

from yice.accounts import guard
from yice.accounts.models import User
from yice.audit import services as audit
from yice.terms import clock


@receiver(user_logged_in)
def _signed_in(sender: Any, request: Any, user: User, **kwargs: Any) -> None:
    user.last_login = clock.now()  # Django wrote the machine's time; a demo lives on its own day
    user.save(update_fields=["last_login"])
    if hasattr(request, "session"):
        guard.begin(request, user, second=False)
    audit.record(actor=user, code="account.signed_in")


@receiver(user_logged_out)
def _signed_out(sender: Any, user: User | None, **kwargs: Any) -> None:
    if user is not None:
        audit.record(actor=user, code="account.signed_out")


@receiver(user_login_failed)
def _failed(sender: Any, credentials: dict[str, Any], request: Any = None, **kwargs: Any) -> None:
    locked = getattr(request, "axes_locked_out", False)
    inside = getattr(request, "user", None)  # proving anew
    user = inside if isinstance(inside, User) else None
    guard.note_failure(request, "locked" if locked else "password", user)
