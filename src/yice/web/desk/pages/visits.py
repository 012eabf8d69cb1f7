"""The day's visits: made, shown on a telephone, printed on one A4, typed back in the order of the paper."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from yice.accounts import access, guard
from yice.accounts.enums import Action
from yice.loop.identify import services
from yice.loop.identify.enums import ContactReason, VisitResult
from yice.loop.identify.looking import LIST
from yice.loop.identify.selectors.questions import Question
from yice.loop.identify.selectors.visits import VisitPage, VisitRow, visit_list, visit_lists
from yice.loop.identify.services.contacting import Contact
from yice.loop.identify.services.visits import TypedLine
from yice.terms import clock
from yice.terms.errors import Problem, Problems
from yice.web.desk.contacts import opened, remember
from yice.web.desk.door import page
from yice.web.desk.paging import digits
from yice.web.desk.questions import QuestionForm, form_of, given
from yice.web.ui import words
from yice.web.ui.errors import Line, add_problems, lines_of
from yice.web.ui.forms import DayField, Form

ON_PAPER = 36  # questions that one A4 has room for beside twelve households
HIDDEN = ("asked", "seen", "version")  # what the page showed
AHEAD = dt.timedelta(days=7)  # a list made earlier would be stale on its day


def _latest() -> dt.date:
    return clock.today() + AHEAD


class MakeForm(Form):
    mark_optional = False
    day = DayField(label=gettext_lazy("走访日期"), not_after=_latest)
    size = forms.IntegerField(
        label=gettext_lazy("走访几户"),
        help_text=gettext_lazy("一张 A4 纸能印下 12 户；最多 20 户。"),
        min_value=1,
        max_value=20,
        widget=forms.TextInput({"inputmode": "numeric", "class": "govuk-input--width-3"}),
        error_messages={
            "invalid": gettext_lazy("请填写 1 到 20 之间的户数。"),
            "min_value": gettext_lazy("请填写 1 到 20 之间的户数。"),
            "max_value": gettext_lazy("请填写 1 到 20 之间的户数。"),
        },
    )

    def clean_day(self) -> dt.date:
        day: dt.date = self.cleaned_data["day"]
        if day < clock.today():
            raise forms.ValidationError(_("走访日期不能早于今天。"))
        return day


@dataclass(frozen=True)
class LineOnPage:
    """One household: what the paper has room for, and how to reach it."""

    row: VisitRow
    paper: list[Question]
    contact: Contact | None  # in full, once a reason was given for the list

    @property
    def asks(self) -> list[str]:
        return [question.label for question in self.row.questions]

    @property
    def more(self) -> int:
        return len(self.row.questions) - len(self.paper)


@dataclass(frozen=True)
class TypedRow:
    """One line of the paper as a form."""

    row: VisitRow
    form: Form
    asked: QuestionForm

    @property
    def open(self) -> bool:
        return any(group["open"] for group in self.asked.groups())


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


@page(Action.VISIT_PLAN, post=True, shows=LIST)
def list_page(request: HttpRequest, uuid: uuid.UUID) -> HttpResponse:
    """The day on a telephone and on paper: who to see, why, what was found last time; each leads to its record."""
    shown = visit_list(request.user, uuid)
    if request.method == "POST":
        return _open_contacts(request, shown)
    reached = opened(request, [row.person for row in shown.rows])
    room = max(1, ON_PAPER // max(1, len(shown.rows)))
    undecided = sum(row.undecided for row in shown.rows)
    may = bool(access.grants(request.user, Action.PERSON_CONTACT)) and not reached
    context = {
        "shown": shown,
        "lines": [LineOnPage(row, row.questions[:room], reached.get(row.person)) for row in shown.rows],
        "day": words.day(shown.day),
        "offer_contacts": may and any(not row.typed for row in shown.rows),
        "reached": len(reached),
        "undecided": undecided,
        "version": f"{shown.version}-{undecided}-{len(reached)}",  # what a device has copies of
        "until": guard.whole_until(request, request.user),
    }
    return render(request, "desk/visit_list.html", context)


@page(Action.VISIT_PLAN, post=True, shows=LIST)
def typed(request: HttpRequest, uuid: uuid.UUID) -> HttpResponse:
    """The same rows to type back at a desk in the order of the paper, each with its questions."""
    data = request.POST if request.method == "POST" else None
    shown = visit_list(request.user, uuid, shown=_asked(data))
    lines = [TypedRow(row, _line_form(row, data), _question_form(row, data)) for row in shown.rows]
    if data is not None:
        done = _take(request, shown, lines)
        if done is not None:
            return done
    wrong = list(_wrong(lines))
    context = {"shown": shown, "lines": lines, "wrong": wrong, "day": words.day(shown.day)}
    return render(request, "desk/visits_typed.html", context, status=422 if wrong else 200)


def _asked(data: Any) -> dict[int, list[str]]:
    """By line, what the page asked about when it was opened."""
    names = [name for name in data or () if name.startswith("r") and name.endswith("-asked")]
    lines = {digits(name[1:-6]): data[name].split(",") for name in names}
    return {line: asked for line, asked in lines.items() if line is not None}


def _open_contacts(request: HttpRequest, shown: VisitPage) -> HttpResponse:
    """Telephones and addresses of everybody on the list, for one reason, each written down."""
    people = services.people(request.user, [row.person for row in shown.rows])
    try:
        found = services.show_contacts(actor=request.user, people=people, reason=ContactReason.VISIT)
        remember(request, found)
    except Problem as problem:
        messages.warning(request, str(problem))
    return HttpResponseRedirect(reverse("desk:visit-list", args=[shown.uuid]))


def _line_form(row: VisitRow, data: Any) -> Form:
    fields = {
        "result": forms.ChoiceField(
            label=_("走访结果"),
            required=False,
            choices=[("", _("未走访")), *VisitResult.choices],
        ),
        "note": forms.CharField(label=_("备注"), required=False, max_length=500),
        **{name: forms.CharField(required=False, widget=forms.HiddenInput) for name in HIDDEN},
        "mark_optional": False,
    }
    form_class = type("LineForm", (Form,), fields)
    asked = ",".join(one.fact for one in row.questions)
    initial = {
        "result": row.result,
        "note": row.note,
        "asked": asked,
        "seen": row.seen,
        "version": row.version,
    }
    return form_class(data, prefix=f"r{row.position}", initial=initial)  # type: ignore[no-any-return]


def _question_form(row: VisitRow, data: Any) -> QuestionForm:
    return form_of(row.questions, door=True, data=data, prefix=f"q{row.position}")


def _take(request: HttpRequest, shown: VisitPage, lines: list[TypedRow]) -> HttpResponse | None:
    """Take back what was typed; what is wrong stays beside the household it is about."""
    valid = [line.form.is_valid() and line.asked.is_valid() for line in lines]
    typed = [one for line, good in zip(lines, valid, strict=True) if good and (one := _typed(line))]
    if not all(valid):
        return None
    if not typed:
        messages.info(request, _("还没有填写任何一户的走访结果。"))
    else:
        row = services.visit_list(request.user, shown.uuid)
        try:
            services.type_back(actor=request.user, visit_list=row, lines=typed)
        except (Problem, Problems) as problem:
            _place(lines, problem)
            return None
        n = len(typed)
        messages.success(request, ngettext("已录入 {n} 户。", "已录入 {n} 户。", n).format(n=n))
    return HttpResponseRedirect(reverse("desk:visit-list", args=[shown.uuid]))


def _typed(line: TypedRow) -> TypedLine | None:
    said = line.form.cleaned_data
    answers = given(line.row.questions, line.asked.cleaned_data)
    if not said["result"] and not answers and not said["note"]:
        return None
    seen, version = (digits(said[name]) or 0 for name in ("seen", "version"))
    return TypedLine(line.row.position, said["result"], said["note"], answers, seen, version)


def _place(lines: list[TypedRow], found: Problem | Problems) -> None:
    """A service names the line and perhaps the fact: "line-3", "line-3.income_pc_month"."""
    by_position = {str(line.row.position): line for line in lines}
    for problem in found.problems if isinstance(found, Problems) else [found]:
        position, _dot, fact = (problem.field or "").removeprefix("line-").partition(".")
        line = by_position.get(position, lines[0])
        if fact in line.asked.fields:
            add_problems(line.asked, Problem(problem.code, problem.what, why=problem.why, field=fact))
        else:
            field = "result" if problem.code == "visit-line" else None
            add_problems(
                line.form, Problem(problem.code, problem.what, why=problem.why, fix=problem.fix, field=field)
            )


def _wrong(lines: list[TypedRow]) -> Iterator[Line]:
    """Every fault with the household it is about."""
    for line in lines:
        if not line.form.is_bound:
            continue
        for fault in [*lines_of(line.form), *lines_of(line.asked)]:
            about = _("{n}. {name}：{text}").format(n=line.row.position, name=line.row.name, text=fault.text)
            yield Line(about, fault.target or f"v{line.row.position}")
