"""Pages that belong to no task: what went wrong, and every component on one page."""

from __future__ import annotations

import sys
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from yice.terms.errors import AwayError, Problem, Problems
from yice.terms.status import is_away, status_of
from yice.web.ui.errors import lines_of


def problem(request: HttpRequest, found: Problem | Problems) -> HttpResponse:
    """A problem as a page: what, where, why, what to do."""
    problems = found.problems if isinstance(found, Problems) else [found]
    status = status_of(found)
    about = {"problems": problems, "lines": lines_of(found), "status": status}
    return render(request, "ui/problem.html", about, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Shown without the query and the form: it may be these that cannot be read."""
    return plain("ui/errors/400.html", 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "ui/errors/403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "ui/errors/404.html", status=404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was open too long, or cookies are off: nothing was saved, and that is said."""
    return render(request, "ui/errors/csrf.html", status=403)


def busy(request: HttpRequest) -> HttpResponse:
    """The database is taken; nothing was saved. Shown without asking it anything."""
    return plain("ui/errors/503.html", 503, {"Retry-After": "20"})


def too_often(seconds: int) -> HttpResponse:
    """More pages in a minute than one person opens by hand."""
    return plain("ui/errors/429.html", 429, {"Retry-After": str(seconds)})


def failed(request: HttpRequest) -> HttpResponse:
    """A fault of ours, or, wherever it was noticed, a database that is not there: then it is a 503.

    Shown without the database and without the reader's session, which may be the cause.
    """
    error = sys.exc_info()[1]
    if isinstance(error, OperationalError | InterfaceError | AwayError) and is_away(error):
        return busy(request)
    return plain("ui/errors/500.html", 500)


def plain(name: str, status: int, headers: dict[str, str] | None = None) -> HttpResponse:
    return HttpResponse(render_to_string(name), status=status, headers=headers)


def patterns(request: HttpRequest) -> HttpResponse:
    """Every component in every state, with people who do not exist: the fixture of look, access and print."""
    from yice.web.ui import patterns as shown  # only this page needs it

    about: dict[str, Any] = shown.everything(request)
    about["title"] = _("组件样张")
    return render(request, "ui/patterns.html", about)
