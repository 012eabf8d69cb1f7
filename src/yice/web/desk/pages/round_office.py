"""The township checks, the county locks and exchanges files with the national system."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yice.accounts import access
from yice.accounts.access import Place
from yice.accounts.enums import Action
from yice.exchange.official import KIND, receive_official
from yice.jobs.selectors import jobs_of
from yice.loop.identify.looking import LIST
from yice.loop.identify.models import Round
from yice.loop.identify.rounds.checking import check_replies, lock_round, reopen
from yice.loop.identify.rounds.official import official_rows
from yice.loop.identify.rounds.opened import standing
from yice.loop.identify.selectors import rounds as selectors
from yice.policy.words import text
from yice.rules.questionnaires.model import Column, Questionnaire
from yice.terms.errors import Problem, Problems
from yice.web.desk.door import page
from yice.web.desk.forms import uuid_in
from yice.web.desk.handing import hand_over
from yice.web.desk.paging import digits, number_of, page_of
from yice.web.desk.round_forms import FileForm, ReopenForm
from yice.web.ui.errors import Line, add_problems, say


@page(Action.ROUND_CHECK, post=True, shows=LIST)
def check(request: HttpRequest, round: uuid.UUID) -> HttpResponse:
    """Forms handed in: what differs from last year stands beside each; chosen ones pass together, all or none."""
    found = selectors.round_for(request.user, round)
    wrong: list[Line] = []
    if request.method == "POST":
        try:
            n = check_replies(
                actor=request.user, of=found, chosen=_chosen(request), key=request.POST.get("key", "")[:40]
            )
            told = ngettext("审核通过 {n} 份。", "审核通过 {n} 份。", n).format(n=n)
            messages.success(request, told)
            return HttpResponseRedirect(request.get_full_path())
        except access.Forbidden:
            raise
        except (Problem, Problems) as problem:
            several = problem.problems if isinstance(problem, Problems) else [problem]
            wrong = [Line(say(one), one.field if one.field and "-" in one.field else "") for one in several]
    number = number_of(request.GET)
    rows, total = selectors.to_check(request.user, found, "", number)
    chosen = {str(key) for key, _version in _chosen(request)}
    context = {
        "round": found,
        "rows": [(one, str(one.reply.uuid) in chosen, one.reply.filled_by == request.user) for one in rows],
        "total": total,
        "page": page_of(total, number, selectors.PAGE_SIZE),
        "wrong": wrong,
        "key": uuid.uuid4().hex,
    }
    return render(request, "desk/round_check.html", context, status=422 if wrong else 200)


def _chosen(request: HttpRequest) -> list[tuple[uuid.UUID, int]]:
    found = []
    for one in request.POST.getlist("chosen"):
        key, _colon, version = one.partition(":")
        chosen, seen = uuid_in(key), digits(version)
        if chosen is not None and seen is not None:
            found.append((chosen, seen))
    return found


@page(Action.ROUND_MANAGE, post=True)
def lock(request: HttpRequest, round: uuid.UUID) -> HttpResponse:
    """Lock townships that are checked to the last form; open a locked one again, with the reason."""
    found = _managed(request, round)
    problem: Problem | Problems | None = None
    rows = selectors.coverage(request.user, found)
    locked = [(one.code, one.name) for one in rows if one.locked]
    form = ReopenForm(locked, request.POST if request.POST.get("act") == "reopen" else None)
    try:
        if form.is_bound and form.is_valid():
            n = reopen(actor=request.user, of=found, **form.cleaned_data)
            messages.success(request, ngettext("已重新打开 {n} 份。", "已重新打开 {n} 份。", n).format(n=n))
            return HttpResponseRedirect(request.path)
        if request.method == "POST" and not form.is_bound:
            n = lock_round(actor=request.user, of=found, area=request.POST.get("area", "")[:12])
            messages.success(request, ngettext("已锁定 {n} 份。", "已锁定 {n} 份。", n).format(n=n))
            return HttpResponseRedirect(request.path)
    except access.Forbidden:
        raise
    except (Problem, Problems) as error:
        if form.is_bound:
            add_problems(form, error)
        else:
            problem = error
    context = {"round": found, "rows": rows, "form": form, "problem": problem, "locked": locked}
    return render(request, "desk/round_lock.html", context, status=422 if problem or form.errors else 200)


@page(Action.ROUND_MANAGE, post=True, once=True)
def official(request: HttpRequest, round: uuid.UUID) -> HttpResponse:
    """Out to the national system and in from it, in its own columns."""
    found = _managed(request, round)
    both = [standing(found).of, *([standing(found, villages=True).of] if found.villages else ())]
    data = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = FileForm(*data)
    if form.is_bound and form.is_valid():
        try:
            path = Path(form.cleaned_data["file"].temporary_file_path())
            job = receive_official(actor=request.user, of=found, path=path)
            return HttpResponseRedirect(reverse("desk:job", args=[job.uuid]))
        except access.Forbidden:
            raise
        except Problem as problem:
            form.add_error("file", say(problem))
    export = reverse("desk:round-export", args=[round])
    context = {
        "round": found,
        "form": form,
        "both": [
            (of, f"{export}?of={of.about}", [_told(of, column) for column in of.official.columns])
            for of in both
        ],
        "last": _last(request, found),
    }
    return render(request, "desk/round_official.html", context, status=422 if form.errors else 200)


@page(Action.ROUND_MANAGE, post=True)
def export(request: HttpRequest, round: uuid.UUID) -> HttpResponse:
    """The official file; it holds full numbers, so each time is written down."""
    found = _managed(request, round)
    if request.method != "POST":
        return HttpResponseRedirect(reverse("desk:round-official", args=[round]))
    villages = request.GET.get("of") == "village" and bool(found.villages)
    table = official_rows(request.user, found, villages=villages)
    title = f"{found.title} {_('村（社区）的表')}" if villages else found.title
    return hand_over(request, table, title, filters={"round": found.uuid.hex})


def _managed(request: HttpRequest, round: uuid.UUID) -> Round:
    found = selectors.round_for(request.user, round)
    access.require(request.user, Action.ROUND_MANAGE, Place(found.area))
    return found


def _told(of: Questionnaire, column: Column) -> tuple[str, str, str]:
    """A column, what it holds, and where its words were read; none: from practice."""
    item = of.items[column.item] if column.item is not None else None
    return column.heading, _holds(of, column), item.source if item else "–"


def _holds(of: Questionnaire, column: Column) -> str:
    if column.item is not None:
        return text(of.items[column.item].label)
    if of.about == "village" and column.of in ("name", "status"):
        return _("村（社区）") if column.of == "name" else _("村（社区）的状态")
    return {
        "certificate": _("残疾人证号"), "area": _("区划代码"), "name": _("姓名"), "village": _("村（社区）"), "status": _("人员状态"),
        "mode": _("调查方式"), "declarant": _("申报人"), "filled_by": _("登记人"), "filled_on": _("登记日期"),
    }[str(column.of)]  # fmt: skip


def _last(request: HttpRequest, found: Round) -> dict[str, Any] | None:
    """What the reader's last file of this round did."""
    for job in jobs_of(actor=request.user)[:50]:
        if job.kind == KIND and job.arguments.get("round") == found.uuid.hex and "counts" in job.result:
            return dict(job.result["counts"])
    return None
