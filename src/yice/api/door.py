"""The door of every operation: who may ask is declared where it is written, as at the pages.

By token alone: no cookie is read, so there is nothing for another site to ride on. A token leaves of its maker's posts
what it was made for (`User.only`); a write is done once for each key and answered alike when it is sent again.
"""

from __future__ import annotations

import functools
import hashlib
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Router
from ninja.decorators import decorate_view

from yice.accounts import access, guard, replies, rows, tokens
from yice.accounts.enums import Action
from yice.accounts.models import Token, User
from yice.api import limits
from yice.api.errors import Refused, too_large
from yice.audit import services as audit
from yice.exchange import uploads
from yice.loop.identify import looking
from yice.terms import clock
from yice.terms.messages import Message

EVERYBODY = tuple(Action)  # whoever has a token; it shows only what their posts allow
JSON_LIMIT = 256 * 1024
FORM_ROOM = 64 * 1024  # beside the file
KEY = re.compile(r"[A-Za-z0-9_.-]{8,64}")
Takes = Literal["", "json", "form"]
View = Callable[..., Any]
Run = Callable[..., HttpResponse]


class ApiRequest(HttpRequest):
    """A request whose token was looked at."""

    user: User  # type: ignore[assignment]
    token: Token
    key: str  # of this write alone, for services that take one


@dataclass(frozen=True)
class Declared:
    """What an operation says of itself."""

    actions: tuple[Action, ...]
    writes: bool
    takes: Takes
    leads: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # operation → (its parameter, where)
    shows: str = ""  # whose record it answers with, as at the pages (`loop.identify.looking`)
    name: str = ""


OPERATIONS: dict[str, Declared] = {}


def operation(
    router: Router,
    method: Literal["GET", "POST"],
    path: str,
    *actions: Action,
    answers: Any,
    status: int = 200,
    writes: bool = False,
    takes: Takes | None = None,
    leads: Mapping[str, tuple[str, str]] | None = None,
    shows: str = "",
) -> Callable[[View], View]:
    """Declare an operation: somebody with a post, and a token, that carries one of `actions`. `writes` asks for a key."""
    chosen: Takes = takes if takes is not None else "json" if method == "POST" else ""

    def declare(view: View) -> View:
        name = view.__name__
        declared = Declared(actions, writes, chosen, leads or {}, shows, name)
        assert name not in OPERATIONS, name  # noqa: S101 - links and logs go by the name
        OPERATIONS[name] = declared
        summary, _, more = (view.__doc__ or name).strip().partition("\n")
        made = router.api_operation(
            [method],
            path,
            response={status: answers},
            operation_id=name,
            summary=summary,
            description=" ".join(more.split()),
            url_name=name,
        )(view)
        decorate_view(functools.partial(_guarded, declared))(view)
        return made

    return declare


def _guarded(declared: Declared, run: Run) -> Run:
    @functools.wraps(run)
    def guarded(request: ApiRequest, **kw: Any) -> HttpResponse:
        token = _come_in(request)
        if declared.actions != EVERYBODY and not any(access.grants(token.user, a) for a in declared.actions):
            raise access.Forbidden(access.may(token.user, declared.actions[0]).why)
        _fits(request, declared.takes)
        if declared.takes == "form":
            uploads.require_clean(request, token.user)
        if declared.writes:
            return _once(request, run, kw)
        with rows.within(token.user):
            response = run(request, **kw)
            if declared.shows and response.status_code < 300:
                _note_reading(request, declared, kw)
            return response

    return guarded


def _come_in(request: ApiRequest) -> Token:
    scheme, _, shown = request.headers.get("Authorization", "").partition(" ")
    token = tokens.bearer(shown.strip()) if scheme.lower() == "bearer" else None
    if token is None:
        guard.note_stranger(request)
        limits.count(f"address {guard.client_address(request)}", limits.STRANGERS)
        raise Refused(
            401,
            "token-wrong" if scheme else "token-missing",
            Message("没有接口令牌，或者它不对、已到期、已收回。"),
            fix=Message("请在 Authorization 里写 Bearer 和令牌；令牌用 yice token make 办。"),
            headers={"WWW-Authenticate": 'Bearer realm="yice"'},
        )
    request.token, request.user = token, token.user
    request._cached_user = token.user  # type: ignore[attr-defined] # a refusal in the log names the account
    limits.count(f"token {token.pk}")
    if _first_today(f"use {token.pk}"):
        tokens.note_use(token)
    return token


def note_refusal(request: HttpRequest) -> None:
    """What a system asked for that is not its maker's stands in the record, once a day and operation."""
    token, match = getattr(request, "token", None), request.resolver_match
    if token is not None and match is not None and _first_today(f"refused {token.pk} {match.url_name}"):
        audit.record(actor=token.user, code="account.refused", values={"page": f"api:{match.url_name}"})


def _note_reading(request: ApiRequest, declared: Declared, address: dict[str, Any]) -> None:
    if declared.shows != looking.LIST:
        looking.note(actor=request.user, kind=declared.shows, address=address)
    elif _first_today(f"read {request.token.pk} {declared.name}"):
        looking.note_list(actor=request.user, page=f"api:{declared.name}")


_told: set[tuple[str, str]] = set()
_telling = threading.Lock()


def _first_today(what: str) -> bool:
    """Whether this process has not yet told it today."""
    day = clock.today().isoformat()
    with _telling:
        for old in [one for one in _told if one[0] != day]:
            _told.discard(old)
        new = (day, what) not in _told
        _told.add((day, what))
    return new


def forget() -> None:
    """As a new process: nothing told yet."""
    _told.clear()


def _fits(request: HttpRequest, takes: Takes) -> None:
    """Refuse a body of the wrong kind, or a larger one than is read."""
    size = int(request.META.get("CONTENT_LENGTH") or 0)
    if size > (settings.YICE_UPLOAD_LIMIT + FORM_ROOM if takes == "form" else JSON_LIMIT):
        raise too_large()
    wanted = {"json": "application/json", "form": "multipart/form-data"}.get(takes)
    if wanted is not None and request.content_type != wanted:
        what = Message("正文要用 {kind}。", kind=wanted)
        raise Refused(415, "media-type", what, headers={"Accept-Post": wanted})


def _once(request: ApiRequest, run: Run, kw: Mapping[str, Any]) -> HttpResponse:
    key = request.headers.get("Idempotency-Key", "")
    if not KEY.fullmatch(key):
        raise Refused(
            400,
            "key-missing",
            Message("每次提交要有自己的 Idempotency-Key：8 至 64 个字母、数字、点、横线或下划线。"),
            why=Message("断线后用同一个重发，事情只办一次，答复也一样。"),
            field="Idempotency-Key",
        )
    request.key = hashlib.sha256(f"{request.token.uuid} {key}".encode()).hexdigest()
    digest = replies.asked((request.method or "").encode(), request.path.encode(), _sent(request))
    try:
        with transaction.atomic():
            reply = replies.take(request.token, key, digest)
            response = run(request, **kw)
            if response.status_code >= 400:
                transaction.set_rollback(True)  # nothing was done: the same key may try again
            else:
                replies.keep(reply, response.status_code, response.content.decode())
            return response
    except replies.Done as done:
        headers = {"Idempotency-Replayed": "true"}
        return HttpResponse(
            done.reply.body, status=done.reply.status, content_type="application/json", headers=headers
        )


def _sent(request: HttpRequest) -> bytes:
    """What was sent, read alike however it was cut into parts."""
    if request.content_type == "application/json":
        return request.body
    return replies.form_of(request)
