"""The questions at the door, best first; what is answered is judged at once, and what changed is said."""

from __future__ import annotations

import uuid

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yice.accounts.enums import Action
from yice.loop.identify import services
from yice.loop.identify.selectors.changed import changed
from yice.loop.identify.selectors.person import PersonPage, person_page
from yice.terms.errors import Problem, Problems
from yice.web.desk.door import page
from yice.web.desk.forms import refused, villages_for
from yice.web.desk.person_parts import bar
from yice.web.desk.questions import QuestionForm, form_of, given


@page(Action.ASK_ANSWER, post=True, shows="person")
def ask(request: HttpRequest, person: uuid.UUID) -> HttpResponse:
    shown = person_page(request.user, person)
    asked = shown.ask
    if asked is None:
        messages.info(request, _("现在没有要问这个人的问题。"))
        return HttpResponseRedirect(reverse("desk:person", args=[person]))
    form = form_of(
        asked.questions,
        door=True,
        data=request.POST if request.method == "POST" else None,
        places=villages_for(asked.questions, shown.identity.hukou_code),
        more={"version": forms.IntegerField(widget=forms.HiddenInput)},
        initial={"version": asked.version},
    )
    if form.is_bound and form.is_valid():
        done = _answered(request, shown, form)
        if done is not None:
            return done
    context = {"shown": shown, "form": form, "bar": bar(shown.identity)}
    return render(request, "desk/ask.html", context, status=422 if form.errors else 200)


def _answered(request: HttpRequest, shown: PersonPage, form: QuestionForm) -> HttpResponse | None:
    answers = given(form.questions, form.cleaned_data)
    if not answers:
        form.add_error(None, _("还没有填写任何回答。不清楚或不愿回答，也请选出来。"))
        return None
    row = services.person(request.user, shown.identity.uuid)
    try:
        after = services.answer(
            actor=request.user, person=row, answers=answers, version=form.cleaned_data["version"]
        )
    except (Problem, Problems) as problem:
        refused(form, problem, version=shown.ask.version if shown.ask else 0)
        return None
    n, left = len(answers), after.questions_left
    said = [
        ngettext("已登记 {n} 项回答，并已重新判断。", "已登记 {n} 项回答，并已重新判断。", n).format(n=n),
        *(changed(request.user, row, after) or [_("判断没有变化。")]),
    ]
    if left:
        said.append(ngettext("还有 {n} 个问题可以再问。", "还有 {n} 个问题可以再问。", left).format(n=left))
    messages.success(request, " ".join(said))
    return HttpResponseRedirect(reverse("desk:person", args=[shown.identity.uuid]))
