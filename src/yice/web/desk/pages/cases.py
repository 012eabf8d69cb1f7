"""Cases: what waits for me, one case on its road, and taking its step."""

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
from yice.exchange.papers.notices import kind_of
from yice.exchange.papers.pdf import available
from yice.loop.deliver import services as deliver
from yice.loop.deliver.models import Case
from yice.loop.deliver.selectors import case as selectors
from yice.loop.deliver.selectors import worklist
from yice.loop.deliver.services.standing import plan_of, service_of
from yice.policy.words import text
from yice.terms.errors import Problem, Problems
from yice.terms.messages import Message
from yice.web.desk import case_parts as parts
from yice.web.desk.case_forms import TakeForm
from yice.web.desk.door import page
from yice.web.desk.paging import number_of, page_of
from yice.web.ui.parts import Tab

PAGE_SIZE = 25
READ = (Action.CASE_STEP, Action.CASE_READ)


@page(*READ)
def cases(request: HttpRequest) -> HttpResponse:
    """Steps that wait for me, those due first; a second list for those who look after overdue ones."""
    late = request.GET.get("view") == "overdue"
    chosen = worklist.Filters(service=request.GET.get("service", ""), step=request.GET.get("step", ""))
    find = worklist.overdue if late else worklist.waiting
    found = find(request.user, chosen)
    number, total = number_of(request.GET), found.count()
    rows = worklist.rows(list(found[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]))
    places = areas.names({row.case.area for row in rows})
    tabs = [Tab(_("等我办理"), reverse("desk:cases"), not late)]
    if access.grants(request.user, Action.CASE_ASSIGN):
        tabs.append(Tab(_("逾期"), f"{reverse('desk:cases')}?view=overdue", late))
    context = {
        "tabs": tabs if len(tabs) > 1 else [],
        "late": late,
        "rows": [parts.waiting_row(row, places) for row in rows],
        "total": total,
        "page": page_of(total, number, PAGE_SIZE),
        "may_need": bool(access.grants(request.user, Action.NEED_READ)),
    }
    return render(request, "desk/cases.html", context)


@page(*READ, post=True)
def case(request: HttpRequest, case: uuid.UUID) -> HttpResponse:
    """Where it stands, what happened, what was given; the steps the reader may take lead on.

    Posting says that it was read: before a step is taken for many cases at once, some of them must have been.
    """
    shown = selectors.view(request.user, case)
    if request.method == "POST":
        deliver.mark_opened(actor=request.user, case=shown.case)
        messages.success(request, _("已记下您看过这一件。"))
        return HttpResponseRedirect(reverse("desk:case", args=[case]))
    context = {
        "case": shown.case,
        "title": text(shown.service.title),
        "clause": shown.service.clause,
        "about": parts.about(shown.case),
        "road": parts.road(shown),
        "now": parts.now(shown),
        "bulk": any(one.mine is not None and one.place == "now" and one.step.bulk for one in shown.road),
        "log": parts.log(shown),
        "payments": shown.payments,
        "deliveries": shown.deliveries,
        "notices": [(one, kind_of(one)) for one in shown.notices],
        "end": text(shown.service.ends[shown.case.end].says) if shown.case.end in shown.service.ends else "",
    }
    return render(request, "desk/case.html", context)


@page(Action.CASE_STEP, post=True)
def step(request: HttpRequest, case: uuid.UUID, step: str) -> HttpResponse:
    """Fill in a step: everything that is wrong is said at once, nothing that was typed is lost."""
    row = selectors.case(request.user, case)
    plan, service = plan_of(row), service_of(row)
    if step not in service.steps:
        raise Problem("step-not-found", Message("没有这一步。"))
    about = selectors.step_form(request.user, row, step)
    form = TakeForm(row, plan, about, request.POST if request.method == "POST" else None)
    if form.is_bound:
        done = (
            _returned(request, row, step, form)
            if "return" in request.POST
            else _taken(request, row, step, form)
        )
        if done is not None:
            return done
    context = {
        "case": row,
        "title": text(about.step.title),
        "service": text(service.title),
        "clause": about.step.clause,
        "about": parts.about(row),
        "form": form,
        "known": parts.known(plan, about),
        "blocks": parts.blocks(about),
        "missing": about.missing,
        "may_return": about.step.returns is not None,
        "form_source": plan.forms[about.step.form].source if about.step.form else "",
    }
    return render(request, "desk/case_step.html", context, status=422 if form.errors else 200)


def _taken(request: HttpRequest, row: Case, step: str, form: TakeForm) -> HttpResponse | None:
    if not form.is_valid():
        return None
    try:
        after = deliver.take_step(actor=request.user, case=row, step=step, **form.taken())
    except access.Forbidden:
        raise
    except (Problem, Problems) as problem:
        form.refuse(problem, row.version)
        return None
    messages.success(request, _("已登记。"))
    return HttpResponseRedirect(reverse("desk:case", args=[after.uuid]))


def _returned(request: HttpRequest, row: Case, step: str, form: TakeForm) -> HttpResponse | None:
    """Back for correction: everything that is missing is told at once, what the clerk adds with it."""
    form.fields["outcome"].required = False
    form.is_valid()
    try:
        after = deliver.return_for_correction(
            actor=request.user,
            case=row,
            step=step,
            version=form.cleaned_data.get("version") or row.version,
            note=form.cleaned_data.get("note", ""),
            key=form.cleaned_data.get("key", ""),
        )
    except access.Forbidden:
        raise
    except (Problem, Problems) as problem:
        form.refuse(problem, row.version)
        return None
    messages.success(request, _("已退回补正，一次列出了全部缺少的内容。"))
    return HttpResponseRedirect(reverse("desk:case", args=[after.uuid]))


@page(*READ)
def notice(request: HttpRequest, case: uuid.UUID, notice: uuid.UUID) -> HttpResponse:
    """The paper to the person, in plain words; large print and high contrast by the page's own display modes."""
    row = selectors.case(request.user, case)
    found = row.notices.filter(uuid=notice).first()
    if found is None:
        raise Problem("notice-not-found", Message("没有这份告知书。"))
    context: dict[str, Any] = {
        "case": row,
        "about": parts.about(row),
        "pdf": available(),
        **parts.notice(found),
    }
    return render(request, "desk/notice.html", context)
