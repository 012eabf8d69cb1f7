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
from yice.loop.identify.selectors.handling import Handling, handling
from yice.terms import clock
from yice.terms.errors import Problem, Problems
from yice.web.desk.door import page
from yice.web.desk.person_parts import bar
from yice.web.desk.questions import form_of, values
from yice.web.ui.errors import add_problems
from yice.web.ui.forms import DayField, Form, MoneyField, MonthField


class StepForm(Form):
    """What both kinds of step have: which one, and a note."""

    mark_optional = False
    version = forms.IntegerField(widget=forms.HiddenInput)
    code = forms.ChoiceField(label=gettext_lazy("处理结果"), widget=forms.RadioSelect)

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
    refer_to = forms.CharField(
        label=gettext_lazy("转介给哪个部门"),
        help_text=gettext_lazy("选择转介时必填。"),
        required=False,
        max_length=60,
    )
    note = forms.CharField(
        label=gettext_lazy("备注"),
        required=False,
        max_length=500,
        widget=forms.Textarea({"rows": 3, "maxlength": 500}),
    )


class PaymentForm(StepForm):
    told_on = DayField(label=gettext_lazy("告知本人的日期"), required=False, not_after=clock.today)
    heard_on = DayField(
        label=gettext_lazy("听取本人意见的日期"),
        help_text=gettext_lazy("停发、减发或追回之前必须先听取意见;本人已去世的除外。"),
        required=False,
        not_after=clock.today,
    )
    month = MonthField(
        label=gettext_lazy("从哪个月起"),
        help_text=gettext_lazy("停发、已停发或更正金额时必填。"),
        required=False,
    )
    sum_fen = MoneyField(
        label=gettext_lazy("金额"),
        help_text=gettext_lazy("更正后的每月金额,或要追回的总额。"),
        required=False,
    )
    note = forms.CharField(
        label=gettext_lazy("备注"),
        required=False,
        max_length=500,
        widget=forms.Textarea({"rows": 3, "maxlength": 500}),
    )


@page(Action.FINDING_READ, post=True)
def finding(request: HttpRequest, finding: uuid.UUID) -> HttpResponse:
    shown = handling(request.user, finding)
    if shown.block.kind == FindingKind.ASK:
        return HttpResponseRedirect(reverse("desk:ask", args=[shown.identity.uuid]))
    gap = shown.block.kind == FindingKind.GAP
    data = request.POST if request.method == "POST" else None
    initial = {"version": shown.block.version}
    form = (GapForm if gap else PaymentForm)(shown.block.codes, data, initial=initial)
    facts = form_of(shown.facts, door=False, data=data, prefix="fact") if gap else None
    if form.is_bound and form.is_valid() and (facts is None or facts.is_valid()):
        done = _take(request, shown, form, facts)
        if done is not None:
            return done
    context = {"shown": shown, "form": form, "facts": facts, "bar": bar(shown.identity), "gap": gap}
    return render(request, "desk/finding.html", context, status=422 if form.errors else 200)


def _take(request: HttpRequest, shown: Handling, form: StepForm, facts: Form | None) -> HttpResponse | None:
    row = services.finding(request.user, shown.block.uuid)
    said = dict(form.cleaned_data)
    try:
        if facts is not None:
            corrected = values(shown.facts, facts.cleaned_data)
            services.handle_gap(actor=request.user, finding=row, corrected=corrected, **said)
        else:
            month = said.pop("month")
            said["month"] = month.first if month else None
            services.handle_payment(actor=request.user, finding=row, **said)
    except (Problem, Problems) as problem:
        for one in problem.problems if isinstance(problem, Problems) else [problem]:
            add_problems(facts if facts is not None and one.field in facts.fields else form, one)
        return None
    messages.success(request, _("已登记:{outcome}").format(outcome=dict(shown.block.codes)[said["code"]]))
    return HttpResponseRedirect(reverse("desk:person", args=[shown.identity.uuid]))
