"""What was done to somebody's account since they were last in: told at the next sign-in, so that nothing is done unseen."""

from __future__ import annotations

from django.db.models import Q

from yice.accounts.models import User
from yice.audit.models import Event
from yice.audit.sentences import sentence

BY_ONESELF = (
    "account.password_changed",
    "account.invitation_taken",
    "account.factor_added",
    "account.factor_removed",
    "account.recovery_renewed",
    "account.recovery_used",
    "account.codes_rest",
    "account.code_again",
    "account.new_browser",
    "account.sign_in_ended",
    "account.identity_linked",
    "account.identity_unlinked",
    "account.token_made",
)
BY_OTHERS = ("account.invited", "account.factors_forgotten", "account.reopened", "account.post_given")
MOST = 10


def since_last_time(user: User) -> list[str]:
    """Sentences, the oldest first; call it before the sign-in is noted. Nothing at the very first."""
    if user.last_login is None:
        return []
    mine = Q(actor=user, code__in=BY_ONESELF) | Q(code__in=BY_OTHERS, values__username=user.username)
    found = Event.objects.filter(mine, at__gt=user.last_login).order_by("-id")[:MOST]
    return [str(sentence(event)) for event in reversed(found)]
