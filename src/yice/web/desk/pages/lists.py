"""Lists as agreements: the catalogue with what needs doing, one list with its deliveries and doubts, the agreement."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from yice.accounts import access
from yice.accounts.access import Place
from yice.accounts.enums import Action
from yice.areas import selectors as areas
from yice.exchange.agreements import asking, selectors, services, sheet
from yice.exchange.exports import CONTENT_TYPES
from yice.exchange.models import DoubtState
from yice.terms.errors import Problem, Problems
from yice.terms.messages import Message
from yice.web.desk.door import page
from yice.web.desk.import_parts import plan_of
from yice.web.desk.list_forms import AgreementForm
from yice.web.desk.list_parts import (
    columns_of,
    damage_chart,
    deliveries_of,
    doubts_of,
    lines_of,
    reasons_of,
    tags_of,
)
from yice.web.ui.errors import add_problems
from yice.web.ui.forms import Form
from yice.web.ui.words import number

OTHER = "other"  # in an address: a list beyond the catalogue


class AnswersForm(Form):
    mark_optional = False
    file = forms.FileField(
        label=gettext_lazy("来表单位填好的文件"),
        help_text=gettext_lazy("就是下载的那张表，填了答复以后原样传回来；没有填的行继续等。"),
    )


@page(Action.LIST_READ)
def lists(request: HttpRequest) -> HttpResponse:
    area, lines = selectors.board(request.user)
    catalogue = [one for one in lines if one.number is not None]
    context = {
        "rows": lines_of(lines, area),
        "catalogue": len(catalogue),
        "filled": sum(one.agreement is not None for one in catalogue),
        "unnamed": sum(one.state == selectors.OPEN_SLOT for one in catalogue),
        "late": sum(one.state == selectors.LATE for one in lines),
        "may": _writes(request, area),
        "area": areas.names([area]).get(area, "") if area else "",
    }
    return render(request, "desk/lists.html", context)


@page(Action.LIST_READ, post=True, once=True)
def one(request: HttpRequest, list: uuid.UUID) -> HttpResponse:
    """One list; posting chases it, looks for doubts, puts them, or deletes rows past their time."""
    shown = selectors.view(request.user, list)
    problem: Problem | None = None
    if request.method == "POST":
        try:
            return HttpResponseRedirect(_do(request, shown.agreement))
        except Problem as refused:
            if refused.code == "forbidden":
                raise
            problem = refused
    may = access.may(request.user, Action.IMPORT_LIST, shown.agreement).allowed
    plan = plan_of(shown.agreement.area)
    names = areas.names([shown.agreement.area])
    context = {
        "shown": shown,
        "agreement": shown.agreement,
        "area": names.get(shown.agreement.area, shown.agreement.area),
        "tags": tags_of(shown.line),
        "rows": deliveries_of(shown.deliveries),
        "chart": damage_chart(shown.deliveries),
        "columns": columns_of(shown.columns, plan),
        "doubts": doubts_of(selectors.waiting_doubts(request.user, shown.agreement)) if may else [],
        "reasons": reasons_of(shown.reasons),
        "open": shown.doubts.get(DoubtState.OPEN, 0),
        "asked": shown.doubts.get(DoubtState.ASKED, 0),
        "answered": [
            (state.label, shown.doubts[state])
            for state in (DoubtState.CORRECTED, DoubtState.CONFIRMED, DoubtState.NOT_OURS, DoubtState.GONE)
            if shown.doubts.get(state)
        ],
        "may": may,
        "problem": problem,
    }
    return render(request, "desk/list.html", context, status=422 if problem else 200)


def _do(request: HttpRequest, agreement: Any) -> str:
    """Do what was asked; gives where to go on."""
    match request.POST.get("do", ""):
        case "chase":
            row = services.chase(actor=request.user, agreement=agreement)
            messages.success(request, _("已记下催了一次，这一期共催 {n} 次。").format(n=row.chases))
        case "find":
            found = asking.look_for_doubts(actor=request.user, agreement=agreement)
            said = ngettext("新查出 {n} 行有疑点。", "新查出 {n} 行有疑点。", found)
            messages.success(request, said.format(n=number(found)))
        case "put":
            made = asking.put(actor=request.user, agreement=agreement)
            said = ngettext(
                "已列出 {n} 行，请下载后交给来表单位。", "已列出 {n} 行，请下载后交给来表单位。", made.rows
            )
            messages.success(request, said.format(n=number(made.rows)))
        case "delete":
            job = services.request_deletion(actor=request.user, agreement=agreement)
            return reverse("desk:job", args=[job.uuid])
    return reverse("desk:list", args=[agreement.uuid])


@page(Action.IMPORT_LIST, post=True, once=True)
def new(request: HttpRequest, slot: str) -> HttpResponse:
    """An agreement for a slot of the catalogue, or for a list beyond it."""
    area = selectors.place_of(request.user)
    access.require(request.user, Action.IMPORT_LIST, Place(area))
    plan = plan_of(area)
    held = plan.slots.get(slot) if plan else None
    if slot != OTHER and held is None:
        raise Problem("not-found", Message("目录里没有这一项。"))
    form = AgreementForm(area, held, None, request.POST if request.method == "POST" else None)
    return _agreed(request, form, area, "" if slot == OTHER else slot, str(held.title) if held else "")


@page(Action.IMPORT_LIST, post=True, once=True)
def agree(request: HttpRequest, list: uuid.UUID) -> HttpResponse:
    row = selectors.agreement(request.user, list)
    access.require(request.user, Action.IMPORT_LIST, row)
    plan = plan_of(row.area)
    held = plan.slots.get(row.slot) if plan else None
    form = AgreementForm(row.area, held, row, request.POST if request.method == "POST" else None)
    return _agreed(request, form, row.area, row.slot, row.title)


def _agreed(request: HttpRequest, form: AgreementForm, area: str, slot: str, title: str) -> HttpResponse:
    if form.is_bound and form.is_valid():
        said = form.said()
        try:
            row = services.agree(actor=request.user, area=area, slot=slot, said=said, version=form.seen)
        except (Problem, Problems) as problem:
            add_problems(form, problem)
        else:
            messages.success(request, _("约定已保存。"))
            return HttpResponseRedirect(reverse("desk:list", args=[row.uuid]))
    context = {"form": form, "title": title, "area": areas.names([area]).get(area, area)}
    return render(request, "desk/list_form.html", context, status=422 if form.errors else 200)


@page(Action.IMPORT_LIST, post=True)
def doubts_file(request: HttpRequest, list: uuid.UUID, inquiry: uuid.UUID) -> HttpResponse:
    """The file of a round. It holds the sender's whole values, so it leaves by POST and is written down."""
    agreement = selectors.agreement(request.user, list)
    access.require(request.user, Action.IMPORT_LIST, agreement)
    made = selectors.inquiry(request.user, agreement, inquiry)
    if request.method != "POST":
        return HttpResponseRedirect(reverse("desk:list", args=[list]))
    asking.hand_out(actor=request.user, inquiry=made)
    file = sheet.written(made)
    response = HttpResponse(file.content, content_type=CONTENT_TYPES["xlsx"])
    response["Content-Disposition"] = content_disposition_header(True, file.name) or "attachment"
    response["Cache-Control"] = "no-store"
    return response


