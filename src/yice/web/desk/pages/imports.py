"""Bring a file in: upload, look at what it would change, then all of it or nothing."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yice.accounts import access
from yice.accounts.enums import Action
from yice.areas import selectors as areas
from yice.exchange.imports import selectors, services
from yice.exchange.imports.beside import beside
from yice.exchange.imports.following import next_of
from yice.exchange.imports.keeping import DECIDED
from yice.exchange.imports.pauses import suspicious
from yice.exchange.imports.selectors import PAGE_SIZE, BatchView
from yice.exchange.vocabulary.kinds import SPLIT
from yice.identifiers import masking, sealing
from yice.jobs.selectors import problem_of
from yice.loop.identify.enums import BatchKind, BatchState
from yice.loop.identify.looking import LIST
from yice.loop.identify.models import Batch, ListEntry
from yice.terms.errors import Problem, Problems
from yice.terms.periods import Month
from yice.web.desk.door import page
from yice.web.desk.import_forms import DecisionForm, UploadForm
from yice.web.desk.import_parts import columns_of, figures_of, kind_title, label_of, plan_of, told
from yice.web.desk.pages.jobs import LIVE
from yice.web.desk.paging import number_of, page_of
from yice.web.ui.errors import add_problems

BRINGS = (Action.IMPORT_REGISTRY, Action.IMPORT_LIST)


@page(Action.IMPORT_READ)
def imports(request: HttpRequest) -> HttpResponse:
    found = selectors.batches(request.user)
    shown = page_of(found.count(), number_of(request.GET), PAGE_SIZE)
    start = (shown.number - 1) * PAGE_SIZE
    rows = list(found[start : start + PAGE_SIZE])
    names = areas.names(row.area for row in rows)
    plans = {code: plan_of(code) for code in names}
    context = {
        "rows": [
            (
                row,
                kind_title(_kind(row), plans.get(row.area)),
                names.get(row.area, row.area),
                row.counts.get("read"),
                row.counts.get("refused"),
            )
            for row in rows
        ],
        "page": shown,
        "unmatched": selectors.unmatched(request.user).total,
        "brings": any(access.grants(request.user, action) for action in BRINGS),
    }
    return render(request, "desk/imports.html", context)


@page(*BRINGS, post=True, once=True)
def upload(request: HttpRequest) -> HttpResponse:
    data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = UploadForm(request.user, data, files)
    if form.is_bound and form.is_valid() and (done := _received(request, form)) is not None:
        return done
    return render(request, "desk/import_new.html", {"form": form}, status=422 if form.errors else 200)


def _received(request: HttpRequest, form: UploadForm) -> HttpResponse | None:
    """Stage what came; a sheet of two payrolls becomes a batch each. What is wrong stands on the same form."""
    said = form.cleaned_data
    file, month = said["file"], said["month"]
    staged: list[Batch] = []
    try:
        for kind in SPLIT.get(said["kind"], (said["kind"],)):
            staged.append(
                services.stage(
                    actor=request.user,
                    path=Path(file.temporary_file_path()),
                    kind=kind,
                    area=said["area"],
                    as_of=said["as_of"],
                    month=month.first if isinstance(month, Month) else month,
                    whole=said["whole"] == "yes",
                    file_name=file.name,
                )
            )
    except (Problem, Problems) as problem:
        add_problems(form, problem)
        return None
    if len(staged) > 1:
        messages.info(request, _("这份表里有两种名单，已分成两批读取，请分别核对。"))
        return HttpResponseRedirect(reverse("desk:imports"))
    assert staged[0].job is not None  # noqa: S101 - staging always asks for one
    return HttpResponseRedirect(reverse("desk:job", args=[staged[0].job.uuid]))


@page(Action.IMPORT_READ, post=True)
def batch(request: HttpRequest, batch: uuid.UUID) -> HttpResponse:
    """The preview with its decision; afterwards the record of what came in."""
    shown = selectors.batch(request.user, batch)
    found = shown.batch
    if found.job is not None and found.job.state in LIVE and found.job.owner_id == request.user.pk:
        return HttpResponseRedirect(reverse("desk:job", args=[found.job.uuid]))
    asked = request.POST if _asks_yes(request, found) else None
    reason = suspicious(found.pauses) and not services.waits_for_second(found)
    form, problem = DecisionForm(asked, reason=reason), None
    if request.method == "POST":
        try:
            done = _decided(request, found, form)
            if done is not None:
                return done
        except Problem as refused:
            problem = refused
    context = _preview(request, shown)
    context |= {"form": form, "problem": problem or context["problem"]}
    return render(request, "desk/import.html", context, status=422 if form.errors or problem else 200)


def _asks_yes(request: HttpRequest, found: Batch) -> bool:
    return request.method == "POST" and "commit" in request.POST and found.state == BatchState.PAUSED


def _decided(request: HttpRequest, found: Batch, form: DecisionForm) -> HttpResponse | None:
    if "discard" in request.POST:
        services.discard(actor=request.user, batch=found)
        messages.info(request, _("已放弃这一批，什么也没有改动。"))
        return HttpResponseRedirect(reverse("desk:imports"))
    if form.is_bound and not form.is_valid():
        return None
    reason = form.cleaned_data.get("reason", "") if form.is_bound else ""
    waiting = services.commit(actor=request.user, batch=found, accept_pauses=form.is_bound, reason=reason)
    if services.waits_for_second(waiting):
        messages.info(request, _("已记下您的理由。另一个人核对并确认以后才会入库。"))
        return HttpResponseRedirect(reverse("desk:import", args=[found.uuid]))
    assert waiting.job is not None  # noqa: S101 - committing always asks for one
    return HttpResponseRedirect(reverse("desk:job", args=[waiting.job.uuid]))


def _preview(request: HttpRequest, shown: BatchView) -> dict[str, Any]:
    found = shown.batch
    plan = plan_of(found.area)
    job = found.job
    live = job is not None and job.state in LIVE
    counted = found.state not in (BatchState.READING, BatchState.UNREADABLE)
    may = access.may(request.user, services.action_of(found), found).allowed
    stopped = found.state == BatchState.READING and not live  # called off, or it failed on our side
    context: dict[str, Any] = {
        "shown": shown,
        "insisted": selectors.insisted(request.user, found),
        "batch": found,
        "title": kind_title(shown.kind, plan),
        "area": areas.names([found.area]).get(found.area, found.area),
        "uploader": found.recorded_by.name if found.recorded_by else "—",
        "decider": found.decided_by.name if found.decided_by else "—",
        "known_by": shown.known.decided_by.name if shown.known and shown.known.decided_by else "—",
        "by_household": found.whole and bool(found.counts.get("by_household")),
        "odd": selectors.odd(found),
        "refused_rows": found.counts.get("refused", 0),
        "again": None,
        "list": found.kind == BatchKind.LIST,
        "live": live,
        "stopped": stopped and may,
        "problem": problem_of(job)
        if job is not None and not live and found.state != BatchState.COMMITTED
        else None,
        "counted": counted,
        "figures": figures_of(found) if counted else [],
        "columns": columns_of(found, plan),
        "correctable": may and not live and found.state not in DECIDED,
        "fields": [(label_of(name, plan), n) for name, n in found.counts.get("fields", {}).items()],
        "may": may,
        "refused": [],
        "changes": [],
        "page": None,
        "beside": _beside(found),
        "next": next_of(request.user, found) if found.state == BatchState.COMMITTED else None,
    }
    if counted and not live:
        context |= _rows(request, found, plan)
    if may and (stopped or found.state == BatchState.UNREADABLE):
        context["again"] = UploadForm(request.user, initial=_typed(found, shown.kind))
    return context


def _beside(found: Batch) -> list[tuple[str, Any]]:
    """Lists of the same month for a larger or smaller area, with their places' names."""
    others = beside(found)
    names = areas.names(area for area, _day in others) if others else {}
    return [(names.get(area, area), day) for area, day in others]


