"""Plans: one person one plan, one household one case; written, signed, followed up, revised, closed."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yice.accounts import access
from yice.accounts.enums import Action
from yice.areas import selectors as areas
from yice.loop.identify.enums import NeedState
from yice.loop.identify.looking import LIST
from yice.loop.identify.models import Household, Need, Person
from yice.loop.identify.selectors.needs import readable
from yice.loop.identify.services import rows
from yice.loop.plan import selectors, services
from yice.loop.plan.enums import CloseReason, MeasureState, PlanState, Signer
from yice.loop.plan.models import HelpPlan
from yice.terms import clock
from yice.terms.errors import Problem, Problems
from yice.terms.messages import Message
from yice.web.desk import plan_parts as parts
from yice.web.desk.door import page
from yice.web.desk.forms import refusing
from yice.web.desk.paging import digits, number_of, page_of
from yice.web.desk.plan_forms import CloseForm, PlanFilterForm, ProgressForm, ReviewForm, Sheet, SignForm
from yice.web.ui.forms import Form

PAGE_SIZE = 25


@page(Action.PLAN_READ, shows=LIST)
def plans(request: HttpRequest) -> HttpResponse:
    form = PlanFilterForm(request.GET or None)
    found = selectors.plans(request.user, form.filters())
    number, total = number_of(request.GET), found.count()
    some = list(found[(number - 1) * PAGE_SIZE : number * PAGE_SIZE])
    places = areas.names({row.hukou for row in some})
    today = clock.today()
    views = [
        {
            "plan": row,
            **parts.whose(row),
            "place": places.get(row.hukou, ""),
            "late": row.review_on is not None and row.review_on <= today and row.state == PlanState.IN_FORCE,
        }
        for row in some
    ]
    context = {"form": form, "rows": views, "total": total, "page": page_of(total, number, PAGE_SIZE)}
    context["assesses"] = bool(access.grants(request.user, Action.ASSESSMENT_READ))
    return render(request, "desk/plans.html", context)


@page(Action.PLAN_WRITE, post=True, shows="person")
def write(request: HttpRequest, person: uuid.UUID) -> HttpResponse:
    """The first version for somebody, or with `?household=1` for everybody they keep house with."""
    found = rows.person(request.user, person)
    access.require(request.user, Action.PLAN_WRITE, found)
    household = found.household if request.GET.get("household") else None
    if request.GET.get("household") and household is None:
        raise Problem("household-missing", Message("这个人还没有登记家庭，不能制定一户一案。"))
    people = [found] if household is None else list(household.persons.filter(removed_on=None).order_by("id"))
    sheet = Sheet(
        _needs(request, people), found.hukou, data=request.POST if request.method == "POST" else None
    )
    if request.method == "POST" and (done := _written(request, sheet, found, household)) is not None:
        return done
    return _form(request, sheet, found.name, reverse("desk:person-help", args=[found.uuid]), bool(household))


@page(Action.PLAN_WRITE, post=True, shows="plan")
def revise(request: HttpRequest, plan: uuid.UUID) -> HttpResponse:
    """The next version; the one before stays as it was."""
    shown = selectors.view(request.user, plan)
    access.require(request.user, Action.PLAN_WRITE, shown.plan)
    if shown.plan.state == PlanState.CLOSED:
        raise Problem("plan-closed", Message("这份方案已经结束，不再修订。"))
    sheet = Sheet(
        _needs(request, shown.people),
        shown.plan.hukou,
        shown.plan,
        [one.measure for one in shown.measures],
        shown.version.goal,
        request.POST if request.method == "POST" else None,
    )
    if request.method == "POST" and (done := _written(request, sheet)) is not None:
        return done
    back = reverse("desk:plan", args=[shown.plan.uuid])
    return _form(request, sheet, parts.whose(shown.plan)["name"], back, shown.plan.household_id is not None)


def _needs(request: HttpRequest, people: list[Person]) -> list[Need]:
    found = readable(request.user).filter(person__in=people).exclude(state=NeedState.CLOSED)
    return list(found.order_by("opened_on", "id"))


def _written(
    request: HttpRequest, sheet: Sheet, person: Person | None = None, household: Household | None = None
) -> HttpResponse | None:
    valid, lines, said = sheet.is_valid(), sheet.lines(), sheet.form.cleaned_data
    if sheet.lacking_days() or not valid:
        sheet.refuse(Problems(list(services.faults(lines, said.get("review_on")))))
        return None
    try:
        made = services.write_plan(
            actor=request.user,
            measures=lines,
            key=said["key"],
            person=None if household is not None else person,
            household=household,
            plan=sheet.plan,
            version=said["version"],
            goal=said["goal"],
            why=said.get("why", ""),
            review_on=said["review_on"],
        )
    except access.Forbidden:
        raise
    except (Problem, Problems) as problem:
        sheet.refuse(problem)
        return None
    messages.success(request, _("已存为第 {n} 版。本人或监护人签字以后执行。").format(n=made.number))
    return HttpResponseRedirect(reverse("desk:plan", args=[made.plan.uuid]))


def _form(request: HttpRequest, sheet: Sheet, name: str, back: str, household: bool) -> HttpResponse:
    wrong = any(one.is_bound and one.errors for one in sheet.forms)
    faults = [line for one in sheet.forms if one.is_bound for line in sheet.called(one)]
    context = {
        "sheet": sheet, "name": name, "back": back, "wrong": wrong, "faults": faults, "household": household,
    }  # fmt: skip
    return render(request, "desk/plan_write.html", context, status=422 if wrong else 200)


@page(Action.PLAN_READ, post=True, shows="plan")
def plan(request: HttpRequest, plan: uuid.UUID) -> HttpResponse:
    """One plan: the last version or `?version=`, what is due, who signed, what happened."""
    shown = selectors.view(request.user, plan, digits(request.GET.get("version", ""), 4))
    of = shown.plan
    data, do = request.POST if request.method == "POST" else None, request.POST.get("do", "")
    today = {"version": of.version, "signed_on": clock.today(), "on": clock.today()}
    forms: dict[str, Form] = {
        name: made(data if do == name else None, initial={**today, "do": name}, auto_id=f"id_{name}_%s")
        for name, made in {"sign": SignForm, "review": ReviewForm, "close": CloseForm}.items()
    }
    form = forms.get(do)
    if form is not None and form.is_valid() and (done := _moved(request, of, form, do)) is not None:
        return done
    may = access.may(request.user, Action.PLAN_WRITE, of).allowed and of.state != PlanState.CLOSED
    latest = shown.version.number == of.version
    mine = {one.measure.uuid for one in shown.measures if one.measure.responsible_id == request.user.pk}
    context = {
        "shown": shown,
        "plan": of,
        **parts.whose(of),
        "latest": latest,
        "measures": [
            parts.measure(
                one, of, latest and of.state == PlanState.IN_FORCE and (may or one.measure.uuid in mine)
            )
            for one in shown.measures
        ],
        "fen": sum(one.measure.fen or 0 for one in shown.measures),
        "log": parts.log(shown),
        "groups": parts.groups(shown),
        "form": form,
        "blocks": _blocks(request, shown, forms, do) if latest else [],
        "may": may and latest,
        "late": of.review_on is not None and of.review_on <= clock.today(),
    }
    return render(request, "desk/plan.html", context, status=422 if form is not None and form.errors else 200)


def _blocks(
    request: HttpRequest, shown: selectors.PlanView, forms: dict[str, Form], do: str
) -> list[dict[str, Any]]:
    """What may be done now: sign the last version, put a follow-up on record, close."""
    of = shown.plan
    writes = access.may(request.user, Action.PLAN_WRITE, of).allowed and of.state != PlanState.CLOSED
    visits = access.may(request.user, Action.VISIT_PLAN, of).allowed and of.state == PlanState.IN_FORCE
    ways = (
        ("sign", _("本人或监护人同意，登记签字"), writes and shown.version.signed_on is None),
        ("review", _("登记回访"), visits),
        ("close", _("结束方案"), writes),
    )
    return [{"go": go, "form": forms[name], "open": do == name} for name, go, allowed in ways if allowed]


def _moved(request: HttpRequest, of: HelpPlan, form: Form, do: str) -> HttpResponse | None:
    said = {name: value for name, value in form.cleaned_data.items() if name != "do"}
    with refusing(form, version=of.version):
        if do == "sign":
            services.sign_plan(
                actor=request.user, plan=of, **{**said, "signed_as": Signer(said["signed_as"])}
            )
            told = _("已登记签字，方案开始执行。")
        elif do == "review":
            services.review_plan(actor=request.user, plan=of, **said)
            told = _("已登记回访。")
        else:
            services.close_plan(
                actor=request.user, plan=of, **{**said, "reason": CloseReason(said["reason"])}
            )
            told = _("方案已结束。")
        messages.success(request, told)
        ask = reverse("desk:plan-revise", args=[of.uuid]) if do == "review" and said["change"] else ""
        return HttpResponseRedirect(ask or reverse("desk:plan", args=[of.uuid]))
    return None


@page(Action.PLAN_READ, post=True, shows="plan")
def progress(request: HttpRequest, plan: uuid.UUID, measure: uuid.UUID) -> HttpResponse:
    """How one measure stands."""
    shown = selectors.view(request.user, plan)
    row = next((one for one in shown.measures if one.measure.uuid == measure), None)
    if row is None:
        raise Problem("measure-unknown", Message("方案里没有这项措施。"))
    last = next((one.pk for one in shown.progress if one.measure == measure), 0)
    initial = {"state": row.state, "version": last}
    form = ProgressForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        said = dict(form.cleaned_data)
        with refusing(form, version=last):
            seen, state = said.pop("version"), MeasureState(said.pop("state"))
            services.record_progress(
                actor=request.user, plan=shown.plan, measure=measure, state=state, seen=seen, **said
            )
            messages.success(request, _("已登记进展。"))
            return HttpResponseRedirect(reverse("desk:plan", args=[plan]))
    context = {
        "form": form,
        "row": parts.measure(row, shown.plan, False),
        "plan": shown.plan,
        **parts.whose(shown.plan),
    }
    return render(request, "desk/plan_progress.html", context, status=422 if form.errors else 200)


@page(Action.PLAN_READ, shows="plan")
def versions(request: HttpRequest, plan: uuid.UUID, old: int, new: int) -> HttpResponse:
    """Two versions side by side."""
    before, after, sides = selectors.beside(request.user, plan, old, new)
    row = selectors.plan(request.user, plan)
    context = {"plan": row, **parts.whose(row), "before": before, "after": after, "sides": parts.sides(sides)}
    return render(request, "desk/plan_versions.html", context)
