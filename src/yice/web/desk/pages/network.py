"""Registers of organisations, posts and places: what stands in an area, and a new one taken in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.areas import selectors as areas
from yice.exchange.registers import register_rows
from yice.network.groups import belonging
from yice.network.models import Entry, Of
from yice.network.selectors import PAGE_SIZE, network_page
from yice.network.services import receive
from yice.rules.kernel.screening import Decision
from yice.rules.model import Plan
from yice.rules.targets.sheet import KINDS
from yice.rules.values import decode, encode
from yice.terms import clock
from yice.terms.errors import Problem, Problems
from yice.web.desk.door import page
from yice.web.desk.import_forms import place_choices
from yice.web.desk.import_parts import plan_of
from yice.web.desk.paging import number_of, page_of
from yice.web.ui import words
from yice.web.ui.errors import add_problems
from yice.web.ui.forms import DayField, Form
from yice.web.ui.parts import Tab


class RegisterForm(Form):
    """A file, of where and when, and the kinds of which it names everything there is."""

    area = forms.ChoiceField(label=gettext_lazy("哪个区域的"))
    file = forms.FileField(
        label=gettext_lazy("文件"),
        help_text=gettext_lazy(
            "Excel 或 CSV，要有种类、名称、区划代码三列（地区情况只要区划代码）；名称不写人名。"
        ),
    )
    as_of = DayField(label=gettext_lazy("内容截至哪一天"), not_after=clock.today)
    whole = forms.MultipleChoiceField(
        label=gettext_lazy("哪些种类是全的"),
        help_text=gettext_lazy(
            "全的，就是这个区域里这一类的都在名册上；名册上没有才能算没有。拿不准就不勾。"
        ),
        required=False,
        widget=forms.CheckboxSelectMultiple({"class": "govuk-checkboxes--small"}),
    )

    def __init__(
        self, actor: User, kinds: list[tuple[str, str]], data: Any = None, files: Any = None
    ) -> None:
        super().__init__(data, files, initial={"as_of": clock.today()})
        self.fields["area"].choices = place_choices(actor)  # type: ignore[attr-defined]
        self.fields["whole"].choices = kinds  # type: ignore[attr-defined]
        if not kinds:
            del self.fields["whole"]


@page(Action.REPORT_READ, post=True, once=True)
def network(request: HttpRequest, of: str = Of.ORGANISATION.value) -> HttpResponse:
    """What stands in the reader's area; posting takes a register in."""
    asked = Of(of) if of in Of.values else Of.ORGANISATION
    area = access.ranges(request.user, Action.REPORT_READ)[0][0]
    plan = plan_of(area)
    kinds = _kinds(plan, asked)
    may = access.grants(request.user, Action.IMPORT_LIST) and plan is not None
    form = None
    if may:
        data = (request.POST, request.FILES) if request.method == "POST" else (None, None)
        asked_for = _asked_for(plan)
        form = RegisterForm(request.user, [one for one in kinds.items() if one[0] in asked_for], *data)
    elif request.method == "POST":
        access.require(request.user, Action.IMPORT_LIST)
    if form is not None and plan is not None and form.is_bound and form.is_valid():
        said = form.cleaned_data
        try:
            rows = register_rows(Path(said["file"].temporary_file_path()), plan, asked)
            receive(
                actor=request.user, of=asked, area=said["area"], as_of=said["as_of"], rows=rows,
                whole=said.get("whole", ()),
            )  # fmt: skip
            messages.success(request, _("已登记 {n} 条。下次筛查时计入目标与指标。").format(n=len(rows)))
            return HttpResponseRedirect(reverse("desk:network-of", args=[asked.value]))
        except (Problem, Problems) as problem:
            add_problems(form, problem)
    shown = network_page(request.user, area, asked, request.GET.get("kind", ""), number_of(request.GET))
    said_of = belonging(plan, asked, shown.entries, clock.today()) if plan else [()] * len(shown.entries)
    names = areas.names([entry.area for entry in shown.entries] + [one.area for one in shown.registers])
    context = {
        "tabs": [
            Tab(each.label, reverse("desk:network-of", args=[each.value]), each == asked) for each in Of
        ],
        "form": form,
        "kinds": [(code, kinds.get(code, code), n) for code, n in shown.kinds.items() if code],
        "rows": [
            {**_row(entry, plan, kinds, names), "groups": _groups(plan, said)}
            for entry, said in zip(shown.entries, said_of, strict=True)
        ],
        "registers": [
            (one, names.get(one.area, one.area), words.listed(kinds.get(code, code) for code in one.whole))
            for one in shown.registers
        ],
        "page": page_of(shown.total, number_of(request.GET), PAGE_SIZE),
        "total": shown.total,
    }
    return render(
        request, "desk/network.html", context, status=422 if form is not None and form.errors else 200
    )


def _kinds(plan: Plan | None, of: Of) -> dict[str, str]:
    """Kinds as the plan of the place calls them."""
    fact = plan.facts.get(KINDS.get(of.value, "")) if plan else None
    return (
        {code: str(label) for code, label in zip(fact.codes, fact.code_labels, strict=True)} if fact else {}
    )


def _groups(plan: Plan | None, said: tuple[Decision, ...]) -> list[tuple[str, str]]:
    """The groups an entry belongs to, and those of which it cannot be told: status and title."""
    return [
        (one.status, str(plan.groups[one.group].title)) for one in said if plan and one.status != "ineligible"
    ]


def _asked_for(plan: Plan | None) -> set[str]:
    """The kinds that the norms of the plan ask for: of these it matters whether the register is complete."""
    found: set[str] = set()
    for target in plan.targets.values() if plan else ():
        found |= {kind for one in target.requires for kind in one.kinds}
        for side in (target.numerator, target.denominator):
            found |= set(side.kinds) if side else set()
        found |= set(target.kinds)
    return found


def _row(entry: Entry, plan: Plan | None, kinds: dict[str, str], names: dict[str, str]) -> dict[str, Any]:
    facts = [
        f"{fact.label}{_('：')}{_value(fact, value)}"
        for name, value in entry.facts.items()
        if plan and (fact := plan.facts.get(name))
    ]
    return {
        "name": entry.name if entry.of != Of.AREA else names.get(entry.area, entry.area),
        "kind": kinds.get(entry.kind, entry.kind),
        "area": names.get(entry.area, entry.area),
        "facts": words.listed(facts, "；"),
        "since": entry.valid_from,
    }


def _value(fact: Any, value: Any) -> str:
    """A value as a reader says it."""
    labels = dict(zip(fact.codes, map(str, fact.code_labels), strict=True))
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if fact.type == "date":
        return str(decode(fact, int(encode(fact, value) or 0)))
    if isinstance(value, list):
        return words.listed(labels.get(one, one) for one in value)
    return labels.get(value, f"{value:,}" if isinstance(value, int) else str(value))
