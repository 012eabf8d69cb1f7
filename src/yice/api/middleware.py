"""Everything under /api/ is answered here: without session, cookie, redirect to a door or page for what went wrong."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.urls import resolve
from django.utils import translation
from django.utils.cache import patch_vary_headers

from yice.api.door import note_refusal
from yice.api.errors import answer, not_allowed, shaped

ROOT = "/api/"
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Frame-Options": "DENY",
}


class ApiMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(ROOT):
            return self.get_response(request)
        request.COOKIES = {}
        request.user = AnonymousUser()
        language = translation.get_language_from_request(request)
        with translation.override(language):
            response = self.reach(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers["Content-Language"] = language
        patch_vary_headers(response, ("Accept-Language", "Authorization"))
        return response

    def reach(self, request: HttpRequest) -> HttpResponse:
        """The operation's answer, or whatever went wrong on the way in the one shape."""
        try:
            request.get_host()
            if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
                raise SuspiciousOperation("a null character")
            request.resolver_match = match = resolve(request.path_info)
            response: HttpResponse = match.func(request, *match.args, **match.kwargs)
        except Exception as error:
            response = answer(request, error)
        if response.status_code == 405:
            response = shaped(not_allowed(response.headers["Allow"]))
        if response.status_code in (403, 404):
            note_refusal(request)
        return response
