"""Accounts and posts: who works here, since when, until when. What somebody may do comes from the post alone."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yice.accounts import access, factors, inviting, selectors, services
from yice.accounts import closing as services_closing
from yice.accounts.enums import Action, Role
from yice.accounts.models import Invitation, User
from yice.areas.selectors import place_called
from yice.terms import clock
from yice.terms.errors import Problem, Problems
from yice.web.desk.door import page
from yice.web.desk.paging import digits
from yice.web.ui.errors import add_problems
from yice.web.ui.forms import DayField, Form


class AccountForm(Form):
    mark_optional = False
    name = forms.CharField(label=gettext_lazy("姓名"), max_length=64)
    username = forms.CharField(
        label=gettext_lazy("登录名"),
        help_text=gettext_lazy("小写字母和数字，例如姓名的拼音。"),
        max_length=64,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )


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


class ForgetForm(Form):
    mark_optional = False
    reason = forms.CharField(
        label=gettext_lazy("为什么重置二次验证"),
        help_text=gettext_lazy("例如：手机丢失，已当面核对本人。"),
        max_length=200,
        min_length=2,
        widget=forms.TextInput({"autocomplete": "off"}),
    )


class CloseForm(Form):
    mark_optional = False
    reason = forms.CharField(
        label=gettext_lazy("为什么停用"),
        help_text=gettext_lazy("例如：已调离。"),
        max_length=200,
        widget=forms.TextInput({"autocomplete": "off"}),
    )


KEEPERS = (Action.ACCOUNT_MANAGE, Action.ACCOUNT_ENTITLE)


@page(*KEEPERS)
def accounts(request: HttpRequest) -> HttpResponse:
    rows = [(user, list(user.posts.all())) for user in selectors.accounts(request.user)]
    makes = bool(access.grants(request.user, Action.ACCOUNT_MANAGE))
    return render(request, "desk/accounts.html", {"rows": rows, "today": clock.today(), "makes": makes})


@page(Action.ACCOUNT_MANAGE, post=True, anew=True)
def add(request: HttpRequest) -> HttpResponse:
    form = AccountForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            with transaction.atomic():
                made = services.create_account(actor=request.user, **form.cleaned_data)
                code = inviting.invite(actor=request.user, user=made)
            return render(request, "desk/invitation.html", {"account": made, "code": code})
        except (Problem, Problems) as problem:
            add_problems(form, problem)
    return render(request, "desk/account_new.html", {"form": form}, status=422 if form.errors else 200)


@page(*KEEPERS, post=True, anew=True, once=True)
def account(request: HttpRequest, account: int) -> HttpResponse:
    """One account: whoever makes accounts invites and closes, whoever gives power gives posts and ends factors.

    Which form was sent says its button; a service refuses what is the other administrator's.
    """
    user = selectors.account(request.user, account)
    sent = request.POST if request.method == "POST" else None
    post = PostForm(sent if sent and "give" in sent else None, prefix="post")
    closing = CloseForm(sent if sent and "close" in sent else None, prefix="close")
    forget = ForgetForm(sent if sent and "forget" in sent else None, prefix="forget")
    if sent and (done := _done(request, user, post, closing, forget)):
        return done
    context = {
        "account": user,
        "posts": [(one, selectors.held_now(one)) for one in user.posts.all()],
        "post": post,
        "closing": closing,
        "forget": forget,
        "self": user.pk == request.user.pk,
        "makes": access.grants(request.user, Action.ACCOUNT_MANAGE),
        "entitles": access.grants(request.user, Action.ACCOUNT_ENTITLE),
        "factors": user.factors.count(),
        "invited": Invitation.objects.filter(
            user=user
        ).first(),  # rule: rows-in-web - of the account that was read
    }
    wrong = post.errors or closing.errors or forget.errors
    return render(request, "desk/account.html", context, status=422 if wrong else 200)


def _done(
    request: HttpRequest, user: User, post: PostForm, closing: CloseForm, forget: ForgetForm
) -> HttpResponse | None:
    """What was asked, done; nothing where the page comes again with what is wrong."""
    sent = request.POST
    if "reopen" in sent:
        services_closing.reopen_account(actor=request.user, user=user)
        messages.success(request, _("账号已重新启用。"))
        return HttpResponseRedirect(reverse("desk:account", args=[user.pk]))
    if "invite" in sent:
        code = inviting.invite(actor=request.user, user=user)
        return render(request, "desk/invitation.html", {"account": user, "code": code})
    if "end" in sent:
        return _ended(request, user, sent["end"])
    if closing.is_bound and closing.is_valid():
        return _closed(request, user, closing)
    if forget.is_bound and forget.is_valid():
        factors.forget_factors(actor=request.user, user=user, reason=forget.cleaned_data["reason"])
        messages.success(request, _("二次验证已重置，所有登录都已退出。请本人重新登录后再设。"))
        return HttpResponseRedirect(reverse("desk:account", args=[user.pk]))
    return _given(request, user, post) if post.is_bound and post.is_valid() else None


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


def _closed(request: HttpRequest, user: User, form: CloseForm) -> HttpResponse | None:
    try:
        services_closing.close_account(actor=request.user, user=user, reason=form.cleaned_data["reason"])
    except (Problem, Problems) as problem:
        add_problems(form, problem)
        return None
    messages.success(request, _("账号已停用，立即不能再用；以前做过的事都留在记录里。"))
    return HttpResponseRedirect(reverse("desk:account", args=[user.pk]))


def _ended(request: HttpRequest, user: User, key: str) -> HttpResponse:
    post = selectors.post(request.user, digits(key) or 0)
    services.end_post(actor=request.user, post=post)
    messages.success(request, _("岗位已结束，立即不能再用。"))
    return HttpResponseRedirect(reverse("desk:account", args=[user.pk]))
