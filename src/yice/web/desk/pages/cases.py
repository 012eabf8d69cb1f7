"""Cases: what waits for me, one case on its road, and taking its step."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yice.accounts import access
from yice.accounts.enums import Action
from yice.areas import selectors as areas
from yice.exchange.papers.notices import kind_of
from yice.exchange.papers.pdf import available
from yice.loop.deliver import services as deliver
from yice.loop.deliver.enums import CaseState
from yice.loop.deliver.models import Case
from yice.loop.deliver.offices import held_posts
from yice.loop.deliver.selectors import case as selectors
from yice.loop.deliver.selectors import worklist
from yice.loop.deliver.selectors.scope import readable
from yice.loop.deliver.services.files import TYPES, open_file
from yice.loop.deliver.services.standing import plan_of, service_of
from yice.loop.identify.enums import AnsweredBy
from yice.loop.identify.looking import LIST
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
NEEDED_TO_GO_ON = ("field-missing", "evidence-missing", "step-blocked")  # a refusal does without


@page(*READ, shows=LIST)
def cases(request: HttpRequest) -> HttpResponse:
    """Steps that wait for me, those due first; a second list for those who look after overdue ones."""
    late = request.GET.get("view") == "overdue"
    chosen = worklist.Filters(service=request.GET.get("service", ""), step=request.GET.get("step", ""))
    find = worklist.overdue if late else worklist.waiting
    number = number_of(request.GET)
    rows, total = worklist.page(find(request.user, chosen), number, PAGE_SIZE)
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
        "together": list(
            {(row.service.id, row.step.id): _step_of(row) for row in rows if row.step.bulk}.values()
        ),
        "covering": [parts.covering(one) for one in held_posts(request.user) if one.covering is not None],
        "may_open": bool(access.grants(request.user, Action.CASE_OPEN)),
    }
    return render(request, "desk/cases.html", context)


def _step_of(row: worklist.Row) -> tuple[str, str]:
    """The way to where a step is taken for many at once, and its name."""
    href = reverse("desk:case-together", args=[row.service.id, row.step.id])
    return href, _("{service}：{step}").format(service=text(row.service.title), step=text(row.step.title))


@page(*READ, post=True, shows="case")
def case(request: HttpRequest, case: uuid.UUID) -> HttpResponse:
    """Where it stands, what happened, what was given; the steps the reader may take lead on.

    Posting says that it was read: before a step is taken for many cases at once, some of them must have been.
    """
    shown = selectors.view(request.user, case)
    reached = []
    if "reach" in request.POST:
        reached = deliver.reach(actor=request.user, case=shown.case)
    elif request.method == "POST":
        deliver.mark_opened(actor=request.user, case=shown.case)
        messages.success(request, _("已记下您看过这一件。"))
        return HttpResponseRedirect(reverse("desk:case", args=[case]))
    context = {
        "case": shown.case,
        "title": text(shown.service.title),
        "clause": shown.service.clause,
        "about": parts.about(request.user, shown.case),
        "road": parts.road(shown),
        "now": parts.now(shown),
        "bulk": any(one.mine is not None and one.place == "now" and one.step.bulk for one in shown.road),
        "log": parts.log(shown),
        "whole": shown.whole,
        "may_reach": not shown.whole and not reached and deliver.may_reach(request.user, shown.case),
        "reached": reached,
        "payments": shown.payments,
        "deliveries": shown.deliveries,
        "files": parts.files(shown.files, shown.service),
        "notices": [(one, kind_of(one)) for one in shown.notices],
        "public": [
            reverse("desk:case-public", args=[shown.service.id, one.step.id])
            for one in shown.road
            if one.step.publishes and one.place in ("now", "asleep") and not shown.case.restricted
        ],
        "may_hand": (shown.whole and any(one.mine for one in shown.road))
        or _may(request, Action.CASE_ASSIGN, shown.case),
        "may_turn": _may_turn(request, shown.case),
        "end": text(shown.service.ends[shown.case.end].says) if shown.case.end in shown.service.ends else "",
    }
    return render(request, "desk/case.html", context)


def _may(request: HttpRequest, action: Action, row: Case) -> bool:
    return access.may(request.user, action, row).allowed


def _may_turn(request: HttpRequest, row: Case) -> bool:
    """What is open may be ended or turned by who takes such applications; what has ended is taken up by who assigns."""
    if row.state != CaseState.OPEN:
        return _may(request, Action.CASE_ASSIGN, row)
    begins = deliver.begins_with(request.user, service_of(row), row.area)
    return begins and _may(request, Action.CASE_OPEN, row)


@page(Action.CASE_STEP, post=True, shows="case")
def step(request: HttpRequest, case: uuid.UUID, step: str) -> HttpResponse:
    """Fill in a step: everything that is wrong is said at once, nothing that was typed is lost."""
    row = selectors.case_at(request.user, case, step)
    plan, service = plan_of(row), service_of(row)
    about = selectors.step_form(request.user, row, step)
    data = (request.POST, request.FILES) if request.method == "POST" else ()
    form = TakeForm(row, plan, about, *data)
    if form.is_bound:
        act = _returned if "return" in request.POST else _taken
        form.fields["outcome"].required = act is _taken
        kept, wrong = _keep_files(request, row, step, form)
        if "upload" in request.POST and kept and not wrong:
            messages.success(
                request, ngettext("已收到 {n} 份文件。", "已收到 {n} 份文件。", kept).format(n=kept)
            )
            return HttpResponseRedirect(reverse("desk:case-step", args=[case, step]))
        if "upload" in request.POST:
            form = _only_files(form, wrong)
        elif wrong:
            form.refuse(Problems(wrong), row.version)
        elif (done := act(request, row, step, form)) is not None:
            return done
        form.about = replace(about, files=selectors.files_of(row, step))
    context = {
        "case": row,
        "title": text(about.step.title),
        "service": text(service.title),
        "clause": about.step.clause,
        "about": parts.about(request.user, row),
        "form": form,
        "known": parts.known(plan, about),
        "filled": parts.filled(about.filled),
        "blocks": parts.blocks(about),
        "missing": about.missing,
        "may_return": about.step.returns is not None,
        "assesses": text(plan.scales[about.step.assesses].title) if about.step.assesses else "",
        "form_source": plan.forms[about.step.form].source if about.step.form else "",
    }
    return render(request, "desk/case_step.html", context, status=422 if form.errors else 200)


def _keep_files(request: HttpRequest, row: Case, step: str, form: TakeForm) -> tuple[int, list[Problem]]:
    """Every file that can be kept is, whatever else is wrong with the form: nobody uploads twice."""
    form.is_valid()
    kept, wrong = 0, list[Problem]()
    for paper, data in form.uploads():
        try:
            deliver.add_file(actor=request.user, case=row, step=step, paper=paper, data=data)
            kept += 1
        except access.Forbidden:
            raise
        except Problem as problem:
            problem.field = f"file.{paper}"
            wrong.append(problem)
    return kept, wrong


def _only_files(form: TakeForm, wrong: list[Problem]) -> TakeForm:
    """The form as it was typed, with nothing said but what is wrong with the files."""
    form.errors.clear()
    none = Problem("file-missing", Message("请先选择要上传的文件。"), field="file.")
    form.refuse(Problems(wrong or [none]), form.case.version)
    return form


def _taken(request: HttpRequest, row: Case, step: str, form: TakeForm) -> HttpResponse | None:
    if not form.is_valid():
        # However it ends, this is wrong or missing: it is said with the rest, not after the next try.
        told = deliver.lacking(row, step, *form.filled())
        if any(one.kind in ("refuse", "stop") for one in form.about.step.outcomes.values()):
            told = [one for one in told if one.code not in NEEDED_TO_GO_ON]
        form.refuse(Problems(told), row.version)
        return None
    try:
        after = deliver.take_step(actor=request.user, case=row, step=step, **form.taken())
    except access.Forbidden:
        raise
    except (Problem, Problems) as problem:
        form.refuse(problem, row.version)
        return None
    messages.success(request, _("已登记。"))
    return HttpResponseRedirect(_onward(request, after))


def _onward(request: HttpRequest, row: Case) -> str:
    """Back to the case, or to one's work where it is no longer in one's hands."""
    there = readable(request.user).filter(pk=row.pk).exists()
    return reverse("desk:case", args=[row.uuid]) if there else reverse("desk:cases")


def _returned(request: HttpRequest, row: Case, step: str, form: TakeForm) -> HttpResponse | None:
    """Back for correction: everything that is missing is told at once, what the clerk adds with it."""
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
    return HttpResponseRedirect(_onward(request, after))


@page(*READ, shows="case")
def file(request: HttpRequest, case: uuid.UUID, file: uuid.UUID) -> HttpResponse:
    """A file as it was sent, to whoever reads the case: a picture is shown, anything else is handed over."""
    found = selectors.file(request.user, case, file)
    name = f"{found.case.number}-{found.pk}.{found.form}"
    headers = {"Cache-Control": "no-store", "Content-Security-Policy": "sandbox; default-src 'none'"}
    if found.form not in ("jpg", "png"):
        headers["Content-Disposition"] = f'attachment; filename="{name}"'
    data = open_file(actor=request.user, file=found)
    return HttpResponse(data, content_type=TYPES[found.form], headers=headers)


@page(*READ, post=True, shows="case")
def notice(request: HttpRequest, case: uuid.UUID, notice: uuid.UUID) -> HttpResponse:
    """The paper to the person, in plain words; large print and high contrast by the page's own display modes.

    Posting says that the person was told, and how.
    """
    row = selectors.whole_case(request.user, case)
    found = row.notices.filter(uuid=notice).first()
    if found is None:
        raise Problem("notice-not-found", Message("没有这份告知书。"))
    how = request.POST.get("how")
    if request.method == "POST" and how in AnsweredBy.values:
        deliver.tell_person(actor=request.user, notice=found, how=AnsweredBy(how))
        messages.success(request, _("已记下告知了本人。"))
        return HttpResponseRedirect(reverse("desk:case", args=[case]))
    context: dict[str, Any] = {
        "case": row,
        "about": parts.about(request.user, row),
        "ways": AnsweredBy.choices if _may(request, Action.CASE_STEP, row) and found.told_on is None else [],
        "pdf": available(),
        **parts.notice(found),
    }
    return render(request, "desk/notice.html", context)
