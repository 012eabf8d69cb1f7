"""Signing in and out: password, then the second factor where there is one. On a demo the page shows its accounts."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.password_validation import password_validators_help_texts
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from yice.accounts import factors, guard, inviting, passkeys
from yice.accounts.demo import accounts
from yice.accounts.enums import Proof
from yice.accounts.passwords import KnownPasswordValidator
from yice.accounts.services import is_demo
from yice.terms.errors import Problem, Problems
from yice.web.desk.door import open_page
from yice.web.desk.entering import HALF, after_first, come_in, half_in, onward_of
from yice.web.ui.errors import add_problems
from yice.web.ui.forms import LONGEST, Form


class SignInForm(AuthenticationForm):
    """Name and password; says the same whether the name or the password is wrong."""

    error_messages: ClassVar = {
        "invalid_login": gettext_lazy("登录名或密码不对。请检查后重试，注意密码区分大小写。"),
        "inactive": gettext_lazy("这个账号已停用，请联系本单位的系统管理员。"),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("登录名")
        self.fields["password"].label = _("密码")
        self.label_suffix = ""


class SignIn(LoginView):
    template_name = "ui/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if guard.address_is_locked(request) or guard.name_is_guessed(request):
            guard.note_failure(request, "locked")
            return render(request, "ui/locked_out.html", status=429)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        if KnownPasswordValidator().is_known(form.cleaned_data["password"]):
            messages.warning(self.request, _("您的密码在泄露过的常见密码里，请马上在“我的账号”里换一个。"))
        return after_first(self.request, form.get_user(), self.get_success_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            demo_accounts=accounts() if is_demo() else [],
            openid=bool(settings.YICE_OPENID["issuer"]),
            over=self.request.GET.get("over", ""),
            **kwargs,
        )


class CodeForm(Form):
    mark_optional = False
    code = forms.CharField(
        label=gettext_lazy("动态码或恢复码"),
        help_text=gettext_lazy("验证器里现在的六位数字；手机不在身边时，用一个恢复码。"),
        max_length=40,
        widget=forms.TextInput(
            {
                "autocomplete": "one-time-code",
                "spellcheck": "false",
                "autocapitalize": "none",
                "class": "govuk-input--width-20",
            }
        ),
    )


class WelcomeForm(Form):
    mark_optional = False
    username = forms.CharField(
        label=gettext_lazy("登录名"),
        max_length=64,
        widget=forms.TextInput({"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    code = forms.CharField(
        label=gettext_lazy("邀请码"),
        help_text=gettext_lazy("管理员当面给您的，三天内有效。"),
        max_length=40,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label=gettext_lazy("自己定一个密码"),
        validators=[LONGEST],
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )


sign_in = open_page(SignIn.as_view())


@open_page
def code(request: HttpRequest) -> HttpResponse:
    """The second factor: a code, or a passkey where the browser can show one."""
    held = half_in(request)
    if held is None:
        return HttpResponseRedirect(reverse("desk:sign-in"))
    user, onward = held
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        if factors.take_code(user=user, code=form.cleaned_data["code"]):
            return come_in(request, user, onward, second=True)
        guard.note_failure(request, "code", user)
        form.add_error(
            "code",
            _("这个码不对，或者已经用过。连续输错十次后，动态码暂停十五分钟，恢复码和通行密钥仍然可用。"),
        )
    context = {"form": form, "passkey": user.factors.filter(kind=Proof.PASSKEY).exists()}
    return render(request, "desk/sign_in_code.html", context, status=422 if form.errors else 200)


@open_page
def passkey_options(request: HttpRequest) -> HttpResponse:
    """What the browser needs to show a passkey, at the door or as the second factor."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("desk:sign-in"))
    held = half_in(request)
    return JsonResponse(passkeys.ask(request, held[0] if held else None))


@open_page
def passkey(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseRedirect(reverse("desk:sign-in"))
    held = half_in(request)
    try:
        user = passkeys.shown(request, request.POST.get("answer", ""))
    except Problem as problem:
        guard.note_failure(request, "passkey", held[0] if held else None)
        messages.error(request, str(problem))
        return HttpResponseRedirect(reverse("desk:sign-in-code" if held else "desk:sign-in"))
    if not user.is_active or (held and held[0] != user):
        guard.note_failure(request, "passkey", user)
        request.session.pop(HALF, None)
        messages.error(request, _("这个通行密钥不是这个账号的。"))
        return HttpResponseRedirect(reverse("desk:sign-in"))
    return come_in(request, user, held[1] if held else onward_of(request), second=True)


@open_page
def welcome(request: HttpRequest) -> HttpResponse:
    """One's own password, chosen with the code of an invitation; signing in follows as ever."""
    form = WelcomeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            inviting.accept(**form.cleaned_data)
            messages.success(request, _("密码已设好，请登录。"))
            return HttpResponseRedirect(reverse("desk:sign-in"))
        except (Problem, Problems) as problem:
            if isinstance(problem, Problem) and problem.code == "invitation-wrong":
                guard.note_failure(request, "invitation")
            add_problems(form, problem)
    context = {"form": form, "rules": password_validators_help_texts()}
    return render(request, "desk/welcome.html", context, status=422 if form.errors else 200)


@open_page
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    elsewhere = request.session.get("openid")
    logout(request)
    if elsewhere:
        return HttpResponseRedirect(f"{reverse('desk:sign-in')}?over=elsewhere")
    return HttpResponseRedirect(reverse("desk:sign-in"))
