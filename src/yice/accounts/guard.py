"""The door: what the lock is told of an attempt, how long a sign-in holds, who needs a second factor, who proves anew.

People type their password, or a number, into the field for the name: the table of failed attempts keeps a keyed
digest, which is enough to count. The lock is on the pair of account and address, so that nobody can shut a colleague
out from elsewhere; behind a proxy every request comes from the proxy, and the address is what the proxy says.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from dataclasses import dataclass
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from yice.accounts import browsers
from yice.accounts.models import User
from yice.audit import services as audit

SEEN = "yice_seen"
TOUCH = 60  # seconds: the mark of being here is not renewed more often
# Wrong passwords from one address, whatever names were tried, before the door stays shut for the quarter of an hour.
FROM_ONE_ADDRESS = 60
# Wrong passwords for one name from wherever, within the same quarter of an hour: under a hundred in an hour. After them
# only browsers that have signed in under this name before may try, so that guessing shuts no owner out.
FOR_ONE_NAME = 24
NOTED = 600  # seconds: the list of sign-ins tells no more exactly when somebody was last there

log = logging.getLogger("yice.door")


@dataclass(frozen=True)
class Limits:
    """Seconds that a sign-in holds: without doing anything, and at all."""

    idle: int
    whole: int


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


def address_is_locked(request: HttpRequest) -> bool:
    """Whether somebody at this address has been trying many names; those who are signed in there notice nothing."""
    since = timezone.now() - dt.timedelta(hours=settings.AXES_COOLOFF_TIME)
    tried = AccessAttempt.objects.filter(ip_address=client_address(request), attempt_time__gt=since)
    return (tried.aggregate(n=Sum("failures_since_start"))["n"] or 0) >= FROM_ONE_ADDRESS


def name_is_guessed(request: HttpRequest) -> bool:
    """Whether many addresses together are trying one name, and this browser never signed in under it."""
    name, since = attempted_name(request), timezone.now() - dt.timedelta(hours=settings.AXES_COOLOFF_TIME)
    tried = AccessAttempt.objects.filter(username=name, attempt_time__gt=since)
    many = (tried.aggregate(n=Sum("failures_since_start"))["n"] or 0) >= FOR_ONE_NAME
    return many and not browsers.is_known(request, name)


def note_failure(request: HttpRequest | None, check: str, user: User | None = None) -> None:
    """A proof that did not hold, in the record: which check, from where, and whose where that is known. The name typed
    is kept nowhere. While a lock holds each knock is a line of the log alone, which nobody can fill the record with."""
    came = mark_of(request) if request is not None else "—"
    log.warning("refused at the door", extra={"check": check, "came": came})
    if check != "locked":
        audit.record(actor=user, code="account.sign_in_failed", values={"check": check, "from": came})


def note_stranger(request: HttpRequest) -> None:
    """A system came with a token that is none, or holds no more: a line of the log, for a machine knocks without end."""
    log.warning("refused at the door", extra={"check": "token", "came": mark_of(request)})


def mark_of(request: HttpRequest) -> str:
    """A keyed mark of the address: the same address has the same, and no address can be read from it."""
    return salted_hmac("yice.accounts.address", client_address(request), algorithm="sha256").hexdigest()[:10]


def limits(user: User) -> Limits:
    """By the posts of the day; of several the shortest, of none the ordinary."""
    table: dict[str, tuple[int, int]] = settings.YICE_SESSION_MINUTES
    held = [table.get(post.role, table["*"]) for post in user.posts_on()] or [table["*"]]
    return Limits(min(one[0] for one in held) * 60, min(one[1] for one in held) * 60)


def needs_second_factor(user: User) -> bool:
    """Whether some post of the day asks for more than a password (YICE_SECOND_FACTOR)."""
    asked: frozenset[str] = settings.YICE_SECOND_FACTOR
    return any("*" in asked or post.role in asked for post in user.posts_on())


def begin(request: HttpRequest, user: User, *, second: bool) -> None:
    """Note in the session, right after signing in or proving anew, when that was and whether by two factors."""
    request.session.set_expiry(limits(user).whole)
    request.session["began"] = request.session["proved"] = int(time.time())
    request.session["device"] = browsers.device(request)
    request.session["second"] = second or bool(request.session.get("second"))


def proved_lately(request: HttpRequest, user: User) -> bool:
    """Whether who sits there showed it recently enough for what is most sensitive (YICE_STEP_UP_MINUTES)."""
    table: dict[str, int] = settings.YICE_STEP_UP_MINUTES
    asked = [table.get(post.role, table.get("*", 0)) for post in user.posts_on()]
    minutes = min((one for one in asked if one), default=0)
    return not minutes or time.time() - request.session.get("proved", 0) < minutes * 60


def ends_at(request: HttpRequest, user: User) -> float:
    """When this sign-in ends if nothing more is done: seconds since 1970, in the past once it is over."""
    held, began = limits(user), float(request.session.get("began", 0))
    return min(began + held.whole, max(_seen(request), began) + held.idle)


def whole_until(request: HttpRequest, user: User) -> int:
    """When this sign-in ends whatever is done: what a device keeps of it is not shown after."""
    return int(float(request.session.get("began", 0)) + limits(user).whole)


def seconds_left(request: HttpRequest, user: User) -> int:
    """How long it holds from this request on, if it is the last one."""
    held, now = limits(user), time.time()
    return int(min(held.idle, float(request.session.get("began", 0)) + held.whole - now))


def touch(request: HttpRequest, response: HttpResponse) -> None:
    """Renew the mark of being here: a cookie, signed for this session, because a page that is read writes nothing. What
    it carries is when the list of sign-ins was last told."""
    now = time.time()
    if not request.session.session_key or now - _seen(request) < TOUCH:
        return
    noted = _noted(request)
    if now - noted > NOTED:
        browsers.note_seen(request.session.session_key)
        noted = int(now)
    secure = settings.SESSION_COOKIE_SECURE
    mark = _signer(request).sign(str(noted))
    response.set_cookie(seen_name(), mark, httponly=True, samesite="Lax", secure=secure)


def seen_name() -> str:
    return f"{settings.COOKIES}{SEEN}"


def _seen(request: HttpRequest) -> float:
    """When they were last here; nought without the mark, or with another session's."""
    given = request.COOKIES.get(seen_name(), "")
    try:
        _signer(request).unsign(given)
        return float(signed_at(given))
    except (BadSignature, ValueError):
        return 0.0


def _noted(request: HttpRequest) -> int:
    try:
        return int(_signer(request).unsign(request.COOKIES.get(seen_name(), "")))
    except (BadSignature, ValueError):
        return int(request.session.get("began", 0))


def signed_at(given: str) -> int:
    """The time within a signed mark: `value:time:signature`, the time in base 62."""
    from django.core.signing import b62_decode

    return int(b62_decode(given.rsplit(":", 2)[1]))


def _signer(request: HttpRequest) -> TimestampSigner:
    return TimestampSigner(salt=f"yice.seen.{request.session.session_key}")
