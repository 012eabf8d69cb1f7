"""Where somebody is signed in: the kind of device, since when, last seen; and which browsers an account has used before.

Of a browser's own description only the kind is kept. A browser that has signed in carries a mark of the account, signed,
so that guessing from a hundred addresses can be stopped for strangers without shutting the owner out.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from yice.accounts.models import SignIn, User
from yice.audit import services as audit
from yice.terms.errors import Problem
from yice.terms.messages import Message

KNOWN, MOST, FOR = "yice_known", 8, dt.timedelta(days=180)
SYSTEMS = ("HarmonyOS", "Android", "iPhone", "iPad", "Windows", "Macintosh", "Linux")
BROWSERS = (("MicroMessenger/", "微信"), ("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))  # fmt: skip


@dataclass(frozen=True)
class Row:
    mark: str  # what a form says to end it; gives nothing of the session away
    device: str
    began: dt.datetime
    seen: dt.datetime
    here: bool


def device(request: HttpRequest) -> list[str]:
    """Kind, system and browser, as far as they are told; nothing else of the description is kept."""
    said = request.headers.get("User-Agent", "")
    system = next((one for one in SYSTEMS if one in said), "")
    tablet = system == "iPad" or "Tablet" in said or (system == "Android" and "Mobile" not in said)
    kind = "tablet" if tablet else "phone" if "Mobile" in said or system == "iPhone" else "computer"
    return [kind, system, next((name for mark, name in BROWSERS if mark in said), "")]


def called(said: list[str]) -> str:
    """What such a device is called on a page and in the record."""
    if not said:
        return _("不清楚")
    kinds = {"phone": _("手机"), "tablet": _("平板"), "computer": _("电脑")}
    return " · ".join(filter(None, [kinds.get(said[0], said[0]), *said[1:]]))


def sign_ins(actor: User, here: str | None) -> list[Row]:
    """One's own that hold, this one first, then the latest seen."""
    rows = []
    for one in SignIn.objects.filter(user=actor, expire_date__gt=timezone.now()):
        held = one.get_decoded()
        began = dt.datetime.fromtimestamp(held.get("began", 0), dt.UTC)
        named = called(held.get("device", []))
        rows.append(Row(_mark(one.session_key), named, began, one.seen_at, one.session_key == here))
    return sorted(rows, key=lambda row: (row.here, row.seen), reverse=True)


@transaction.atomic
def end_sign_in(*, actor: User, mark: str) -> None:
    """End one of one's own; another's, or one that is over, reads as not there."""
    for one in SignIn.objects.filter(user=actor):
        if constant_time_compare(_mark(one.session_key), mark):
            named = called(one.get_decoded().get("device", []))
            one.delete()
            audit.record(actor=actor, code="account.sign_in_ended", values={"device": named})
            return
    raise Problem("sign-in-not-found", Message("没有这一处登录，可能已经退出。"))


def note_seen(session: str | None) -> None:
    """A page is not lost for a note that could not be made."""
    try:
        SignIn.objects.filter(session_key=session).update(seen_at=timezone.now())
    except DatabaseError:
        return


def is_known(request: HttpRequest, name: str) -> bool:
    """Whether somebody has signed in with this browser under `name` (guard.attempted_name) in the last half year."""
    return name[:16] in _names(request)


def remember(request: HttpRequest, response: HttpResponse, name: str) -> None:
    names = [name[:16], *(one for one in _names(request) if one != name[:16])][:MOST]
    response.set_cookie(
        _cookie(),
        TimestampSigner(salt=KNOWN).sign(".".join(names)),
        max_age=FOR,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def _names(request: HttpRequest) -> list[str]:
    try:
        return TimestampSigner(salt=KNOWN).unsign(request.COOKIES.get(_cookie(), ""), max_age=FOR).split(".")
    except BadSignature:
        return []


def _cookie() -> str:
    return f"{settings.COOKIES}{KNOWN}"


def _mark(session: str) -> str:
    return salted_hmac("yice.accounts.sign_in", session, algorithm="sha256").hexdigest()[:24]
