"""The network of providers: who applied, whether it meets the plan's conditions, admitted until when, who works there."""

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

from yice.accounts import access
from yice.accounts.access import Place
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.areas import selectors as areas
from yice.loop.deliver.services.handing import live_orders
from yice.loop.identify.selectors import words as fact_words
from yice.network import providers as network
from yice.network.models import Provider, ProviderState
from yice.policy import selectors as policy
from yice.policy.words import text
from yice.rules.kernel.screening import Decision
from yice.rules.model import Plan
from yice.rules.services import Service
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message, listed
from yice.web.desk.door import page
from yice.web.desk.forms import refusing
from yice.web.desk.paging import number_of, page_of
from yice.web.ui.forms import DayField, Form
from yice.web.ui.parts import Reason

PAGE_SIZE = 50
TONES = {
    "admitted": ("good", "check"),
    "applied": ("wait", "clock"),
    "suspended": ("odd", "half"),
    "ended": ("calm", "ring"),
}
ROOM = {"inputmode": "numeric", "class": "govuk-input--width-5"}


def offered(area: str) -> tuple[Plan | None, dict[str, Service]]:
    """The plan that binds a place, and its services that a provider carries out."""
    pack = policy.pack_for(area)
    plan = policy.plan(pack) if pack else None
    found = plan.services.values() if plan else ()
    served = {one.id: one for one in found if any(step.by_provider for step in one.steps.values())}
    return plan, served


class ApplyForm(Form):
    mark_optional = False
    area = forms.ChoiceField(label=gettext_lazy("在哪里的网络"))
    name = forms.CharField(
        label=gettext_lazy("机构全称"), help_text=gettext_lazy("与机构名册上的名称一致，准入条件才能对照名册核对。"),
        max_length=120,
    )  # fmt: skip
    kind = forms.ChoiceField(label=gettext_lazy("种类"), required=False)
    services = forms.MultipleChoiceField(
        label=gettext_lazy("申请承接哪些服务"), widget=forms.CheckboxSelectMultiple
    )
    capacity = forms.IntegerField(
        label=gettext_lazy("同时能服务多少人（选填）"),
        required=False,
        min_value=1,
        widget=forms.TextInput(ROOM),
    )

    def __init__(self, actor: User, data: QueryDict | None = None) -> None:
        super().__init__(data)
        places = [areas.area_of(low) for low, _high in access.ranges(actor, Action.PROVIDER_MANAGE)]
        plan, served = offered(places[0].code)
        kinds = plan.facts.get("facility_kind") if plan else None
        labels = zip(kinds.codes, kinds.code_labels, strict=False) if kinds else ()
        self.fields["area"].choices = [(one.code, one.name) for one in places]  # type: ignore[attr-defined]
        self.fields["kind"].choices = [("", "—"), *((code, text(says)) for code, says in labels)]  # type: ignore[attr-defined]
        self.fields["services"].choices = [(one.id, text(one.title)) for one in served.values()]  # type: ignore[attr-defined]


class MoveForm(Form):
    """Admit for a time, suspend, end: one form, for what applies."""

    mark_optional = False
    version = forms.IntegerField(widget=forms.HiddenInput)
    since = DayField(label=gettext_lazy("准入从哪一天起"), required=False)
    until = DayField(label=gettext_lazy("准入到哪一天"), required=False)
    capacity = forms.IntegerField(
        label=gettext_lazy("同时能服务多少人（选填）"),
        required=False,
        min_value=1,
        widget=forms.TextInput(ROOM),
    )
    note = forms.CharField(
        label=gettext_lazy("说明"), help_text=gettext_lazy("暂停、退出要写明理由；名册上看不出的条件，写明怎样核实的。"),
        required=False, max_length=500, widget=forms.Textarea({"rows": 2}),
    )  # fmt: skip

    def __init__(self, row: Provider, data: QueryDict | None = None) -> None:
        since = row.since or clock.today()
        shown = {"version": row.version, "since": since, "until": row.until, "capacity": row.capacity}
        super().__init__(data, initial=shown)


