"""What the lock on the door is told: whose attempt it was without the name typed, and from which address it came.

People type their password, or a number, into the field for the name: the table of failed attempts keeps a keyed
digest, which is enough to count. The lock is on the pair of account and address, so that nobody can shut a colleague
out from elsewhere; behind a proxy every request comes from the proxy, and the address is what the proxy says.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from yice.accounts.enums import Role
from yice.accounts.models import User

# Hours that a sign-in holds; the shortest of somebody's posts. A working day unless told.
WORKING_DAY = 8
HOURS: dict[Role, int] = {
    Role.SYSTEM_ADMINISTRATOR: 1,
    Role.ARBITRATOR: 2,
    Role.ASSESSOR: 2,
    Role.PROVIDER: 2,
    Role.EVALUATOR: 2,
}


def attempted_name(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """A keyed digest of the name as typed (AXES_USERNAME_CALLABLE)."""
    typed = str((credentials or request.POST).get("username") or "")
    return salted_hmac("yice.accounts.attempt", typed, algorithm="sha256").hexdigest()[:32]


def client_address(request: HttpRequest) -> str:
    """Behind TLS the last address of X-Forwarded-For, which our own proxy wrote; else the other end of the line."""
    direct: str = request.META.get("REMOTE_ADDR", "")
    if not settings.SECURE_SSL:
        return direct
    return request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()[:45] or direct


def session_seconds(user: User) -> int:
    """How long this sign-in holds, by the posts of the day."""
    hours = [HOURS.get(Role(post.role), WORKING_DAY) for post in user.posts_on()]
    return min(hours, default=WORKING_DAY) * 3600
