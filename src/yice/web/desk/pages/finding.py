"""Handle one finding. A gap is helped; a payment is settled by the deciding department after the person was heard."""

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
from yice.loop.identify.enums import FindingKind, LeftOutReason
from yice.loop.identify.models import Finding
from yice.loop.identify.selectors.handling import Handling, handling
from yice.loop.identify.services import gaps, payments
from yice.terms import clock
from yice.terms.errors import Problem, Problems
from yice.web.desk.door import page
from yice.web.desk.forms import refused, villages_for
from yice.web.desk.person_parts import bar, why
from yice.web.desk.questions import QuestionForm, form_of, values
from yice.web.ui.errors import add_problems
from yice.web.ui.forms import DayField, Form, MoneyField, MonthField


class StepForm(Form):
    """What both kinds of step have: which one, and a note."""

    mark_optional = False
    version = forms.IntegerField(widget=forms.HiddenInput)
    code = forms.ChoiceField(label=gettext_lazy("处理结果"), widget=forms.RadioSelect)
    note = forms.CharField(
        label=gettext_lazy("备注（选填）"),
        required=False,
        max_length=500,
        widget=forms.Textarea({"rows": 2, "maxlength": 500}),
    )

    def __init__(self, codes: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].choices = codes  # type: ignore[attr-defined]


class GapForm(StepForm):
    left_out_reason = forms.ChoiceField(
        label=gettext_lazy("此前没有享受的原因"),
        help_text=gettext_lazy("已纳入或不愿申请时必填。"),
        required=False,
        choices=[("", "—"), *LeftOutReason.choices],
    )
    refer_to = forms.CharField(label=gettext_lazy("转介给哪个部门"), required=False, max_length=60)

    def step(self) -> dict[str, Any]:
        """What belongs to the chosen step; what was typed for another one is left out."""
        said = self.cleaned_data
        code = said.get("code", "")
        reason = code in ("help_to_apply", "included", "declined", "refer")
        return {
            "code": code,
            "left_out_reason": said.get("left_out_reason", "") if reason else "",
            "refer_to": said.get("refer_to", "") if code == "refer" else "",
            "note": said.get("note", ""),
        }


class PaymentForm(StepForm):
    told_on = DayField(label=gettext_lazy("告知本人的日期"), required=False, not_after=clock.today)
    heard_on = DayField(
        label=gettext_lazy("听取本人意见的日期"),
        help_text=gettext_lazy("停发、减发或追回之前必须先听取意见；本人已去世的除外。"),
        required=False,
        not_after=clock.today,
    )
    month = MonthField(label=gettext_lazy("从哪个月起"), required=False)
    sum_fen = MoneyField(
        label=gettext_lazy("金额"),
        help_text=gettext_lazy("更正后的每月金额，或要追回的总额。"),
        required=False,
    )

    def step(self) -> dict[str, Any]:
        said = self.cleaned_data
        code, month = said.get("code", ""), said.get("month")
        sums = code in payments.NEEDS_SUM
        hearing = code in (*payments.NEEDS_HEARING, "told_and_heard")
        return {
            "code": code,
            "month": month.first if month and code in payments.NEEDS_MONTH else None,
            "sum_fen": said.get("sum_fen") if sums else None,
            "told_on": said.get("told_on") if hearing else None,
            "heard_on": said.get("heard_on") if hearing else None,
            "note": said.get("note", ""),
        }


@page(Action.FINDING_READ, post=True, shows="finding")
def finding(request: HttpRequest, finding: uuid.UUID) -> HttpResponse:
    shown = handling(request.user, finding)
    if shown.block.kind == FindingKind.ASK:
        return HttpResponseRedirect(reverse("desk:ask", args=[shown.identity.uuid]))
    gap = shown.block.kind == FindingKind.GAP
    data = request.POST if request.method == "POST" else None
    form = (GapForm if gap else PaymentForm)(
        shown.block.codes, data, initial={"version": shown.block.version}
    )
    facts = _facts_form(shown, data) if gap else None
    if form.is_bound:
        done = _take(request, shown, form, facts)
        if done is not None:
            return done
    groups = facts.groups() if facts is not None else []
    context = {
        "shown": shown,
        "about": shown.block.benefit_title or shown.block.title,
        "reasons": why(shown.why) if shown.why else [],
        "form": form,
        "facts": facts,
        "groups": [(group, shown.held.get(group["question"].fact, "")) for group in groups],
        "corrected_missing": facts.non_field_errors() if facts is not None else [],
        "bar": bar(shown.identity),
        "gap": gap,
    }
    wrong = form.errors or (facts is not None and facts.errors)
    return render(request, "desk/finding.html", context, status=422 if wrong else 200)


def _facts_form(shown: Handling, data: Any) -> QuestionForm:
    places = villages_for(shown.facts, shown.identity.hukou_code)
    return form_of(shown.facts, door=False, data=data, prefix="fact", places=places)


def _take(
    request: HttpRequest, shown: Handling, form: GapForm | PaymentForm, facts: QuestionForm | None
) -> HttpResponse | None:
    """Take the step, or leave everything that is wrong with it in the forms."""
    row = services.finding(request.user, shown.block.uuid)
    corrects = facts is not None and form.data.get("code") == "not_eligible"
    good = form.is_valid()
    if corrects and facts is not None:
        good = facts.is_valid() and good
    corrected = values(shown.facts, facts.cleaned_data) if corrects and facts is not None else {}
    step = form.step()
    if not good:
        _add_missing(form, facts, row, step, corrected)
        return None
    try:
        if facts is not None:
            services.handle_gap(
                actor=request.user,
                finding=row,
                version=form.cleaned_data["version"],
                corrected=corrected,
                **step,
            )
        else:
            services.handle_payment(
                actor=request.user, finding=row, version=form.cleaned_data["version"], **step
            )
    except (Problem, Problems) as problem:
        for one in problem.problems if isinstance(problem, Problems) else [problem]:
            _place(one, form, facts, shown.block.version)
        return None
    messages.success(request, _("已登记：{outcome}").format(outcome=dict(shown.block.codes)[step["code"]]))
    return HttpResponseRedirect(reverse("desk:person", args=[shown.identity.uuid]))


def _add_missing(
    form: GapForm | PaymentForm,
    facts: QuestionForm | None,
    row: Finding,
    step: dict[str, Any],
    corrected: dict[str, Any],
) -> None:
    """A field that cannot be read must not hide what else the step lacks: all of it is said at once."""
    if "code" in form.errors:
        return
    held = form.errors | (facts.errors if facts is not None else {})
    found = gaps.wrong(row, step, corrected) if facts is not None else payments.wrong(row, step)
    for problem in found:
        if problem.field not in held and not (problem.field == "corrected" and held.keys() - form.errors):
            _place(problem, form, facts, row.version)


def _place(problem: Problem, form: Form, facts: QuestionForm | None, version: int) -> None:
    """Beside its field: a fact's own, the group of facts, or the step's."""
    if facts is not None and (problem.field in facts.fields or problem.field == "corrected"):
        add_problems(facts, problem)
    else:
        refused(form, problem, version=version)
