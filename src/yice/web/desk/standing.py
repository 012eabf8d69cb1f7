"""Between signing in and the page: whether the sign-in still holds, and whether a second factor is still owed."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from yice.accounts import guard, pace, rows
from yice.audit import services as audit
from yice.web.ui.views import too_often

# What may be opened before the second factor that the post asks for is set up.
MEANWHILE = frozenset(
    {"second-factor", "totp", "passkey", "passkey-options", "confirm", "password", "sign-ins", "sign-out"}
)
SENDS = 5  # of so many pages one is sent: a form is read and filled in first


class StandingMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _reads(request):
            with rows.within(request.user):  # nobody's areas for who is not signed in
                response = self.get_response(request)
        else:
            response = self.get_response(request)
        # What the page asks for by itself is no sign that somebody sits there.
        if getattr(request, "stands", False) and not request.headers.get("HX-Request"):
            guard.touch(request, response)
        if response.status_code in (403, 404) and request.user.is_authenticated:
            _note_refusal(request)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if not request.user.is_authenticated or not hasattr(view, "actions"):
            return None
        if guard.ends_at(request, request.user) <= time.time():
            logout(request)
            return HttpResponseRedirect(_door(request)) if view.actions else None
        if not view.actions:
            return None
        if seconds := _too_fast(request):
            return too_often(seconds)
        request.stands = True  # type: ignore[attr-defined]
        name = request.resolver_match.url_name if request.resolver_match else ""
        owed = name not in MEANWHILE and not request.session.get("second")
        if owed and guard.needs_second_factor(request.user):
            return HttpResponseRedirect(reverse("desk:second-factor"))
        return None


def _too_fast(request: HttpRequest) -> int:
    """Seconds to wait for whoever opens, or sends, more in a minute than somebody does by hand."""
    who, sends = f"account {request.user.pk}", request.method == "POST"
    seconds = pace.wait(who, settings.YICE_PAGE_RATE)
    return seconds or (sends and pace.wait(f"{who} sends", -(-settings.YICE_PAGE_RATE // SENDS))) or 0


def _note_refusal(request: HttpRequest) -> None:
    """What somebody tried to open that is not theirs stands in the record, once a page and sign-in."""
    name = request.resolver_match.url_name if request.resolver_match else None
    told = request.session.get("refused", [])
    if name and name not in told:
        request.session["refused"] = [*told, name][-100:]
        audit.record(actor=request.user, code="account.refused", values={"page": name})


def _reads(request: HttpRequest) -> bool:
    """Whether nothing is written: such a request is behind the wall of rows. What writes is judged by its service,
    which locks and joins rows of people who are registered elsewhere, or have moved away meanwhile."""
    return request.method in ("GET", "HEAD") or request.path.endswith(("/export/", "/search/"))


def _door(request: HttpRequest) -> str:
    """The door, which says why one stands before it, and leads back."""
    lost = request.method != "GET"
    query = {"next": "/" if lost else request.get_full_path(), "over": "unsaved" if lost else "idle"}
    return f"{reverse('desk:sign-in')}?{urlencode(query)}"
