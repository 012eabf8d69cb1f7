"""One visit on a telephone: recorded with one tap or in full, with or without a network; what two wrote is decided."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yice.accounts import guard
from yice.accounts.enums import Action
from yice.loop.identify import services
from yice.loop.identify.models import VisitConflict
from yice.loop.identify.selectors import visits as selectors
from yice.loop.identify.selectors.visits import VisitDetail
from yice.loop.identify.services import rows
from yice.loop.identify.services.visits_images import opened as opened_image
from yice.loop.identify.services.visits_record import Recorded
from yice.terms.errors import Problem, Problems
from yice.web.desk.contacts import opened
from yice.web.desk.door import open_page, page
from yice.web.desk.questions import QuestionForm, form_of, given
from yice.web.desk.visit_forms import VisitForm
from yice.web.ui.context_processors import owner_of
from yice.web.ui.errors import Line, add_problems, lines_of, say

WORKER = Path(__file__).resolve().parents[2] / "ui/static/ui/build/worker.js"


@page(Action.VISIT_PLAN, post=True, shows="visit")
def visit(request: HttpRequest, uuid: uuid.UUID, position: int) -> HttpResponse:
    """The form of one line; a record that waited on a device comes to the same address and is answered in JSON."""
    if request.headers.get("Accept") == "application/json":
        return _synced(request, uuid, position)
    shown = _shown(request, uuid, position)
    if request.method == "POST" and "decide" in request.POST:
        return _decided(request, shown)
    form, asked = _forms(request, shown, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() & asked.is_valid():
        try:
            return _told(request, shown, _record(request, shown, form, asked))
        except (Problem, Problems) as problem:
            _place(form, asked, problem)
    wrong = [*lines_of(form), *lines_of(asked)] if form.is_bound else []
    context = {
        "shown": shown,
        "row": shown.row,
        "form": form,
        "asked": asked,
        "folds": form.folds(),
        "asked_open": any(group["open"] for group in asked.groups()),
        "wrong": wrong,
        "contact": opened(request, [shown.row.person]).get(shown.row.person),
        "until": guard.whole_until(request, request.user),
    }
    return render(request, "desk/visit.html", context, status=422 if wrong else 200)


@page(Action.VISIT_PLAN, shows="image")
def image(request: HttpRequest, uuid: uuid.UUID, position: int, image: int) -> HttpResponse:
    """A photograph or signature, to whoever may read the line it belongs to."""
    row = selectors.image(request.user, uuid, position, image)
    return HttpResponse(opened_image(row), content_type=row.media, headers={"Cache-Control": "no-store"})


@open_page
def worker(request: HttpRequest) -> HttpResponse:
    """The script that stands in for the network; it names nobody. Asked for anew each time, so a change arrives."""
    headers = {"Cache-Control": "no-cache"}
    return HttpResponse(WORKER.read_bytes(), content_type="text/javascript; charset=utf-8", headers=headers)


def _shown(request: HttpRequest, list_uuid: uuid.UUID, position: int) -> VisitDetail:
    """The line, with every question that the page sent here has asked."""
    asked = request.POST.get("asked", "").split(",")
    return selectors.visit(request.user, list_uuid, position, asked)


def _forms(request: HttpRequest, shown: VisitDetail, data: Any) -> tuple[VisitForm, QuestionForm]:
    owner = owner_of(request.user)
    files = request.FILES if data is not None else None
    form = VisitForm(shown, owner, data, files)
    return form, form_of(shown.row.questions, door=True, data=data, prefix="q")


def _record(request: HttpRequest, shown: VisitDetail, form: VisitForm, asked: QuestionForm) -> Recorded:
    said = form.said(given(shown.row.questions, asked.cleaned_data))
    return services.record_household(
        actor=request.user,
        visit=rows.visit(request.user, shown.page.uuid, shown.row.position),
        said=said,
        version=form.cleaned_data["version"],
        key=form.cleaned_data["key"],
        follows=form.cleaned_data["follows"].split(","),
        said_at=form.device_time(),
        members=form.at_home(),
    )


def _place(form: VisitForm, asked: QuestionForm, found: Problem | Problems) -> None:
    """What the service refused, beside the field it names in either form."""
    for problem in found.problems if isinstance(found, Problems) else [found]:
        add_problems(asked if problem.field in asked.fields else form, problem)


def _told(request: HttpRequest, shown: VisitDetail, done: Recorded) -> HttpResponse:
    here = reverse("desk:visit", args=[shown.page.uuid, shown.row.position])
    said = [_("{name}：走访已登记。").format(name=shown.row.name)]
    if done.need is not None:
        said.append(_("需求编号 {number}。").format(number=done.need.number))
    if done.conflicts:
        n = len(done.conflicts)
        said.append(
            ngettext(
                "有 {n} 项与同事登记的不一致，请选定。", "有 {n} 项与同事登记的不一致，请选定。", n
            ).format(n=n)
        )
    messages.success(request, " ".join(said))
    day = reverse("desk:visit-list", args=[shown.page.uuid])
    return HttpResponseRedirect(here if done.conflicts else day)


def _synced(request: HttpRequest, list_uuid: uuid.UUID, position: int) -> HttpResponse:
    """The same record from a device's queue. Every refusal names its field; the device keeps what is refused."""
    if request.POST.get("owner") != owner_of(request.user):
        return JsonResponse({"other": True}, status=409)
    try:
        shown = _shown(request, list_uuid, position)
        form, asked = _forms(request, shown, request.POST)
        if form.is_valid() & asked.is_valid():
            try:
                done = _record(request, shown, form, asked)
                return JsonResponse({"taken": True, "conflicts": len(done.conflicts)})
            except (Problem, Problems) as problem:
                _place(form, asked, problem)
        lines = [*lines_of(form), *lines_of(asked)]
    except Problem as problem:  # the list is gone, or out of reach
        lines = [Line(say(problem))]
    said = [{"target": line.target, "text": str(line.text)} for line in lines]
    return JsonResponse({"problems": said}, status=422)


def _decided(request: HttpRequest, shown: VisitDetail) -> HttpResponse:
    """Each field by itself: what was not chosen waits on."""
    for one in shown.conflicts:
        choice = request.POST.get(f"c{one.id}", "")
        if choice:
            row = VisitConflict.objects.select_related("record__visit__list").get(
                pk=one.id
            )  # rule: rows-in-web - of the visit that was read
            try:
                services.decide_conflict(actor=request.user, conflict=row, choice=choice)
            except (Problem, Problems) as problem:
                messages.warning(request, str(problem))
    return HttpResponseRedirect(reverse("desk:visit", args=[shown.page.uuid, shown.row.position]))
