"""Signing in at the office's own service and coming back; binding one's account to it; proving oneself anew there."""

from __future__ import annotations

from dataclasses import asdict

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from yice.accounts import guard
from yice.accounts import openid as services
from yice.terms.errors import Problem
from yice.terms.messages import Message
from yice.web.desk.door import open_page, prove_anew, signed_in_page
from yice.web.desk.entering import after_first, onward_of, proved

STATE = "openid_asked"


@open_page
def openid(request: HttpRequest) -> HttpResponse:
    """Off to the issuer; what was asked waits in the session (the only GET that begins one)."""
    if not settings.YICE_OPENID["issuer"]:
        return HttpResponseRedirect(reverse("desk:sign-in"))
    return _away(request, link=False, anew=request.user.is_authenticated and "anew" in request.GET)


@signed_in_page
def openid_link(request: HttpRequest) -> HttpResponse:
    """Bind one's account to the office's own sign-in, or undo it: whoever sits there has proved lately who they are."""
    if request.method != "POST" or not settings.YICE_OPENID["issuer"]:
        return HttpResponseRedirect(reverse("desk:password"))
    if not guard.proved_lately(request, request.user):
        return prove_anew(request)
    if "undo" in request.POST:
        services.unbind(actor=request.user)
        messages.success(request, _("已解除绑定，不能再用单位统一身份认证登录。"))
        return HttpResponseRedirect(reverse("desk:password"))
    return _away(request, link=True, anew=False)


def _away(request: HttpRequest, *, link: bool, anew: bool) -> HttpResponse:
    try:
        to, asked = services.ask(back=_back(request), onward=onward_of(request), link=link, anew=anew)
    except Problem as problem:
        return _told(request, problem)
    request.session[STATE] = asdict(asked)
    return HttpResponseRedirect(to)  # nosemgrep: open-redirect - the issuer that the settings name


@open_page
def openid_back(request: HttpRequest) -> HttpResponse:
    """Back from the issuer: each answer is good once."""
    held = request.session.pop(STATE, None)
    if held is None:
        return HttpResponseRedirect(reverse("desk:sign-in"))
    asked = services.Asked(**held)
    try:
        found = services.claims(
            asked=asked,
            state=request.GET.get("state", ""),
            code=request.GET.get("code", ""),
            back=_back(request),
        )
        if asked.link and request.user.is_authenticated:
            services.bind(actor=request.user, found=found)
            messages.success(request, _("已绑定单位统一身份认证，以后可以用它登录。"))
            return HttpResponseRedirect(reverse("desk:password"))
        user = services.whose(found)
        if asked.anew and request.user == user:
            request.GET = request.GET.copy()
            request.GET["next"] = asked.onward
            return proved(request, second=False)
    except Problem as problem:
        guard.note_failure(request, "openid")
        return _told(request, problem)
    response = after_first(request, user, asked.onward)
    request.session["openid"] = True
    request.session["openid_sid"] = str(found.get("sid", ""))
    return response


@csrf_exempt  # the issuer has no token of ours: its signature stands for it
@open_page
def openid_ended(request: HttpRequest) -> HttpResponse:
    """Back-channel logout: the issuer tells us, server to server, that somebody signed out there."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("desk:sign-in"))
    status = 200
    try:
        if not settings.YICE_OPENID["issuer"]:
            raise Problem("openid-refused", Message("没有设单位统一身份认证。"))
        services.signed_out_there(request.POST.get("logout_token", "")[:20_000])
    except Problem:
        status = 400
    return HttpResponse(status=status, headers={"Cache-Control": "no-store"})


@open_page
def openid_out(request: HttpRequest) -> HttpResponse:
    """On to signing out at the issuer."""
    here = reverse("desk:sign-in")
    try:
        to = services.way_out(request.build_absolute_uri(here)) if settings.YICE_OPENID["issuer"] else ""
    except Problem:
        to = ""
    return HttpResponseRedirect(to or here)


def _back(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("desk:openid-back"))


def _told(request: HttpRequest, problem: Problem) -> HttpResponse:
    messages.error(request, str(problem))
    return HttpResponseRedirect(reverse("desk:password" if request.user.is_authenticated else "desk:sign-in"))
