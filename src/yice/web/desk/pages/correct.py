"""Mend a fact that is ours; ask the owner of a register to mend theirs."""

from __future__ import annotations

import uuid

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yice.accounts.enums import Action
from yice.loop.identify import services
from yice.loop.identify.selectors.changed import changed
from yice.loop.identify.selectors.correcting import Correctable, correctable
from yice.terms import clock
from yice.terms.errors import Problem, Problems
from yice.web.desk.door import page
from yice.web.desk.forms import villages_for
from yice.web.desk.person_parts import bar
from yice.web.desk.questions import QuestionForm, form_of, values
from yice.web.ui.errors import add_problems
from yice.web.ui.forms import DayField


@page(Action.PERSON_CORRECT, post=True, once=True, shows="person")
def correct(request: HttpRequest, person: uuid.UUID, fact: str) -> HttpResponse:
    shown = correctable(request.user, person, fact)
    form = _form(shown, request)
    if form.is_bound:
        known = _checked(shown, form)
        if form.is_valid() and _taken(request, shown, form, known):
            return HttpResponseRedirect(reverse("desk:person-facts", args=[person]))
    context = {"shown": shown, "form": form, "bar": bar(shown.identity)}
    return render(request, "desk/correct.html", context, status=422 if form.errors else 200)


def _form(shown: Correctable, request: HttpRequest) -> QuestionForm:
    more: dict[str, forms.Field] = {}
    if not shown.register:
        more["seen_on"] = DayField(label=gettext_lazy("核实日期"), not_after=clock.today)
    more["why"] = forms.CharField(
        label=gettext_lazy("依据"),
        help_text=gettext_lazy("例如：查看了低保证；本人和家属当面说明。"),
        max_length=500,
        widget=forms.Textarea({"rows": 3, "maxlength": 500}),
    )
    asked = [shown.question]
    form = form_of(
        asked,
        door=False,
        data=request.POST if request.method == "POST" else None,
        places=villages_for(asked, shown.identity.hukou_code),
        more=more,
        initial={"seen_on": clock.today()},
    )
    if shown.question.fact in form.fields:
        form.fields[shown.question.fact].label = _("核实后的情况")
    return form


def _checked(shown: Correctable, form: QuestionForm) -> object:
    """The value typed; nothing typed is said together with whatever else is wrong."""
    form.is_valid()
    known = values([shown.question], form.cleaned_data).get(shown.question.fact)
    fact = shown.question.fact
    if known is None and not form.errors.get(fact):
        field = fact if fact in form.fields else None
        form.add_error(field, _("请填写核实后的情况：{label}。").format(label=shown.question.label))
    return known


def _taken(request: HttpRequest, shown: Correctable, form: QuestionForm, value: object) -> bool:
    row = services.person(request.user, shown.identity.uuid)
    fact, why = shown.question.fact, form.cleaned_data["why"]
    try:
        if shown.register:
            services.request_correction(
                actor=request.user, person=row, register=shown.register, fact=fact, asked=value, why=why
            )
            messages.success(request, _("已请登记机关更正；对方更正之前，这里的登记不变。"))
        else:
            done = services.correct_fact(
                actor=request.user,
                person=row,
                fact=fact,
                value=value,
                seen_on=form.cleaned_data["seen_on"],
                why=why,
            )
            said = changed(request.user, row, done) or [_("判断没有变化。")]
            messages.success(request, " ".join([_("已更正，并已重新判断。"), *said]))
    except (Problem, Problems) as problem:
        add_problems(form, problem)
        return False
    return True
