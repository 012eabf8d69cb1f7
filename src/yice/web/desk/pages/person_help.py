"""A person's help: needs, plans, cases; and beginning a case for them."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yice.accounts import access
from yice.accounts.enums import Action
from yice.loop.assess import selectors as assessments
from yice.loop.assess.models import Assessment
from yice.loop.deliver import services as deliver
from yice.loop.deliver.selectors.case import cases_of
from yice.loop.deliver.services.standing import service_of
from yice.loop.identify.enums import Channel
from yice.loop.identify.models import Need, Person
from yice.loop.identify.selectors.needs import needs_of
from yice.loop.identify.selectors.person import identity_and_settled, person_page
from yice.loop.identify.services import rows, taking
from yice.loop.identify.services.needs import need_for
from yice.loop.plan.enums import PlanState
from yice.loop.plan.selectors import plans_of
from yice.policy import selectors as policy
from yice.policy.words import text
from yice.rules.model import Plan
from yice.rules.services import NEEDS, Service
from yice.terms import clock
from yice.web.desk.door import page
from yice.web.desk.forms import refusing, uuid_in
from yice.web.desk.pages.needs import CHANNELS
from yice.web.desk.pages.person import tabs
from yice.web.desk.person_parts import bar
from yice.web.ui.forms import DayField, Form


class OpenForm(Form):
    mark_optional = False
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    service = forms.ChoiceField(label=gettext_lazy("办什么"), widget=forms.RadioSelect)
    channel = forms.ChoiceField(label=gettext_lazy("从哪里提出的"), choices=CHANNELS, initial=Channel.WINDOW)
    applied_on = DayField(label=gettext_lazy("哪一天申请的"), not_after=clock.today)

    def __init__(self, offered: list[Service], data: Any = None) -> None:
        super().__init__(data, initial={"key": uuid.uuid4().hex, "applied_on": clock.today()})
        self.fields["service"].choices = [(one.id, text(one.title)) for one in offered]  # type: ignore[attr-defined]


def offered(person: Person) -> tuple[list[Service], list[Service]]:
    """The services that bind where the person is registered and where they live; of them those known not to be theirs.

    A service is not the person's where they are known to be in none of its groups; where that cannot be told it is.
    """
    found: dict[str, Service] = {}
    for place in dict.fromkeys((person.hukou, person.residence)):
        pack = policy.pack_for(place)
        for one in policy.plan(pack).services.values() if pack else ():
            if one.unit in ("person", "household"):
                found.setdefault(one.id, one)
    screened = taking.screened_now([person.pk], person)
    if screened is None or not len(screened.keys):
        return list(found.values()), []
    statuses = {one.group: one.status for one in screened.screening.decide(0)}
    plan = screened.plan
    strange = [
        one
        for one in found.values()
        if plan.services.get(one.id) == one
        and (groups := _groups(plan, one))
        and all(statuses.get(name) == "ineligible" for name in groups)
    ]
    return [one for one in found.values() if one not in strange], strange


def _groups(plan: Plan, service: Service) -> tuple[str, ...]:
    """For whom a service is: its groups, or those that lead to its benefit."""
    benefit = plan.benefits.get(service.benefit or "")
    return service.groups or ((benefit.group, *benefit.routes) if benefit else ())


@page(Action.PERSON_READ, shows="person")
def person_help(request: HttpRequest, person: uuid.UUID) -> HttpResponse:
    found = rows.person(request.user, person)
    shown = person_page(request.user, person)
    plans = plans_of(request.user, found)
    context = {
        "shown": shown,
        "bar": bar(shown.identity),
        "tabs": tabs(shown, "help"),
        "needs": [(one, text(NEEDS[one.kind])) for one in needs_of(request.user, found)],
        "cases": [(one, text(service_of(one).title)) for one in cases_of(request.user, found)],
        "plans": plans,
        "own": any(one.person_id for one in plans if one.state != PlanState.CLOSED),
        "joint": any(one.household_id for one in plans if one.state != PlanState.CLOSED),
        "household": found.household_id is not None,
        "assessed": _assessed(request, found),
        "may_plan": access.may(request.user, Action.PLAN_WRITE, found).allowed,
        "may_assess": bool(access.grants(request.user, Action.ASSESSMENT_READ)),
        "may_need": access.may(request.user, Action.NEED_HANDLE, found).allowed,
        "may_open": bool(access.grants(request.user, Action.CASE_OPEN)),
    }
    return render(request, "desk/person_help.html", context)


def _assessed(request: HttpRequest, person: Person) -> list[tuple[Assessment, str]]:
    """The last result of each kind, with the scale's name."""
    made = assessments.assessments(request.user, person)
    scales = assessments.scales_of(person) if made else {}
    last = {one.kind: one for one in reversed(made)}
    return [(one, text(scales[name].title) if name in scales else name) for name, one in last.items()]


@page(Action.CASE_OPEN, post=True, shows="person")
def open_case(request: HttpRequest, person: uuid.UUID) -> HttpResponse:
    """Take an application: the first step waits at once."""
    found = rows.person(request.user, person)
    identity, _plan, _held = identity_and_settled(request.user, found)
    theirs, strange = offered(found)
    need = _need(request)
    if need is not None:
        theirs, strange = ([one for one in some if need.kind in one.needs] for some in (theirs, strange))
    every = "all" in request.GET
    services = [*theirs, *strange] if every else theirs
    form = OpenForm(services, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        household = next(one for one in services if one.id == said["service"]).unit == "household"
        subject = deliver.Subject(household=found.household) if household else deliver.Subject(person=found)
        with refusing(form):
            case = deliver.open_case(
                actor=request.user,
                service=said["service"],
                subject=subject,
                channel=Channel(said["channel"]),
                key=said["key"],
                applied_on=said["applied_on"],
            )
            messages.success(request, _("已受理，编号 {number}").format(number=case.number))
            return HttpResponseRedirect(reverse("desk:case", args=[case.uuid]))
    context = {
        "identity": identity,
        "bar": bar(identity),
        "form": form,
        "heading": _("受理申请"),
        "send": _("受理"),
        "hint": _("已经在办的同一项不会重复受理；能满足本人需求的，记在那项需求名下。"),
        "not_listed": 0 if every else len(strange),
        "everything": urlencode({"all": 1} | ({"need": need.uuid} if need else {})),
    }
    return render(request, "desk/person_form.html", context, status=422 if form.errors else 200)


def _need(request: HttpRequest) -> Need | None:
    """The need that leads here; the case is taken for it by what its service meets."""
    asked = uuid_in(request.GET.get("need"))
    return need_for(request.user, asked) if asked else None
