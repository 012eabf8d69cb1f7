"""The day's visits: made, printed on one A4, typed back in the order of the paper."""

from __future__ import annotations

import datetime as dt
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
from yice.loop.identify.selectors.visits import VisitPage, VisitRow, visit_list, visit_lists
from yice.loop.identify.services.visits import RESULTS, TypedLine
from yice.terms import clock
from yice.terms.errors import Problem, Problems
from yice.web.desk.door import page
from yice.web.desk.questions import form_of, given
from yice.web.ui.errors import add_problems
from yice.web.ui.forms import DayField, Form

RESULT_WORDS = {
    "met": gettext_lazy("见到本人或家属"),
    "not_home": gettext_lazy("不在家"),
    "moved": gettext_lazy("已搬走"),
    "phone": gettext_lazy("电话联系"),
}


def tomorrow_week() -> dt.date:
    """Lists are made for today and a week ahead at most: later they would be stale on the day."""
    return clock.today() + dt.timedelta(days=7)


class MakeForm(Form):
    mark_optional = False
    day = DayField(label=gettext_lazy("走访日期"), not_after=tomorrow_week)
    size = forms.IntegerField(
        label=gettext_lazy("走访几户"),
        help_text=gettext_lazy("一张 A4 纸能印下 12 户。"),
        min_value=1,
        max_value=30,
        widget=forms.TextInput({"inputmode": "numeric", "class": "govuk-input--width-3"}),
    )


@page(Action.VISIT_PLAN, post=True)
def visits(request: HttpRequest) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form = MakeForm(data, initial={"day": clock.today(), "size": 12})
    if form.is_bound and form.is_valid():
        try:
            made = services.make_visit_list(actor=request.user, **form.cleaned_data)
            return HttpResponseRedirect(reverse("desk:visit-list", args=[made.uuid]))
        except (Problem, Problems) as problem:
            add_problems(form, problem)
    context = {"form": form, "lists": visit_lists(request.user)}
    return render(request, "desk/visits.html", context, status=422 if form.errors else 200)


@page(Action.VISIT_PLAN, post=True)
def list_page(request: HttpRequest, uuid: uuid.UUID) -> HttpResponse:
    """The list as printed; below it the same rows to type back, each with its questions."""
    shown = visit_list(request.user, uuid)
    data = request.POST if request.method == "POST" else None
    lines = [(row, _line_form(row, data), _question_form(row, data)) for row in shown.rows]
    problems: list[Problem] = []
    if data is not None and all(line.is_valid() and asked.is_valid() for _row, line, asked in lines):
        try:
            return _typed(request, shown, lines)
        except (Problem, Problems) as problem:
            problems = problem.problems if isinstance(problem, Problems) else [problem]
    wrong = bool(problems) or any(line.errors or asked.errors for _row, line, asked in lines)
    context: dict[str, Any] = {
        "shown": shown,
        "lines": lines,
        "problems": Problems(problems) if problems else None,
        "wrong": [form for _row, *both in lines for form in both if form.errors],
    }
    return render(request, "desk/visit_list.html", context, status=422 if wrong else 200)


def _line_form(row: VisitRow, data: Any) -> Form:
    fields = {
        "result": forms.ChoiceField(
            label=_("走访结果"),
            required=False,
            choices=[("", _("未走访")), *((code, RESULT_WORDS[code]) for code in RESULTS)],
        ),
        "note": forms.CharField(label=_("备注"), required=False, max_length=500),
        "ask_version": forms.IntegerField(required=False, widget=forms.HiddenInput),
        "mark_optional": False,
    }
    form_class = type("LineForm", (Form,), fields)
    initial = {"result": row.result, "note": row.note, "ask_version": row.ask_version}
    return form_class(data, prefix=f"r{row.position}", initial=initial)  # type: ignore[no-any-return]


def _question_form(row: VisitRow, data: Any) -> Form:
    return form_of(row.questions, door=True, data=data, prefix=f"q{row.position}")


def _typed(request: HttpRequest, shown: VisitPage, lines: list[tuple[VisitRow, Form, Form]]) -> HttpResponse:
    typed = [
        TypedLine(
            row.position,
            line.cleaned_data["result"],
            line.cleaned_data["note"],
            given(row.questions, asked.cleaned_data),
            line.cleaned_data["ask_version"],
        )
        for row, line, asked in lines
        if line.cleaned_data["result"]
    ]
    if not typed:
        messages.info(request, _("还没有填写任何一户的走访结果。"))
    else:
        row = services.visit_list(request.user, shown.uuid)
        services.type_back(actor=request.user, visit_list=row, lines=typed)
        messages.success(request, _("已录入 {n} 户。").format(n=len(typed)))
    return HttpResponseRedirect(reverse("desk:visit-list", args=[shown.uuid]))
