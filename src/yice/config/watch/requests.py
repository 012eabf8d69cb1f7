"""Around every request: its number, its line in the log, its place in the figures; and the answers for machines.

What machines ask (`/healthz`, `/readyz`, `/metrics`) is answered before anything else: no host name, no TLS, no
session and no database is needed to learn that one of these is what is missing.
"""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable
from typing import Any

from django.core.signals import got_request_exception
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from structlog.contextvars import bound_contextvars

from yice.config.watch import figures, ready

log = logging.getLogger("yice.request")
SLOW = 2.0  # seconds
# Refused, or not taken as it was sent. Not there (404) is a refusal for who is signed in: out of reach reads the same.
REFUSED = frozenset({400, 403, 405, 409, 413, 415, 422, 429})
# What proxies make: 32 hexadecimal digits, or a UUID. Nothing else is taken over: it would stand in every line.
GIVEN = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
Answer = Callable[[HttpRequest], HttpResponse]
MACHINES: dict[str, Callable[[HttpRequest], HttpResponse | None]] = {
    "/healthz": ready.alive,
    "/readyz": ready.ready,
    "/metrics": figures.page,
}


class WatchMiddleware:
    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        machine = MACHINES.get(request.path_info) if request.method in ("GET", "HEAD") else None
        if machine and (answer := machine(request)) is not None:
            return answer
        number = number_of(request)
        with bound_contextvars(request=number):
            began = time.perf_counter()
            response = self.get_response(request)
            _tell(request, response.status_code, time.perf_counter() - began)
        response.headers["X-Request-ID"] = number
        return response


def number_of(request: HttpRequest) -> str:
    """The proxy's number for this request where it is one, else a new one; 32 hexadecimal digits."""
    given = request.headers.get("X-Request-ID", "").lower()
    return given.replace("-", "") if GIVEN.fullmatch(given) else uuid.uuid4().hex


def view_of(request: HttpRequest) -> str:
    """The name of the view, never the address: an address may hold what was looked for."""
    match = request.resolver_match
    return match.view_name if match else "static" if request.path_info.startswith("/static/") else "none"


def _tell(request: HttpRequest, status: int, seconds: float) -> None:
    view, method = view_of(request), request.method if request.method in ("GET", "HEAD", "POST") else "other"
    figures.saw(view, method, status, seconds)
    reader = getattr(request, "_cached_user", None)
    inside = reader is not None and reader.pk
    told = status in REFUSED or (status == 404 and inside)
    level = logging.ERROR if status >= 500 else logging.WARNING if told else logging.INFO
    if seconds > SLOW:
        level = max(level, logging.WARNING)
    if not log.isEnabledFor(level):
        return
    said = {"view": view, "method": method, "status": status, "ms": round(seconds * 1000)}
    if told and inside:
        said["account"] = reader.pk  # a row's number: who reads the log asks the record whose it is
    log.log(level, "answered", extra=said)


@receiver(got_request_exception)
def _fault(sender: Any, request: HttpRequest | None = None, **kwargs: Any) -> None:
    log.error("a fault of ours", exc_info=True)
