"""Coming in: the first factor, the second where there is one, and proving oneself anew while inside."""

from __future__ import annotations

import time
from typing import Any

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from yice.accounts import browsers, guard, news, tokens
from yice.accounts.models import Factor, User
from yice.audit import services as audit
from yice.terms.messages import listed

HALF = "half"  # the session's key for whoever has shown the first factor alone
HOLDS = 600  # seconds
BACKEND = "django.contrib.auth.backends.ModelBackend"


def after_first(request: HttpRequest, user: User, onward: str) -> HttpResponse:
    """Password, or the office's own sign-in, went well: inside, or on to the second factor."""
    if not Factor.objects.filter(user=user).exists():  # rule: rows-in-web - nobody is signed in yet
        return come_in(request, user, onward, second=False)
    request.session.cycle_key()
    request.session[HALF] = {
        "user": user.pk,
        "hash": user.get_session_auth_hash(),
        "at": int(time.time()),
        "onward": onward,
    }
    return HttpResponseRedirect(reverse("desk:sign-in-code"))


def half_in(request: HttpRequest) -> tuple[User, str] | None:
    """Who stands between the two factors, and where they were going; nobody after ten minutes or a new password."""
    held: dict[str, Any] = request.session.get(HALF) or {}
    user = User.objects.filter(
        pk=held.get("user"), is_active=True
    ).first()  # rule: rows-in-web - nobody is signed in yet
    if user is None or time.time() - held["at"] > HOLDS or held["hash"] != user.get_session_auth_hash():
        return None
    return user, held["onward"]


def come_in(request: HttpRequest, user: User, onward: str, *, second: bool) -> HttpResponse:
    request.session.pop(HALF, None)
    done = news.since_last_time(user)
    name = guard.attempted_name(request, {"username": user.username})
    strange = user.last_login is not None and not browsers.is_known(request, name)
    login(request, user, backend=BACKEND)
    guard.begin(request, user, second=second)
    if strange:
        values = {"device": browsers.called(browsers.device(request))}
        audit.record(actor=user, code="account.new_browser", values=values)
    if done:
        said = _("上次登录以后，您的账号有这些改动：{changes}。不是您做的，请马上换密码，并告诉系统管理员。")
        messages.warning(request, said.format(changes=listed(done, "；")))
    if ending := tokens.ending(user):
        said = _("这些接口令牌两周内到期，请及时换新的：{names}。")
        messages.warning(request, said.format(names=listed(ending, "、")))
    response = HttpResponseRedirect(onward)
    browsers.remember(request, response, name)
    return response


def proved(request: HttpRequest, *, second: bool) -> HttpResponse:
    """Whoever is inside showed it once more: the sign-in begins anew, and leads on to where it was asked."""
    guard.begin(request, request.user, second=second)
    audit.record(actor=request.user, code="account.proved")
    return HttpResponseRedirect(onward_of(request))


def onward_of(request: HttpRequest) -> str:
    """Where the address or the form says to go on; never to another host."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else reverse("desk:home")
