"""Figures for Prometheus. Counts and times only: no label names a person, an account or a place.

What a process sees itself (requests, errors of the database, refused sign-ins) is counted where it happens; under
`yice serve` all processes keep these in one folder, so that each scrape gives the sum. What the database knows
(jobs, imports, needs overdue, the last backup) is asked at the scrape, and so holds for every machine of the site.
"""

from __future__ import annotations

import hmac
import ipaddress
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from axes.signals import user_locked_out
from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.db import DatabaseError, InterfaceError
from django.db.backends.signals import connection_created
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

from yice.config.watch.asked import Asked
from yice.shelf.scanner import looked

FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # the library's own name for it
LOOPBACK = "loopback"
SHORTEST_TOKEN = 24
PROXIED = ("HTTP_X_FORWARDED", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA")
SECONDS = (0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

_REQUESTS = Counter("yice_requests", "Requests answered", ["view", "method", "status"])
_TIMES = Histogram("yice_request_seconds", "Time until the answer began", ["view"], buckets=SECONDS)
_DATABASE = Counter("yice_database_errors", "Statements the database refused, by kind of error", ["kind"])
_LOOKED = Counter("yice_uploads_scanned", "Files shown to the virus scanner", ["outcome"])
_REFUSED = Counter("yice_sign_in_failures", "Sign-ins refused")
_LOCKED = Counter("yice_doors_locked", "Sign-ins that met, or made, a locked door")


def saw(view: str, method: str, status: int, seconds: float) -> None:
    """A request was answered. `view` is the name of one of ours, so there are as many as pages."""
    _REQUESTS.labels(view, method, status).inc()
    _TIMES.labels(view).observe(seconds)


def page(request: HttpRequest) -> HttpResponse | None:
    """All figures as text; None, and so the page of an address that is not there, for whoever may not have them."""
    if not may_have(request):
        return None
    registry = REGISTRY
    if os.environ.get(FOLDER):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    asked = CollectorRegistry()
    asked.register(Asked())
    return HttpResponse(generate_latest(registry) + generate_latest(asked), content_type=CONTENT_TYPE_LATEST)


def may_have(request: HttpRequest) -> bool:
    """YICE_METRICS: from this machine and through no proxy, or whoever shows the token."""
    said: str = settings.YICE_METRICS
    if said == LOOPBACK:
        return _from_here(request)
    shown = request.headers.get("Authorization", "")
    return len(said) >= SHORTEST_TOKEN and hmac.compare_digest(shown.encode(), f"Bearer {said}".encode())


def _from_here(request: HttpRequest) -> bool:
    try:
        near = ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
    # A visitor comes through our proxy, which is near, too; but a site behind TLS works only if it says so.
    return near and not any(name.startswith(PROXIED) for name in request.META)


def keep_together(port: int) -> None:
    """Before the processes of `yice serve` begin: an empty folder in which they count together."""
    folder = Path(settings.VAR) / "metrics" / f"{socket.gethostname()}-{port}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path in folder.glob("*.db"):
        path.unlink()
    os.environ[FOLDER] = str(folder)


@receiver(user_login_failed)
def _refused(sender: Any, **kwargs: Any) -> None:
    _REFUSED.inc()


@receiver(user_locked_out)
def _locked(sender: Any, **kwargs: Any) -> None:
    _LOCKED.inc()


@receiver(looked)
def _looked(sender: Any, outcome: str, **kwargs: Any) -> None:
    _LOOKED.labels(outcome).inc()


@receiver(connection_created)
def _watch(sender: Any, connection: Any, **kwargs: Any) -> None:
    if _count not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, _count)


def _count(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
    try:
        return execute(sql, params, many, context)
    except (DatabaseError, InterfaceError) as error:
        _DATABASE.labels(type(error).__name__).inc()
        raise
