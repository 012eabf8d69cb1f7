"""Around every answer: the reader's choices, what the browser may load, and problems said as pages."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.cache import patch_vary_headers

from yice.terms.errors import AwayError, Problem, Problems
from yice.terms.status import is_away
from yice.web.ui import views
from yice.web.ui.display import COOKIE, Display

log = logging.getLogger(__name__)
Answer = Callable[[HttpRequest], HttpResponse]
YEAR = 365 * 24 * 3600

# Nothing from anywhere else, nothing written into the page: no inline script, no inline style, no eval.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class HeadersMiddleware:
    """Around everything else: what is answered before a page is reached, or because it failed, is shut in as well."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            # Pages name people: a shared machine must not bring them back after signing out.
            response.headers.setdefault("Cache-Control", "no-store")
        elif response.headers.get("Content-Type", "").startswith("application/json"):
            # Opened by its address it is a file, never a page.
            response.headers.setdefault("Content-Disposition", 'attachment; filename="api.json"')
        return response


class DisplayMiddleware:
    """Keeps `?display=` and `?language=` in cookies and comes back to the same address without them."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method == "GET" and request.GET.keys() & {"display", "language"}:
            response: HttpResponse = self.keep(request)
        else:
            response = self.get_response(request)
        if request.headers.get("HX-Request") and leads_to_sign_in(response):
            # Signed out meanwhile: the whole page goes to the door, not the door into a fragment.
            response = HttpResponse(headers={"HX-Refresh": "true"})
        if response.headers.get("Content-Type", "").startswith("text/html"):
            # The display is in the cookie, the language in the cookie or the browser's wish.
            patch_vary_headers(response, ("Cookie", "Accept-Language"))
        return response

    def keep(self, request: HttpRequest) -> HttpResponse:
        query = request.GET.copy()
        chosen = {name: query.pop(name)[-1] for name in ("display", "language") if name in query}
        # A path of two slashes would lead to another host.
        path = "/" + request.path.lstrip("/")
        onward = f"{path}?{query.urlencode()}" if query else path
        response = HttpResponseRedirect(onward)  # nosemgrep: open-redirect - one slash: a path of ours
        if "display" in chosen:
            set_cookie(response, COOKIE, str(Display.parse(chosen["display"])))
        if chosen.get("language") in dict(settings.LANGUAGES):
            set_cookie(response, settings.LANGUAGE_COOKIE_NAME, chosen["language"])
        return response


def set_cookie(response: HttpResponse, name: str, value: str) -> None:
    secure = settings.SESSION_COOKIE_SECURE
    response.set_cookie(name, value, max_age=YEAR, secure=secure, httponly=True, samesite="Lax")


def leads_to_sign_in(response: HttpResponse) -> bool:
    to = response.headers.get("Location", "")
    return bool(to) and to.startswith(resolve_url(settings.LOGIN_URL))


class ProblemMiddleware:
    """A problem nobody caught becomes a page with its sentences; a database locked too long becomes a 503."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Problem | Problems):
            return views.problem(request, exception)
        if isinstance(exception, OperationalError | InterfaceError | AwayError) and is_away(exception):
            log.error("the database or the files are away", exc_info=exception)
            return views.busy(request)
        return None
