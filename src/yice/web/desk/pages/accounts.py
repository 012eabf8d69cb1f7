"""Accounts and posts: who works here, since when, until when. What somebody may do comes from the post alone."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.password_validation import password_validators_help_texts
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yice.accounts import closing as services_closing
from yice.accounts import selectors, services
from yice.accounts.enums import Action, Role
from yice.accounts.models import User
from yice.areas.selectors import place_called
from yice.terms import clock
from yice.terms.errors import Problem, Problems
from yice.web.desk.door import page
from yice.web.ui.errors import add_problems
from yice.web.ui.forms import DayField, Form


def password_field(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=128,
        strip=False,
        help_text=gettext_lazy("至少 10 位，不要用常见的密码。请当面告诉本人。"),
        widget=forms.PasswordInput({"autocomplete": "new-password", "class": "govuk-input--width-20"}),
    )


class AccountForm(Form):
    mark_optional = False
    name = forms.CharField(label=gettext_lazy("姓名"), max_length=64)
    username = forms.CharField(
        label=gettext_lazy("登录名"),
        help_text=gettext_lazy("小写字母和数字，例如姓名的拼音。"),
        max_length=64,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = password_field(gettext_lazy("初始密码"))


class PostForm(Form):
    role = forms.ChoiceField(
        label=gettext_lazy("岗位"), choices=[("", gettext_lazy("请选择")), *Role.choices]
    )
    area = forms.CharField(
        label=gettext_lazy("在哪里"),
        help_text=gettext_lazy("地名，或 12 位区划代码。例如：江海区；440704001001。"),
        max_length=60,
    )
    since = DayField(label=gettext_lazy("从哪天起"), required=False)
    until = DayField(
        label=gettext_lazy("到哪天止"), help_text=gettext_lazy("最后一天；不填就是长期。"), required=False
    )


class PasswordForm(Form):
    mark_optional = False
    password = password_field(gettext_lazy("新密码"))


class CloseForm(Form):
    mark_optional = False
    reason = forms.CharField(
        label=gettext_lazy("为什么停用"),
        help_text=gettext_lazy("例如：已调离。"),
        max_length=200,
        widget=forms.TextInput({"autocomplete": "off"}),
    )


@page(Action.ACCOUNT_MANAGE)
def accounts(request: HttpRequest) -> HttpResponse:
    rows = [(user, list(user.posts.all())) for user in selectors.accounts(request.user)]
    return render(request, "desk/accounts.html", {"rows": rows, "today": clock.today()})


@page(Action.ACCOUNT_MANAGE, post=True)
def add(request: HttpRequest) -> HttpResponse:
    form = AccountForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            made = services.create_account(actor=request.user, **form.cleaned_data)
            messages.success(request, _("账号已建立。还没有岗位，现在请安排。"))
            return HttpResponseRedirect(reverse("desk:account", args=[made.pk]))
        except (Problem, Problems) as problem:
            add_problems(form, problem)
    return render(request, "desk/account_new.html", {"form": form}, status=422 if form.errors else 200)


@page(Action.ACCOUNT_MANAGE, post=True)
def account(request: HttpRequest, account: int) -> HttpResponse:
    """One account: its posts, a new post, a new password. Which form was sent says its button."""
    user = selectors.account(request.user, account)
    sent = request.POST if request.method == "POST" else None
    post = PostForm(sent if sent and "give" in sent else None, prefix="post")
    password = PasswordForm(sent if sent and "renew" in sent else None, prefix="password")
    closing = CloseForm(sent if sent and "close" in sent else None, prefix="close")
    done = None
    if sent and "reopen" in sent:
        services_closing.reopen_account(actor=request.user, user=user)
        messages.success(request, _("账号已重新启用。"))
        return HttpResponseRedirect(reverse("desk:account", args=[user.pk]))
    if closing.is_bound and closing.is_valid():
        done = _closed(request, user, closing)
    elif sent and "end" in sent:
        done = _ended(request, user, sent["end"])
    elif post.is_bound and post.is_valid():
        done = _given(request, user, post)
    elif password.is_bound and password.is_valid():
        done = _renewed(request, user, password)
    if done is not None:
        return done
    context = {
        "account": user,
        "posts": [(one, selectors.held_now(one)) for one in user.posts.all()],
        "post": post,
        "password": password,
        "rules": password_validators_help_texts(),
        "closing": closing,
        "self": user.pk == request.user.pk,
    }
    wrong = post.errors or password.errors or closing.errors
    return render(request, "desk/account.html", context, status=422 if wrong else 200)


def _given(request: HttpRequest, user: User, form: PostForm) -> HttpResponse | None:
    said = form.cleaned_data
    try:
        area = place_called(said["area"])
        services.give_post(
            actor=request.user,
            user=user,
            role=Role(said["role"]),
            area=area,
            since=said["since"],
            until=said["until"],
        )
    except (Problem, Problems) as problem:
        add_problems(form, problem)
        return None
    messages.success(request, _("已安排岗位。"))
    return HttpResponseRedirect(reverse("desk:account", args=[user.pk]))


def _renewed(request: HttpRequest, user: User, form: PasswordForm) -> HttpResponse | None:
    try:
        services.set_password(actor=request.user, user=user, password=form.cleaned_data["password"])
    except (Problem, Problems) as problem:
        add_problems(form, problem)
        return None
    messages.success(request, _("已设新密码。请当面告诉本人。"))
    return HttpResponseRedirect(reverse("desk:account", args=[user.pk]))


def _closed(request: HttpRequest, user: User, form: CloseForm) -> HttpResponse | None:
    try:
        services_closing.close_account(actor=request.user, user=user, reason=form.cleaned_data["reason"])
    except (Problem, Problems) as problem:
        add_problems(form, problem)
        return None
    messages.success(request, _("账号已停用，立即不能再用；以前做过的事都留在记录里。"))
    return HttpResponseRedirect(reverse("desk:account", args=[user.pk]))


def _ended(request: HttpRequest, user: User, key: str) -> HttpResponse:
    post = selectors.post(request.user, int(key) if key.isascii() and key.isdigit() and len(key) < 10 else 0)
    services.end_post(actor=request.user, post=post)
    messages.success(request, _("岗位已结束，立即不能再用。"))
    return HttpResponseRedirect(reverse("desk:account", args=[user.pk]))