@page(Action.IMPORT_LIST, post=True)
def answers(request: HttpRequest, list: uuid.UUID) -> HttpResponse:
    """The owner's answers come back in the same file."""
    row = selectors.agreement(request.user, list)
    access.require(request.user, Action.IMPORT_LIST, row)
    data = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = AnswersForm(*data)
    if form.is_bound and form.is_valid():
        try:
            said = sheet.answers(Path(form.cleaned_data["file"].temporary_file_path()))
            counts = asking.take_answers(actor=request.user, agreement=row, answers=said)
        except (Problem, Problems) as problem:
            add_problems(form, problem)
        else:
            messages.success(
                request,
                _("已收下答复：更正 {corrected} 行，无误 {confirmed} 行，不归其管 {not_ours} 行。").format(
                    **{
                        state.value: counts[state]
                        for state in (DoubtState.CORRECTED, DoubtState.CONFIRMED, DoubtState.NOT_OURS)
                    }
                ),
            )
            return HttpResponseRedirect(reverse("desk:list", args=[list]))
    context = {"form": form, "agreement": row}
    return render(request, "desk/list_answers.html", context, status=422 if form.errors else 200)


def _writes(request: HttpRequest, area: str) -> bool:
    return bool(area) and access.may(request.user, Action.IMPORT_LIST, Place(area)).allowed
