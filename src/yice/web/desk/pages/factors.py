"""One's own second factors, proving oneself anew, and how long the sign-in holds."""

from __future__ import annotations

import datetime as dt

import segno
from django import forms
from django.contrib import messages
from django.contrib.auth import authenticate, update_session_auth_hash
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yice.accounts import factors as services
from yice.accounts import guard, passkeys
from yice.accounts.enums import Proof
from yice.accounts.models import User
from yice.terms.clock import BEIJING
from yice.terms.errors import Problem
from yice.web.desk.door import signed_in_page
from yice.web.desk.entering import onward_of, proved
from yice.web.desk.pages.sign_in import CodeForm
from yice.web.desk.paging import digits
from yice.web.ui.errors import add_problems
from yice.web.ui.forms import LONGEST, Form

HOUR = 3600
SALT = "yice.totp.new"


class TotpForm(Form):
    mark_optional = False
    code = forms.CharField(
        label=gettext_lazy("验证器现在显示的六位数字"),
        max_length=10,
        widget=forms.TextInput(
            {"autocomplete": "one-time-code", "inputmode": "numeric", "class": "govuk-input--width-5"}
        ),
    )
    secret = forms.CharField(widget=forms.HiddenInput)


class ConfirmForm(Form):
    mark_optional = False
    password = forms.CharField(
        label=gettext_lazy("密码"),
        validators=[LONGEST],
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password", "class": "govuk-input--width-20"}),
    )


@signed_in_page
def second_factor(request: HttpRequest) -> HttpResponse:
    """What I have; take one away, or draw new recovery codes."""
    user = request.user
    if request.method == "POST":
        if not guard.proved_lately(request, user):
            return HttpResponseRedirect(f"{reverse('desk:confirm')}?next={request.path}")
        if "codes" in request.POST and user.factors.exists():
            return _codes(request, services.new_recovery_codes(actor=user))
        services.remove_factor(actor=user, key=digits(request.POST.get("remove", "")) or 0)
        messages.success(request, _("已移除。"))
        return HttpResponseRedirect(request.path)
    context = {
        "factors": user.factors.order_by("added_at"),
        "left": user.recovery_codes.filter(used_at=None).count(),
        "needed": guard.needs_second_factor(user),
        "owed": guard.needs_second_factor(user) and not request.session.get("second"),
    }
    return render(request, "desk/second_factor.html", context)


@signed_in_page
def totp(request: HttpRequest) -> HttpResponse:
    """Set up an authenticator: the secret as text and as a square code, then its first code as the proof."""
    user = request.user
    if refused := _too_long_ago(request, user):
        return refused
    form = TotpForm(request.POST if request.method == "POST" else None)
    secret = _secret(request, user)
    if form.is_bound and form.is_valid():
        try:
            codes = services.add_totp(actor=user, secret=secret, code=form.cleaned_data["code"])
        except Problem as problem:
            add_problems(form, problem)
        else:
            guard.begin(request, user, second=True)
            return _codes(request, codes)
    square = segno.make(services.address(user, secret, "Yice"), error="m")
    context = {
        "form": form,
        "sealed": signing.dumps([user.pk, secret], salt=SALT),
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        "square": square.svg_data_uri(border=4, light="#fff", omitsize=True),
    }
    return render(request, "desk/totp.html", context, status=422 if form.errors else 200)


@signed_in_page
def passkey_options(request: HttpRequest) -> HttpResponse:
    """What the browser needs to make a passkey, or (`?show`) to show one anew."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("desk:second-factor"))
    ask = passkeys.ask if "show" in request.GET else passkeys.ask_new
    return JsonResponse(ask(request, request.user))


@signed_in_page
def passkey(request: HttpRequest) -> HttpResponse:
    """Keep a passkey that the browser made."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("desk:second-factor"))
    if refused := _too_long_ago(request, request.user):
        return refused
    try:
        codes = passkeys.add(request, request.user, request.POST.get("answer", ""), _("通行密钥"))
    except Problem as problem:
        messages.error(request, str(problem))
        return HttpResponseRedirect(reverse("desk:second-factor"))
    guard.begin(request, request.user, second=True)
    return _codes(request, codes)


@signed_in_page
def confirm(request: HttpRequest) -> HttpResponse:
    """Prove oneself anew, by the strongest that one has: passkey or code, else the password."""
    user = request.user
    kinds = set(user.factors.values_list("kind", flat=True))
    sent = request.POST if request.method == "POST" else None
    if sent and "answer" in sent:
        try:
            if passkeys.shown(request, sent["answer"]) == user:
                return proved(request, second=True)
        except Problem as problem:
            guard.note_failure(request, "passkey", user)
            messages.error(request, str(problem))
        return HttpResponseRedirect(request.get_full_path())
    form: Form = CodeForm(sent) if kinds else ConfirmForm(sent)
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        if kinds and services.take_code(user=user, code=said["code"]):
            return proved(request, second=True)
        if not kinds and _knows_password(request, user, said["password"]):
            return proved(request, second=False)
        if kinds:
            guard.note_failure(request, "code", user)
        form.add_error("code" if kinds else "password", _("不对，请检查后重试。"))
    context = {
        "form": form,
        "passkey": Proof.PASSKEY in kinds,
        "openid": bool(request.session.get("openid")),
        "next": onward_of(request),
    }
    return render(request, "desk/confirm.html", context, status=422 if form.errors else 200)


@signed_in_page
def holds(request: HttpRequest) -> HttpResponse:
    """How long the sign-in still holds. Pressing the button is doing something: it runs anew from here."""
    if request.method == "POST":
        return HttpResponseRedirect(onward_of(request))
    limits = guard.limits(request.user)
    whole = float(request.session.get("began", 0)) + limits.whole
    context = {
        "idle": limits.idle // 60,
        "until": dt.datetime.fromtimestamp(whole, BEIJING),
        "next": onward_of(request),
    }
    return render(request, "desk/session.html", context)


def _knows_password(request: HttpRequest, user: User, password: str) -> bool:
    found = authenticate(request, username=user.username, password=password)
    if found == user and found.password != user.password:  # hashed anew, which would end this sign-in
        update_session_auth_hash(request, found)
    return bool(found == user)


def _codes(request: HttpRequest, codes: list[str]) -> HttpResponse:
    """Recovery codes stand only in this answer; without new ones it leads back."""
    if not codes:
        messages.success(request, _("已加上。"))
        return HttpResponseRedirect(reverse("desk:second-factor"))
    return render(request, "desk/recovery_codes.html", {"codes": codes})


def _too_long_ago(request: HttpRequest, user: User) -> HttpResponse | None:
    if guard.proved_lately(request, user):
        return None
    back = reverse("desk:second-factor") if request.method == "POST" else request.path
    return HttpResponseRedirect(f"{reverse('desk:confirm')}?next={back}")


def _secret(request: HttpRequest, user: User) -> str:
    """The secret on the page: carried by the form, signed for this account, so that a GET writes nothing."""
    try:
        owner, secret = signing.loads(request.POST.get("secret", ""), salt=SALT, max_age=HOUR)
    except (signing.BadSignature, ValueError, TypeError):
        return services.new_secret()
    return str(secret) if owner == user.pk else services.new_secret()
