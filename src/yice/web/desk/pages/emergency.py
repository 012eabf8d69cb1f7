"""Break the glass: one person out of reach for three hours; and the supervisor's review of it."""

from __future__ import annotations

import uuid

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yice.accounts import access, glass
from yice.accounts.enums import Action
from yice.areas import selectors as areas
from yice.loop.deliver import emergency as services
from yice.terms.errors import Problem, Problems
from yice.web.desk.door import page
from yice.web.desk.forms import uuid_in
from yice.web.ui.errors import add_problems
from yice.web.ui.forms import Form


class GlassForm(Form):
    mark_optional = False
    number = forms.CharField(
        label=gettext_lazy("证件号"),
        help_text=gettext_lazy("18 位全号。不会出现在地址和日志里。"),
        max_length=24,
        widget=forms.TextInput(
            {"autocomplete": "off", "spellcheck": "false", "class": "govuk-input--width-20"}
        ),
    )
    reason = forms.CharField(
        label=gettext_lazy("发生了什么"),
        help_text=gettext_lazy("例如：本人在街道大厅发病，要联系监护人。上级会看到并复核。"),
        max_length=200,
        widget=forms.TextInput({"autocomplete": "off"}),
    )


class ReviewForm(Form):
    mark_optional = False
    note = forms.CharField(
        label=gettext_lazy("结论"), max_length=200, widget=forms.TextInput({"autocomplete": "off"})
    )


@page(Action.GLASS_BREAK, Action.GLASS_REVIEW, post=True, anew=True, once=True)
def emergency(request: HttpRequest) -> HttpResponse:
    """Ask for it; below, what waits for my review and what was reviewed."""
    user = request.user
    asks = access.grants(user, Action.GLASS_BREAK)
    judging = "glass" in request.POST
    form = GlassForm(request.POST if request.method == "POST" and not judging else None)
    verdict = ReviewForm(request.POST if judging else None)
    try:
        if judging and verdict.is_valid():
            services.review(
                actor=user,
                key=uuid_in(request.POST.get("glass")) or uuid.UUID(int=0),
                justified="justified" in request.POST,
                note=verdict.cleaned_data["note"],
            )
            messages.success(request, _("已复核。"))
            return HttpResponseRedirect(reverse("desk:emergency"))
        if form.is_bound and form.is_valid():
            made = services.ask(actor=user, **form.cleaned_data)
            return HttpResponseRedirect(reverse("desk:emergency-of", args=[made.uuid]))
    except (Problem, Problems) as problem:
        add_problems(verdict if judging else form, problem)
    context = {
        "form": form,
        "verdict": verdict,
        "asks": asks,
        "waiting": glass.to_review(user),
        "done": glass.reviewed(user)[:10],
        "judged": request.POST.get("glass", ""),
    }
    return render(
        request, "desk/emergency.html", context, status=422 if form.errors or verdict.errors else 200
    )


@page(Action.GLASS_BREAK)
def opened(request: HttpRequest, glass: uuid.UUID) -> HttpResponse:
    held, shown = services.look(actor=request.user, key=glass)
    place = areas.names([shown.area]).get(shown.area, "")
    return render(request, "desk/emergency_opened.html", {"glass": held, "shown": shown, "place": place})
