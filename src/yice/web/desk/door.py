"""The door of every page: who may come in is declared where the page is written, and nowhere else.

A view without `@page` or `@open_page` is not served: `tests/web/test_every_page_is_declared.py` walks all addresses.
The door asks only whether some post of the reader carries the action; which rows they see is the selectors' work.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlencode

from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from yice.accounts import access, guard, replies
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.exchange import uploads
from yice.loop.identify import looking
from yice.terms import clock

P = ParamSpec("P")
STEP_UP = frozenset({Action.PERSON_UNMASK, Action.EXPORT})  # asked to prove anew whatever page it is
SHOWN = (200, 422)  # the page, or the page with what is wrong with what was sent
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


class DeskRequest(HttpRequest):
    """A request whose reader is signed in."""

    user: User  # type: ignore[assignment]


def page(
    *actions: Action, post: bool = False, anew: bool = False, once: bool = False, shows: str = ""
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Declare who may open a page: somebody with a post that carries one of `actions`. `post` lets it write;
    `anew`: whoever sends it must have proved lately who they are (YICE_STEP_UP_MINUTES); `once`: the door keeps the
    key of its forms (`{% once %}`), because the services behind it keep none;
    `shows`: whose record stands on it (`loop.identify.looking`), so that opening it is written down; nothing: it names
    nobody on file."""

    def declare(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
            if not any(access.grants(request.user, action) for action in actions):
                raise access.Forbidden(access.may(request.user, actions[0]).why)
            grave = STEP_UP.intersection(actions) or (anew and request.method == "POST")
            if grave and not guard.proved_lately(request, request.user):
                return prove_anew(request)
            if post and request.method == "POST":
                uploads.require_clean(request, request.user)
            if once and request.method == "POST" and request.POST.get("once"):
                response = _taken_once(request, functools.partial(view, request, *args, **kwargs))
            else:
                response = view(request, *args, **kwargs)
            return _noted(request, shows, kwargs, response)

        served = require_http_methods(["GET", "HEAD", "POST"] if post else ["GET", "HEAD"])(guarded)
        served.actions, served.once, served.shows = actions, once, shows  # type: ignore[attr-defined]
        return served

    return declare


def _taken_once(request: Any, run: Callable[[], HttpResponse]) -> HttpResponse:
    """Carry the form out, its key within the same transaction; sent again, it leads where it led before."""
    key = hashlib.sha256(f"{request.path} {request.POST['once']}".encode()).hexdigest()
    try:
        with transaction.atomic():
            reply = replies.take(request.user, key, replies.asked(replies.form_of(request)))
            response = run()
            if response.status_code == HTTPStatus.FOUND:
                replies.keep(reply, response.status_code, response["Location"])
            else:
                reply.delete()  # not taken: mended, the same page may send it again
            return response
    except replies.Done as done:
        return HttpResponseRedirect(done.reply.body)


def _noted(request: HttpRequest, shows: str, address: dict[str, Any], response: HttpResponse) -> HttpResponse:
    """The page as it was made, once it stands in the record who is about to read it. A page that leads on shows nobody."""
    if not shows or response.status_code not in SHOWN:
        return response
    if shows != looking.LIST:
        looking.note(actor=request.user, kind=shows, address=address)
        return response
    name, today = request.resolver_match.url_name, clock.today().isoformat()  # type: ignore[union-attr]
    told = request.session.get("lists", [])
    if [today, name] not in told:
        request.session["lists"] = [*(one for one in told if one[0] == today), [today, name]]
        looking.note_list(actor=request.user, page=name or "")
    return response


def prove_anew(request: HttpRequest) -> HttpResponse:
    """Prove it, and come back to the page from which it was asked; what was sent is not done."""
    back = request.get_full_path()
    if request.method != "GET":
        back = request.headers.get("Referer", "").partition(request.get_host())[2] or "/"
    return HttpResponseRedirect(f"{reverse('desk:confirm')}?{urlencode({'next': back})}")


def open_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Declare a page that anybody may open: signing in, the patterns, whether the site is well."""
    served = require_http_methods(["GET", "HEAD", "POST"])(view)
    served.actions, served.shows = (), ""  # type: ignore[attr-defined]
    return served


def signed_in_page(view: Callable[..., HttpResponse], *, shows: str = "") -> Callable[..., HttpResponse]:
    """Declare a page for everybody who is signed in; it shows only what their posts allow. `shows`: as of `page`."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
        return _noted(request, shows, kwargs, view(request, *args, **kwargs))

    served = require_http_methods(["GET", "HEAD", "POST"])(guarded)
    served.actions, served.shows = tuple(Action), shows  # type: ignore[attr-defined]
    return served