def _rows(request: HttpRequest, found: Batch, plan: Any) -> dict[str, Any]:
    """A page of changed facts and the first refused rows; staging that a crash took away says so."""
    try:
        changes = selectors.changes(request.user, found, number_of(request.GET))
        refused = selectors.refused_reasons(request.user, found)
    except Problem as problem:
        return {"problem": problem}
    return {
        "changes": told(changes.rows, plan),
        "page": page_of(changes.total, changes.page, PAGE_SIZE),
        "refused": refused,
    }


def _typed(found: Batch, kind: str) -> dict[str, Any]:
    return {
        "kind": kind,
        "area": found.area,
        "as_of": found.as_of,
        "month": found.month,
        "whole": "yes" if found.whole else "no",
    }


@page(*BRINGS, post=True)
def refused(request: HttpRequest, batch: uuid.UUID) -> HttpResponse:
    """The refused rows back as a workbook. It holds whole numbers, so it leaves by POST."""
    found = selectors.batch(request.user, batch).batch
    if request.method != "POST":
        return HttpResponseRedirect(reverse("desk:import", args=[batch]))
    name = _("退回的行-{name}").format(name=Path(found.file_name).stem)
    with services.hand_back(actor=request.user, batch=found) as path:
        response = FileResponse(path.open("rb"), as_attachment=True, filename=f"{name}.xlsx")
    response["Cache-Control"] = "no-store"
    return response


@page(Action.IMPORT_READ, shows=LIST)
def unmatched(request: HttpRequest) -> HttpResponse:
    """Rows of lists that name nobody on file: counted, and kept until somebody knows whose they are."""
    kind = request.GET.get("kind", "")
    found = selectors.unmatched(request.user, kind=kind or None, page=number_of(request.GET))
    area = next((low for low, _high in access.ranges(request.user, Action.IMPORT_READ)), "")
    plan = plan_of(area) if area else None
    context = {
        "rows": [(row, kind_title(row.kind, plan), _masked(row)) for row in found.entries],
        "total": found.total,
        "page": page_of(found.total, found.page, PAGE_SIZE),
        "kind": kind_title(kind, plan) if kind else "",
        "kinds": [(one, kind_title(one, plan), n) for one, n in selectors.unmatched_kinds(request.user)],
    }
    return render(request, "desk/unmatched.html", context)


def _masked(row: ListEntry) -> str:
    return masking.id_number(sealing.open_sealed("id_number", row.id_sealed)) if row.id_sealed else ""


def _kind(row: Batch) -> str:
    return row.source.removeprefix("list:")