@page(Action.PROVIDER_MANAGE, post=True)
def providers(request: HttpRequest) -> HttpResponse:
    """Everybody of the network, and a new application."""
    form = ApplyForm(request.user, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with refusing(form):
            made = network.apply(actor=request.user, **form.cleaned_data)
            messages.success(request, _("已登记申请。"))
            return HttpResponseRedirect(reverse("desk:provider", args=[made.uuid]))
    found = network.providers(request.user)
    number, total = number_of(request.GET), found.count()
    rows = list(found[(number - 1) * PAGE_SIZE : number * PAGE_SIZE])
    places = areas.names({one.area for one in rows})
    context = {
        "rows": [(one, places.get(one.area, ""), *TONES[one.state], _past(one)) for one in rows],
        "page": page_of(total, number, PAGE_SIZE),
        "form": form,
    }
    return render(request, "desk/providers.html", context, status=422 if form.errors else 200)


def _past(one: Provider) -> bool:
    return one.state == ProviderState.ADMITTED and one.until is not None and one.until < clock.today()


@page(Action.PROVIDER_MANAGE, post=True)
def provider(request: HttpRequest, provider: uuid.UUID) -> HttpResponse:
    """One of them: each condition with what the register says, its dates and its room, its people, what became of it."""
    row = network.providers(request.user).filter(uuid=provider).first()
    if row is None:
        raise Problem("provider-not-found", Message("没有这家机构，或不在您负责的范围内。"))
    plan, served = offered(row.area)
    groups = [group for name in row.services if name in served for group in served[name].providers or ()]
    decided = network.judge(plan, row, groups) if plan else None
    form = MoveForm(row, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with refusing(form, version=row.version):
            _moved(request, row, form.cleaned_data, decided if groups else ())
            messages.success(request, _("已登记。"))
            return HttpResponseRedirect(reverse("desk:provider", args=[provider]))
    people = list(row.people.order_by("name", "id"))
    context = {
        "of": row,
        "place": areas.names([row.area]).get(row.area, ""),
        "tone": TONES[row.state],
        "past": _past(row),
        "services": [text(served[name].title) if name in served else name for name in row.services],
        "reasons": _reasons(plan, decided) if plan and groups else [],
        "unlisted": bool(groups) and decided is None,
        # How many are served is told to whoever reads the cases.
        "live": live_orders(row)
        if access.may(request.user, Action.CASE_READ, Place(row.area)).allowed
        else None,
        "people": people,
        "others": network.could_work_for(row),
        "steps": row.steps.select_related("by").order_by("-id"),
        "form": form,
        "may_suspend": row.state == ProviderState.ADMITTED,
        "may_end": row.state != ProviderState.ENDED,
    }
    return render(request, "desk/provider.html", context, status=422 if form.errors else 200)


def _moved(request: HttpRequest, row: Provider, said: dict[str, Any], decided: Any) -> None:
    given: dict[str, Any] = {"actor": request.user, "provider": row, "version": said["version"]}
    act = request.POST.get("act")
    if act == "admit":
        if not said["since"] or not said["until"]:
            what = Message("请填写准入从哪一天到哪一天。")
            raise Problem("dates", what, field="until" if said["since"] else "since")
        more = {"since": said["since"], "until": said["until"], "capacity": said["capacity"]}
        network.admit(**given, **more, note=said["note"], decided=decided)
    elif act == "suspend":
        network.suspend(**given, note=said["note"])
    elif act == "end":
        network.end(**given, note=said["note"])
    elif user := next(
        (one for one in network.could_work_for(row) if str(one.pk) == request.POST.get("user")), None
    ):
        network.attach(**given, user=user)
    else:
        raise Problem("not-a-provider", Message("请选择有服务机构岗位的账号。"))


def _reasons(plan: Plan, decided: list[Decision] | None) -> list[Reason]:
    """What the register says of the conditions: those that fail, or all of them met, or what cannot be told."""
    found = []
    for one in decided or ():
        clause = plan.groups[one.group].clause
        missing = listed(text(plan.facts[name].label) for name in one.missing if name in plan.facts)
        note = _("名册上没有：{facts}").format(facts=missing) if missing else ""
        for key, says in fact_words.conditions(plan, one.group).items():
            if key in one.failed:
                found.append(Reason("failed", text(says), clause))
            elif one.status == "eligible":
                found.append(Reason("met", text(says), clause))
            elif one.status != "ineligible":
                found.append(Reason("unknown", text(says), clause, note))
    return found
