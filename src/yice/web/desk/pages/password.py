"""One's own account: who I am here, and a new password."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.password_validation import password_validators_help_texts
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yice.accounts import guard
from yice.accounts.closing import change_password
from yice.accounts.selectors import held_now
from yice.terms.errors import Problem, Problems
from yice.web.desk.door import signed_in_page
from yice.web.ui.errors import add_problems
from yice.web.ui.forms import LONGEST, Form

MOST_WRONG = 5


def _field(label: str, autocomplete: str) -> forms.CharField:
    widget = forms.PasswordInput({"autocomplete": autocomplete, "class": "govuk-input--width-20"})
    return forms.CharField(label=label, validators=[LONGEST], strip=False, widget=widget)


class OwnPasswordForm(Form):
    mark_optional = False
    old = _field(gettext_lazy("现在的密码"), "current-password")
    new = _field(gettext_lazy("新密码"), "new-password")
    again = _field(gettext_lazy("再输一次新密码"), "new-password")

    def clean(self) -> None:
        said = self.cleaned_data
        if said.get("new") and said.get("again") and said["new"] != said["again"]:
            self.add_error("again", _("两次输入的新密码不一样。"))


def _once_too_often(request: HttpRequest) -> bool:
    """Whoever sits at somebody's open page does not try passwords there: the fifth wrong one ends the sign-in."""
    wrong = request.session["wrong_passwords"] = request.session.get("wrong_passwords", 0) + 1
    if wrong >= MOST_WRONG:
        logout(request)
        messages.error(request, _("密码错了太多次，已退出登录。请重新登录。"))
    return bool(wrong >= MOST_WRONG)


@signed_in_page
def password(request: HttpRequest) -> HttpResponse:
    form = OwnPasswordForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            said = form.cleaned_data
            changed = change_password(actor=request.user, old=said["old"], new=said["new"])
            update_session_auth_hash(request, changed)
            messages.success(request, _("密码已换。别处的登录都已退出。"))
            return HttpResponseRedirect(reverse("desk:password"))
        except (Problem, Problems) as problem:
            add_problems(form, problem)
            wrong = isinstance(problem, Problem) and problem.code == "password-wrong"
            if wrong:
                guard.note_failure(request, "password", request.user)
            if wrong and _once_too_often(request):
                return HttpResponseRedirect(reverse("desk:sign-in"))
    context = {
        "form": form,
        "posts": [one for one in request.user.posts.select_related("area") if held_now(one)],
        "openid": bool(settings.YICE_OPENID["issuer"]),
        "linked": request.user.identities.exists(),
        "rules": password_validators_help_texts(),
    }
    return render(request, "desk/password.html", context, status=422 if form.errors else 200)
