"""One's own ways in: where I am signed in, and the tokens of systems that work in my name; each can be ended here."""

from __future__ import annotations

import uuid

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yice.accounts import browsers, closing, guard, tokens
from yice.accounts.enums import Action
from yice.terms.errors import Problem, Problems
from yice.web.desk.door import prove_anew, signed_in_page
from yice.web.ui.errors import add_problems
from yice.web.ui.forms import Form


class TokenForm(Form):
    mark_optional = False
    name = forms.CharField(label=gettext_lazy("给哪个系统用"), max_length=60)
    days = forms.IntegerField(
        label=gettext_lazy("用多少天"),
        help_text=gettext_lazy("最多 365 天；到期前两周会在登录时提醒。"),
        initial=tokens.DAYS,
        min_value=1,
        max_value=tokens.DAYS_AT_MOST,
        widget=forms.TextInput({"inputmode": "numeric", "class": "govuk-input--width-4"}),
    )
    actions = forms.MultipleChoiceField(
        label=gettext_lazy("它可以办的事"),
        help_text=gettext_lazy("不超出您自己的岗位；岗位结束，它也不能再用。"),
        widget=forms.CheckboxSelectMultiple,
    )


@signed_in_page
def sign_ins(request: HttpRequest) -> HttpResponse:
    """Where I am signed in; end one, or all but this one: a telephone is lost, a desk was left."""
    if request.method == "POST":
        if not guard.proved_lately(request, request.user):
            return prove_anew(request)
        if "end" in request.POST:
            browsers.end_sign_in(actor=request.user, mark=request.POST["end"][:64])
            messages.success(request, _("已退出这一处登录。"))
        else:
            ended = closing.end_other_sessions(actor=request.user, here=request.session.session_key)
            messages.success(request, _("已退出其他 %(count)d 处登录。") % {"count": ended})
        return HttpResponseRedirect(reverse("desk:sign-ins"))
    rows = browsers.sign_ins(request.user, request.session.session_key)
    return render(request, "desk/sign_ins.html", {"rows": rows})


@signed_in_page
def own_tokens(request: HttpRequest) -> HttpResponse:
    """The tokens I made: end one, or make one, which this answer alone shows."""
    sent = request.POST if request.method == "POST" else None
    if sent is not None and not guard.proved_lately(request, request.user):
        return prove_anew(request)
    if sent is not None and "revoke" in sent:
        return _revoked(request, sent["revoke"])
    form = TokenForm(sent)
    offered = tokens.offered(request.user)
    form.fields["actions"].choices = [(one.value, one.label) for one in offered]  # type: ignore[attr-defined]
    shown = ""
    if form.is_bound and form.is_valid():
        try:
            shown = tokens.make_token(actor=request.user, **form.cleaned_data)[1]
        except (Problem, Problems) as problem:
            add_problems(form, problem)
    labels = {one.value: one.label for one in Action}
    rows = [(one, [labels.get(name, name) for name in one.actions]) for one in tokens.tokens_of(request.user)]
    context = {"form": form, "rows": rows, "shown": shown, "offered": offered}
    return render(request, "desk/tokens.html", context, status=422 if form.errors else 200)


def _revoked(request: HttpRequest, said: str) -> HttpResponse:
    try:
        key = uuid.UUID(said)
    except ValueError:
        key = uuid.UUID(int=0)
    tokens.revoke_token(actor=request.user, token=key)
    messages.success(request, _("已收回。"))
    return HttpResponseRedirect(reverse("desk:tokens"))
