"""Beside a case's road: it is withdrawn or over, its facts changed, it begins again; and an assessment made within it."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yice.accounts.enums import Action
from yice.loop.assess import selectors as assessments
from yice.loop.deliver import services as deliver
from yice.loop.deliver.enums import CaseState
from yice.loop.deliver.models import Case
from yice.loop.deliver.selectors import case as selectors
from yice.loop.deliver.services.standing import people_of, plan_of, service_of
from yice.policy.words import text
from yice.terms.errors import Problem
from yice.terms.messages import Message
from yice.web.desk import case_parts as parts
from yice.web.desk.assess_forms import AssessForm
from yice.web.desk.door import page
from yice.web.desk.forms import refusing
from yice.web.ui.forms import Form

ENDS = (
    ("withdrawn", gettext_lazy("本人撤回申请")),
    ("transferred", gettext_lazy("迁出，转到别处办理")),
    ("died", gettext_lazy("本人去世")),
    ("not_needed", gettext_lazy("不再需要")),
)


class TurnForm(Form):
    """What happened, in one choice; why, in words."""

    mark_optional = False
    version = forms.IntegerField(widget=forms.HiddenInput)
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    what = forms.ChoiceField(label=gettext_lazy("发生了什么"), widget=forms.RadioSelect)
    note = forms.CharField(
        label=gettext_lazy("说明情况"), max_length=2000, widget=forms.Textarea({"rows": 3})
    )

    def __init__(self, case: Case, data: QueryDict | None = None) -> None:
        super().__init__(data, initial={"version": case.version, "key": uuid.uuid4().hex})
        service = service_of(case)
        if case.state == CaseState.ENDED:
            choices = [
                (f"reopen.{one.id}", _("从“{step}”重新办理").format(step=text(one.title)))
                for one in service.steps.values()
            ]
        else:
            change = (
                [
                    (
                        "change",
                        _("情况有变化，转入“{step}”").format(
                            step=text(service.steps[service.on_change].title)
                        ),
                    )
                ]
                if service.on_change
                else []
            )
            choices = [*change, *ENDS]
        self.fields["what"].choices = choices  # type: ignore[attr-defined]


@page(Action.CASE_OPEN, Action.CASE_ASSIGN, post=True, shows="case")
def turn(request: HttpRequest, case: uuid.UUID) -> HttpResponse:
    """Say what happened to a case: it ends, turns to its recheck or, once ended, is taken up again."""
    row = selectors.case(request.user, case)
    form = TurnForm(row, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with refusing(form, version=row.version):
            _turn(request, row, form.cleaned_data)
            messages.success(request, _("已登记。"))
            return HttpResponseRedirect(reverse("desk:case", args=[case]))
    context = {
        "case": row,
        "about": parts.about(request.user, row),
        "form": form,
        "service": text(service_of(row).title),
    }
    return render(request, "desk/case_turn.html", context, status=422 if form.errors else 200)


def _turn(request: HttpRequest, row: Case, said: dict[str, Any]) -> None:
    what, _dot, step = said["what"].partition(".")
    given: dict[str, Any] = {"actor": request.user, "case": row, "note": said["note"], "key": said["key"]}
    if what == "reopen":
        deliver.reopen(step=step, version=said["version"], **given)
    elif what == "change":
        deliver.note_change(**given)
    else:
        deliver.withdraw(kind=what, version=said["version"], **given)


@page(Action.CASE_STEP, post=True, shows="case")
def assess(request: HttpRequest, case: uuid.UUID, step: str) -> HttpResponse:
    """The assessment that a waiting step takes in: by the assessor it was handed to, the group a dispute goes to, or
    entered for them."""
    row = selectors.case_at(request.user, case, step)
    about = service_of(row).steps[step]
    scale = plan_of(row).scales.get(about.assesses or "")
    people = people_of(row)
    if scale is None or not people or not row.open_steps.filter(step=step).exists():
        raise Problem("assessment-not-found", Message("这一步现在不登记评估。"))
    whom = next((one for one in people if str(one.uuid) == request.GET.get("person")), people[0])
    form = AssessForm(scale, row.area, request.POST if request.method == "POST" else None)
    mine = next((key for key, one in form.assessors.items() if one.user_id == request.user.pk), None)
    if mine is not None:  # who is certified assesses as themselves
        form.fields["assessor"].initial = mine
    if form.is_bound and form.is_valid():
        with refusing(form):
            deliver.assess_in_case(actor=request.user, case=row, step=step, person=whom, **form.said())
            messages.success(request, _("已登记评估，可以办理这一步了。"))
            return HttpResponseRedirect(reverse("desk:case-step", args=[case, step]))
    disputed = assessments.in_dispute(whom, scale.id)
    context = {
        "case": row,
        "about": parts.about(request.user, row),
        "step": text(about.title),
        "step_id": step,
        "people": [(one, one == whom) for one in people] if len(people) > 1 else [],
        "whom": whom,
        "form": form,
        "scale": text(scale.title),
        "clause": scale.clause,
        "credit": scale.credit,
        "licensed": not scale.items and bool(scale.bands),
        "disputed": disputed,
    }
    return render(request, "desk/case_assess.html", context, status=422 if form.errors else 200)
