"""Find a person. Numbers travel in the body of a POST, never in an address, a log or a history."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from yice.accounts.enums import Action
from yice.loop.identify.services import searched
from yice.web.desk.door import page
from yice.web.ui.forms import Form


class SearchForm(Form):
    mark_optional = False
    text = forms.CharField(
        label=_("姓名、证件号或电话"),
        help_text=_("姓名可只填开头;身份证号、残疾人证号和电话请填完整。"),
        max_length=40,
        widget=forms.TextInput({"autocomplete": "off", "class": "govuk-input--width-20"}),
    )


@page(Action.PERSON_READ, post=True)
def search(request: HttpRequest) -> HttpResponse:
    form = SearchForm(request.POST if request.method == "POST" else None)
    hits = (
        searched(actor=request.user, text=form.cleaned_data["text"])
        if form.is_bound and form.is_valid()
        else None
    )
    return render(
        request, "desk/search.html", {"form": form, "hits": hits}, status=422 if form.errors else 200
    )
