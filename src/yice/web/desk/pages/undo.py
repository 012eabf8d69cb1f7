"""Take back the last step recorded on a finding by mistake, with the reason; what followed from it is undone too."""

from __future__ import annotations

import uuid

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yice.accounts import access
from yice.accounts.enums import Action
from yice.loop.identify import services
from yice.loop.identify.selectors.handling import handling
from yice.loop.identify.services.verdicts import REASON_AT_LEAST
from yice.terms.errors import Problem
from yice.web.desk.door import page
from yice.web.desk.forms import refused
from yice.web.desk.person_parts import bar
from yice.web.ui.forms import Form


class UndoForm(Form):
    mark_optional = False
    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=gettext_lazy("为什么撤销"),
        help_text=gettext_lazy("会记入操作记录，例如：登记到了别人名下。"),
        min_length=REASON_AT_LEAST,
        max_length=200,
        error_messages={"min_length": gettext_lazy("请把原因写清楚，至少四个字。")},
        widget=forms.TextInput({"autocomplete": "off"}),
    )


@page(Action.FINDING_HANDLE, post=True, shows="finding")
def undo(request: HttpRequest, finding: uuid.UUID) -> HttpResponse:
    row = services.finding(request.user, finding)
    access.require(request.user, Action.FINDING_HANDLE, row)
    shown = handling(request.user, finding)
    block = shown.block
    if not block.may_undo:
        messages.info(request, _("这条线索上没有可以撤销的登记。"))
        return HttpResponseRedirect(reverse("desk:person", args=[shown.identity.uuid]))
    form = UndoForm(request.POST if request.method == "POST" else None, initial={"version": block.version})
    if form.is_bound and form.is_valid():
        try:
            done = services.undo_outcome(actor=request.user, finding=row, **form.cleaned_data)
            said = _("已撤销，线索现在是“{state}”。").format(state=done.get_state_display())
            messages.success(request, said)
            return HttpResponseRedirect(reverse("desk:person", args=[shown.identity.uuid]))
        except Problem as problem:
            refused(form, problem, version=block.version)
    context = {"shown": shown, "form": form, "bar": bar(shown.identity)}
    return render(request, "desk/undo.html", context, status=422 if form.errors else 200)
