"""One step for many cases at once: each with its own sum and checks, and a part of them read one by one beforehand."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from yice.accounts.enums import Action
from yice.areas import selectors as areas
from yice.loop.deliver import services as deliver
from yice.loop.deliver.enums import FundSource, Mode
from yice.loop.deliver.models import Case
from yice.loop.deliver.selectors import worklist
from yice.loop.deliver.selectors.case import FieldState
from yice.loop.deliver.services.bulk import opened_by
from yice.loop.deliver.services.money import AMOUNT, due_months_of
from yice.loop.deliver.services.standing import plan_of
from yice.loop.deliver.services.sums import names_sum, sums_offered
from yice.loop.identify.looking import LIST
from yice.policy.words import text
from yice.rules.model import Plan
from yice.rules.services import Step
from yice.terms.errors import Problem, Problems
from yice.web.desk import case_parts as parts
from yice.web.desk.case_forms import VALUE, field_of, values_of
from yice.web.desk.door import page
from yice.web.desk.forms import mark, refusing, ticked
from yice.web.ui.errors import add_problem, lines_of, say
from yice.web.ui.forms import Form, MoneyField

MOST = 100


class TogetherForm(Form):
    """What is said of all of them alike; what is known of each is not asked, and a sum is each one's own."""

    mark_optional = False
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    note = forms.CharField(
        label=gettext_lazy("说明（选填）"),
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 2}),
    )

    def __init__(self, plan: Plan, step: Step, data: QueryDict | None = None) -> None:
        super().__init__(data, initial={"key": uuid.uuid4().hex})
        onward = [(one.id, text(one.says)) for one in step.outcomes.values() if one.kind in ("go", "dispute")]
        self.fields["outcome"] = forms.ChoiceField(
            label=_("办理结果"), choices=onward, widget=forms.RadioSelect,
            initial=onward[0][0] if len(onward) == 1 else None,
        )  # fmt: skip
        form = plan.forms[step.form] if step.form else None
        for name, one in form.fields.items() if form else ():
            if one.fact is None and not (name == AMOUNT and names_sum(plan, step)):
                self.fields[VALUE + name] = field_of(plan, FieldState(one))
        if step.pays:
            self.fields["source"] = forms.ChoiceField(
                label=_("资金来源"), choices=FundSource.choices, initial=FundSource.COUNTY
            )
            self.fields["mode"] = forms.ChoiceField(
                label=_("发放方式"), choices=Mode.choices, initial=Mode.CASH
            )
            self.fields["provider"] = forms.CharField(
                label=_("服务机构"),
                help_text=_("购买服务时填写付给哪家机构。"),
                required=False,
                max_length=200,
            )

    def pay(self) -> deliver.PayAs | None:
        said = self.cleaned_data
        if "source" not in said:
            return None
        return deliver.PayAs(FundSource(said["source"]), Mode(said["mode"]), provider=said["provider"])


class SumForm(Form):
    """One person's sum in the list."""

    mark_optional = False
    amount = MoneyField()

    def __init__(self, case: Case, name: str, fen: int | None, data: QueryDict | None = None) -> None:
        super().__init__(data, prefix=f"sum-{case.uuid.hex}", initial={AMOUNT: fen})
        self.fields[AMOUNT].label = _("{name}的金额").format(name=name)
        self.fields[AMOUNT].widget.attrs["class"] = "govuk-input--width-5"


@page(Action.CASE_STEP, post=True, shows=LIST)
def together(request: HttpRequest, service: str, step: str) -> HttpResponse:
    """Those of one step that wait for the reader: who was read, what to say of all, and what became of each."""
    found = _waiting(request, service, step)
    if not found:
        return HttpResponseRedirect(reverse("desk:cases"))
    about, plan = found[0].step, plan_of(found[0].case)
    data = request.POST if request.method == "POST" else None
    form = TogetherForm(plan, about, data)
    chosen = request.POST.getlist("cases") if data is not None else [_mark(row.case) for row in found]
    named = names_sum(plan, about)
    sums = _sums(found, chosen, data) if named else {}
    refused: list[tuple[Case, str]] = []
    if form.is_bound and all([form.is_valid(), *(one.is_valid() for one in sums.values() if one.is_bound)]):
        there = {str(row.case.uuid): row.case for row in found}
        with refusing(form):
            done = deliver.take_steps_in_bulk(
                actor=request.user, step=step, cases=ticked(there, chosen), outcome=form.cleaned_data["outcome"],
                key=form.cleaned_data["key"], values=values_of(form.cleaned_data), note=form.cleaned_data["note"],
                own={pk: one.cleaned_data for pk, one in sums.items() if one.is_bound}, pay=form.pay(),
            )  # fmt: skip
            if done.done:
                n = len(done.done)
                messages.success(request, ngettext("已办理 {n} 件。", "已办理 {n} 件。", n).format(n=n))
            if not done.refused:
                return HttpResponseRedirect(reverse("desk:cases"))
            refused = [(one, _refused(problem, sums.get(one.pk))) for one, problem in done.refused]
            gone = {one.pk for one in done.done}
            found = [row for row in _waiting(request, service, step) if row.case.pk not in gone]
            sums = {pk: one for pk, one in sums.items() if pk not in gone}
    cases = [row.case for row in found]
    seen = opened_by(request.user, [(one, one.version) for one in cases])
    places = areas.names({one.area for one in cases})
    due = due_months_of(cases) if about.pays else {}
    context: dict[str, Any] = {
        "rows": [
            parts.waiting_row(row, places)
            | {"mark": _mark(row.case), "seen": row.case.pk in seen, "sum": sums.get(row.case.pk)}
            | {"months": len(due[row.case.pk]) if due and row.case.from_month else None}
            for row in found
        ],
        "chosen": chosen,
        "form": form,
        "named": named,
        "pays": about.pays,
        "wrong": [line for one in sums.values() if one.is_bound for line in lines_of(one)],
        "refused": refused,
        "title": text(about.title),
        "service": text(found[0].service.title) if found else "",
        "clause": about.clause,
        "needed": deliver.sample_needed(cases[0], step, len(cases)) if cases else 0,
        "seen": len(seen),
    }
    status = 422 if form.errors or refused or context["wrong"] else 200
    return render(request, "desk/case_together.html", context, status=status)


def _waiting(request: HttpRequest, service: str, step: str) -> list[worklist.Row]:
    """Those that wait, of one version of the pack: their forms are the same."""
    rows = worklist.rows(
        list(worklist.waiting(request.user, worklist.Filters(service=service, step=step))[:MOST])
    )
    return [row for row in rows if row.step.bulk and row.case.pack_id == rows[0].case.pack_id]


def _sums(found: list[worklist.Row], chosen: list[str], data: QueryDict | None) -> dict[int, SumForm]:
    """Case → its sum: what the rules make due until somebody types another. Only who is ticked is judged."""
    offered = sums_offered([row.case for row in found])
    said = {one.partition(".")[0] for one in chosen}
    return {
        row.case.pk: SumForm(
            row.case,
            parts.name_of(row.case),
            offered.get(row.case.pk),
            data if str(row.case.uuid) in said else None,
        )
        for row in found
    }


def _refused(problem: Problem | Problems, own: SumForm | None) -> str:
    """Why a case was refused, in one line; what is wrong with its sum stands beside it, too."""
    each = problem.problems if isinstance(problem, Problems) else [problem]
    if own is not None:
        for one in each:
            if one.field == AMOUNT:
                add_problem(own, AMOUNT, one)
    return " ".join(say(one) for one in each)


def _mark(case: Case) -> str:
    return mark(str(case.uuid), case.version)
