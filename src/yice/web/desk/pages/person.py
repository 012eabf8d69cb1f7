"""One person: what waits, why, the facts with their sources, what happened. Each part has an address of its own."""

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
from yice.loop.identify import services
from yice.loop.identify.selectors.person import PersonPage, person_page
from yice.loop.identify.selectors.questions import Question
from yice.loop.identify.services.unmasking import FIELDS
from yice.terms.errors import Problem, Problems
from yice.terms.messages import Message
from yice.web.desk.door import page
from yice.web.desk.person_parts import bar, log, rows_of
from yice.web.desk.questions import form_of, given
from yice.web.ui import parts
from yice.web.ui.errors import add_problems
from yice.web.ui.forms import Form

PARTS = ("work", "why", "facts", "log")


@page(Action.PERSON_READ)
def person(request: HttpRequest, person: uuid.UUID, part: str = "work") -> HttpResponse:
    shown = person_page(request.user, person)
    context = {
        "shown": shown,
        "part": part,
        "bar": bar(shown.identity),
        "tabs": _tabs(shown, part),
        "rows_of": [(section.title, rows_of(shown, section)) for section in shown.facts]
        if part == "facts"
        else [],
        "log": log(shown.timeline) if part == "log" else [],
    }
    return render(request, f"desk/person_{part}.html", context)


def _tabs(shown: PersonPage, part: str) -> list[parts.Tab]:
    live = sum(block.state != "closed" for block in shown.findings)
    words = {
        "work": (_("待办"), live),
        "why": (_("依据"), None),
        "facts": (_("事实与来源"), None),
        "log": (_("经过"), None),
    }
    return [
        parts.Tab(text, reverse(f"desk:person-{name}", args=[shown.identity.uuid]), name == part, count)
        for name, (text, count) in words.items()
    ]


@page(Action.ASK_ANSWER, post=True)
def ask(request: HttpRequest, person: uuid.UUID) -> HttpResponse:
    """The questions at the door, best first; what is answered is judged at once."""
    shown = person_page(request.user, person)
    if shown.ask is None:
        messages.info(request, _("这位残疾人现在没有要问的问题。"))
        return HttpResponseRedirect(reverse("desk:person", args=[person]))
    questions: list[Question] = shown.ask.questions
    form = form_of(questions, door=True, data=request.POST if request.method == "POST" else None)
    form.fields["version"] = forms.IntegerField(widget=forms.HiddenInput, initial=shown.ask.version)
    if form.is_bound and form.is_valid():
        done = _answered(request, shown, form, questions)
        if done is not None:
            return done
    context = {"shown": shown, "form": form, "bar": bar(shown.identity)}
    return render(request, "desk/ask.html", context, status=422 if form.errors else 200)


def _answered(
    request: HttpRequest, shown: PersonPage, form: Form, questions: list[Question]
) -> HttpResponse | None:
    answers = given(questions, form.cleaned_data)
    if not answers:
        form.add_error(None, _("还没有填写任何回答。不清楚或不愿回答,也请选出来。"))
        return None
    row = services.person(request.user, shown.identity.uuid)
    try:
        after = services.answer(
            actor=request.user, person=row, answers=answers, version=form.cleaned_data["version"]
        )
    except (Problem, Problems) as problem:
        add_problems(form, problem)
        return None
    said = _("已登记 {n} 项回答,并已重新判断。").format(n=len(answers))
    if after.opened:
        said += _("新出现 {n} 条线索。").format(n=len(after.opened))
    if after.questions_left:
        said += _("还有 {n} 个问题可以再问。").format(n=after.questions_left)
    messages.success(request, said)
    return HttpResponseRedirect(reverse("desk:person", args=[shown.identity.uuid]))


class UnmaskForm(Form):
    mark_optional = False
    reason = forms.CharField(
        label=gettext_lazy("为什么需要看"),
        help_text=gettext_lazy("会记入操作记录,例如:电话联系办理补贴。"),
        min_length=4,
        max_length=200,
        widget=forms.TextInput({"class": "govuk-input--width-20", "autocomplete": "off"}),
    )


@page(Action.PERSON_UNMASK, post=True)
def unmask(request: HttpRequest, person: uuid.UUID, field: str) -> HttpResponse:
    """One sealed value, once, with the reason written down; the value stands only in this answer."""
    if field not in FIELDS:
        raise Problem("not-found", Message("没有这个页面。"))
    shown = person_page(request.user, person)
    form = UnmaskForm(request.POST if request.method == "POST" else None)
    value = ""
    if form.is_bound and form.is_valid():
        row = services.person(request.user, person)
        value = services.unmask(
            actor=request.user, person=row, field=field, reason=form.cleaned_data["reason"]
        )
    labels: dict[str, Any] = {
        "id_number": _("身份证号"),
        "phone": _("电话"),
        "address": _("住址"),
        "certificate": _("残疾人证号"),
        "birth_date": _("出生日期"),
    }
    context = {
        "shown": shown,
        "form": form,
        "value": value,
        "label": labels[field],
        "bar": bar(shown.identity),
    }
    return render(request, "desk/unmask.html", context, status=422 if form.errors else 200)
