"""An application taken where there is no person's page to begin from: by a department, or about an organisation,
a post or a place."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.areas.models import Area
from yice.loop.deliver import services as deliver
from yice.loop.deliver.selectors import offers as selectors
from yice.loop.identify.enums import Channel
from yice.policy.words import text
from yice.rules.services import Service
from yice.terms import clock
from yice.web.desk.door import page
from yice.web.desk.forms import refusing
from yice.web.desk.pages.needs import CHANNELS
from yice.web.ui.forms import DayField, Form

UNITS = {
    "person": gettext_lazy("个人"), "household": gettext_lazy("家庭"), "organisation": gettext_lazy("机构"),
    "post": gettext_lazy("岗位"), "area": gettext_lazy("地区"),
}  # fmt: skip


class NewForm(Form):
    """Whom or what it is about, as the service's unit asks."""

    mark_optional = False
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, service: Service, places: list[Area], data: Any = None) -> None:
        super().__init__(data, initial={"key": uuid.uuid4().hex, "applied_on": clock.today()})
        if service.unit in ("person", "household"):
            self.fields["number"] = forms.CharField(
                label=_("身份证号或残疾人证号"),
                max_length=24,
                widget=forms.TextInput({"autocomplete": "off"}),
            )
            self.fields["name"] = forms.CharField(
                label=_("姓名"), max_length=100, widget=forms.TextInput({"autocomplete": "off"})
            )
        else:
            self.fields["area"] = forms.ChoiceField(
                label=_("在哪里"), choices=[("", _("请选择")), *((one.code, one.name) for one in places)]
            )
            hint = _("机构、岗位写全称；只关一个地区的可以不填。") if service.unit == "area" else ""
            self.fields["name"] = forms.CharField(
                label=_("名称"), max_length=200, required=service.unit != "area", help_text=hint
            )
        self.fields["channel"] = forms.ChoiceField(
            label=_("从哪里提出的"), choices=CHANNELS, initial=Channel.WINDOW
        )
        self.fields["applied_on"] = DayField(label=_("哪一天申请的"), not_after=clock.today)
        self.service, self.places = service, {one.code: one.name for one in places}

    def subject(self, actor: User) -> deliver.Subject:
        said = self.cleaned_data
        area = said.get("area", "")
        return deliver.subject_named(
            actor=actor, service=self.service, number=said.get("number", ""), area=area,
            name=said["name"] or self.places[area],
        )  # fmt: skip


@page(Action.CASE_OPEN, post=True)
def new(request: HttpRequest) -> HttpResponse:
    """First what, then whom: a number and a name together, for who takes an application need not search the register."""
    offered = selectors.offers(request.user)
    chosen = next((one for one in offered if one.id == request.GET.get("service")), None)
    if chosen is None:
        units = [
            (UNITS[unit], [(one.id, text(one.title), one.clause) for one in offered if one.unit == unit])
            for unit in UNITS
        ]
        return render(request, "desk/case_offers.html", {"units": [one for one in units if one[1]]})
    form = NewForm(chosen, selectors.places(request.user), request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        with refusing(form):
            case = deliver.open_case(
                actor=request.user, service=chosen.id, subject=form.subject(request.user), channel=Channel(said["channel"]),
                key=said["key"], applied_on=said["applied_on"],
            )  # fmt: skip
            messages.success(request, _("已受理，编号 {number}").format(number=case.number))
            return HttpResponseRedirect(reverse("desk:case", args=[case.uuid]))
    context = {"form": form, "title": text(chosen.title), "clause": chosen.clause}
    return render(request, "desk/case_new.html", context, status=422 if form.errors else 200)
