"""Screening: which runs there were, what came of them by group and status, and running one now."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yice.accounts import access
from yice.accounts.enums import Action
from yice.areas import selectors as areas
from yice.policy import selectors, services
from yice.policy.models import ScreeningRun
from yice.policy.words import text
from yice.rules.words import Words
from yice.terms.errors import Problem, Problems
from yice.terms.messages import Message
from yice.web.desk.door import page
from yice.web.ui import words
from yice.web.ui.errors import add_problems
from yice.web.ui.forms import Form

STATUSES = ("eligible", "ineligible", "unknown")


class RunForm(Form):
    mark_optional = False
    area = forms.ChoiceField(label=gettext_lazy("筛查哪里"))

    def __init__(self, choices: list[tuple[str, str]], data: Any = None) -> None:
        super().__init__(data, initial={"area": choices[0][0] if choices else ""})
        self.fields["area"].choices = choices  # type: ignore[attr-defined]


@page(Action.SCREENING_RUN, post=True, once=True)
def screenings(request: HttpRequest) -> HttpResponse:
    codes = [code for code, _end in access.ranges(request.user, Action.SCREENING_RUN)]
    names = areas.names(codes)
    form = RunForm(
        [(code, names.get(code, code)) for code in codes], request.POST if request.method == "POST" else None
    )
    if form.is_bound and form.is_valid():
        try:
            return _asked(request, form.cleaned_data["area"])
        except (Problem, Problems) as problem:
            add_problems(form, problem)
    runs = selectors.runs(request.user)
    names |= areas.names(run.area for run in runs)
    context = {
        "form": form,
        "runs": [(run, pack_title(run), names.get(run.area, run.area)) for run in runs],
        "pack": selectors.pack_for(codes[0]) if codes else None,
    }
    return render(request, "desk/screenings.html", context, status=422 if form.errors else 200)


def _asked(request: HttpRequest, area: str) -> HttpResponse:
    pack = selectors.pack_for(area)
    if pack is None:
        raise Problem(
            "pack-missing",
            Message("这里还没有安装政策包，不能筛查。"),
            fix=Message("请系统管理员为本地安装政策包。"),
        )
    job = services.request_screening(actor=request.user, pack=pack, area=area)
    return HttpResponseRedirect(reverse("desk:job", args=[job.uuid]))


@page(Action.SCREENING_RUN)
def screening(request: HttpRequest, run: uuid.UUID) -> HttpResponse:
    """Each group with its statuses. "Cannot tell" has a column of its own: it is never a no."""
    found = selectors.run(request.user, run)
    plan = selectors.plan(found.pack)
    rows = [
        {
            "title": text(plan.groups[group].title) if group in plan.groups else group,
            "clause": plan.groups[group].clause if group in plan.groups else "",
            "benefit": text(plan.benefits[benefit].title)
            if group in plan.groups and (benefit := plan.groups[group].benefit)
            else "",
            "counts": [counts.get(status, 0) for status in STATUSES],
        }
        for group, counts in found.counts.items()
    ]
    context = {
        "run": found,
        "by": found.by.name if found.by else "—",
        "title": pack_title(found),
        "area": areas.names([found.area]).get(found.area, found.area),
        "rows": rows,
        "lists": [
            _("{list}（{month}）").format(
                list=text(plan.lists[kind].title) if (kind := str(one["kind"])) in plan.lists else kind,
                month=words.month(dt.date.fromisoformat(str(one["month"]))),
            )
            for one in found.snapshot.lists
        ],
    }
    return render(request, "desk/screening.html", context)


def pack_title(run: ScreeningRun) -> str:
    return text(Words(run.pack.title_zh, run.pack.title_en))
