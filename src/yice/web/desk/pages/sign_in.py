"""Signing in and out. On a demo the page shows its accounts."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth import logout
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from yice.accounts.demo import accounts
from yice.accounts.services import is_demo
from yice.web.desk.door import open_page


class SignInForm(AuthenticationForm):
    """Name and password; says the same whether the name or the password is wrong."""

    error_messages: ClassVar = {
        "invalid_login": _("登录名或密码不对。请检查后重试，注意密码区分大小写。"),
        "inactive": _("这个账号已停用，请联系本单位的系统管理员。"),
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

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(demo_accounts=accounts() if is_demo() else [], **kwargs)


sign_in = open_page(SignIn.as_view())


@open_page
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return HttpResponseRedirect(reverse("desk:sign-in"))
