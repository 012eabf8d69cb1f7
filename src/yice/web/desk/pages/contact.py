"""Telephone and address of one person in full, after a reason is chosen; then back to where the work is."""

from __future__ import annotations

import uuid

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy

from yice.accounts import access
from yice.accounts.enums import Action
from yice.loop.identify import services
from yice.loop.identify.enums import ContactReason
from yice.loop.identify.selectors.person import identity_and_settled
from yice.terms.errors import Problem
from yice.web.desk.contacts import remember
from yice.web.desk.door import page
from yice.web.desk.person_parts import bar
from yice.web.ui.errors import add_problems
from yice.web.ui.forms import Form


class ContactForm(Form):
    mark_optional = False
    reason = forms.ChoiceField(
        label=gettext_lazy("为什么需要看"),
        help_text=gettext_lazy("会记入操作记录。"),
        choices=ContactReason.choices,
        widget=forms.RadioSelect({"class": "govuk-radios--small"}),
        error_messages={"required": gettext_lazy("请选择查看的原因。")},
    )


@page(Action.PERSON_CONTACT, post=True, shows="person")
def contact(request: HttpRequest, person: uuid.UUID) -> HttpResponse:
    row = services.person(request.user, person)
    access.require(request.user, Action.PERSON_CONTACT, row)
    form = ContactForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            shown = services.show_contacts(
                actor=request.user, people=[row], reason=form.cleaned_data["reason"]
            )
        except access.Forbidden:
            raise
        except Problem as problem:
            add_problems(form, problem)
        else:
            remember(request, shown)
            return HttpResponseRedirect(f"{reverse('desk:person', args=[person])}#contact")
    identity = identity_and_settled(request.user, row)[0]
    context = {"shown": {"identity": identity}, "form": form, "bar": bar(identity)}
    return render(request, "desk/contact.html", context, status=422 if form.errors else 200)
