"""One sealed value, once, with the reason written down; the value stands only in this answer."""

from __future__ import annotations

import uuid

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yice.accounts import access
from yice.accounts.enums import Action
from yice.loop.identify import services
from yice.loop.identify.selectors.person import identity_and_settled
from yice.loop.identify.services.unmasking import FIELDS, REASON_AT_LEAST
from yice.terms.errors import Problem
from yice.terms.messages import Message
from yice.web.desk.door import page
from yice.web.desk.person_parts import bar
from yice.web.ui.forms import Form


class UnmaskForm(Form):
    mark_optional = False
    reason = forms.CharField(
        label=gettext_lazy("为什么需要看"),
        help_text=gettext_lazy("会记入操作记录，例如：电话联系办理补贴。"),
        min_length=REASON_AT_LEAST,
        max_length=200,
        error_messages={"min_length": gettext_lazy("请把原因写清楚，至少四个字。")},
        widget=forms.TextInput({"autocomplete": "off"}),
    )


@page(Action.PERSON_UNMASK, post=True, shows="person")
def unmask(request: HttpRequest, person: uuid.UUID, field: str) -> HttpResponse:
    if field not in FIELDS:
        raise Problem("not-found", Message("没有这个页面。"))
    row = services.person(request.user, person)
    access.require(request.user, Action.PERSON_UNMASK, row)
    form = UnmaskForm(request.POST if request.method == "POST" else None)
    value, taken = "", False
    if form.is_bound and form.is_valid():
        reason = form.cleaned_data["reason"]
        value, taken = services.unmask(actor=request.user, person=row, field=field, reason=reason), True
    identity = identity_and_settled(request.user, row)[0]
    context = {
        "shown": {"identity": identity},
        "form": form,
        "value": value,
        "taken": taken,
        "label": _labels()[field],
        "bar": bar(identity),
    }
    return render(request, "desk/unmask.html", context, status=422 if form.errors else 200)


def _labels() -> dict[str, str]:
    return {
        "id_number": _("身份证号"),
        "phone": _("电话"),
        "address": _("住址"),
        "certificate": _("残疾人证号"),
        "birth_date": _("出生日期"),
    }
