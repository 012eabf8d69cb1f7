"""Yearly rounds: those there are, how far each place is, who is left."""

from __future__ import annotations

import datetime as dt
import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yice.accounts import access
from yice.accounts.enums import Action
from yice.areas import selectors as areas
from yice.identifiers import masking
from yice.loop.identify.looking import LIST
from yice.loop.identify.rounds.enums import ReplyState
from yice.loop.identify.rounds.opening import open_round, township_of
from yice.loop.identify.selectors import rounds as selectors
from yice.terms import clock
from yice.terms.errors import Problem, Problems
from yice.web.desk.door import page
from yice.web.desk.paging import number_of, page_of
from yice.web.desk.round_forms import OpenForm
from yice.web.ui import words
from yice.web.ui.errors import add_problems
from yice.web.ui.parts import Link, Tab


@page(Action.ROUND_READ, post=True)
def rounds(request: HttpRequest) -> HttpResponse:
    """The rounds of the reader's county; who manages them opens one here."""
    form = None
    if access.grants(request.user, Action.ROUND_MANAGE):
        today = clock.today()
        initial = {
            "title": _("{year} 年度动态更新").format(year=today.year),
            "opens_on": today,
            "closes_on": today + dt.timedelta(days=60),
        }
        form = OpenForm(request.user, request.POST if request.method == "POST" else None, initial)
    elif request.method == "POST":
        access.require(request.user, Action.ROUND_MANAGE)
    if form is not None and form.is_bound and form.is_valid():
        try:
            made = open_round(actor=request.user, **form.cleaned_data)
            messages.success(request, _("已开启，各乡镇、各村的任务已分好。"))
            return HttpResponseRedirect(reverse("desk:round", args=[made.uuid]))
        except access.Forbidden:
            raise
        except (Problem, Problems) as problem:
            add_problems(form, problem)
    context = {"rows": selectors.listed(request.user), "form": form}
    return render(request, "desk/rounds.html", context, status=422 if form and form.errors else 200)


@page(Action.ROUND_READ, shows=LIST)
def round_page(request: HttpRequest, round: uuid.UUID) -> HttpResponse:
    """How far each township is, and with `?at=` each village of one."""
    found = selectors.round_for(request.user, round)
    at = _place(request)
    rows = selectors.coverage(request.user, found, at)
    drilled = bool(at)
    if not at and len(rows) == 1 and not access.grants(request.user, Action.ROUND_MANAGE):
        at = rows[0].code  # one township, or one village of it: its villages are what there is to see
        rows = selectors.coverage(request.user, found, at)
    own = selectors.returns(request.user, found, [one.code for one in rows]) if at else {}
    size, done = sum(one.persons.size for one in rows), sum(one.persons.done for one in rows)
    home = sum(one.at_home for one in rows)
    context = {
        "round": found,
        "rows": [(one, own.get(one.code)) for one in rows],
        "villages": bool(at),
        "returns": (sum(one.returns.done for one in rows), sum(one.returns.size for one in rows)),
        "up": reverse("desk:round", args=[round]) if drilled else reverse("desk:rounds"),
        "place": areas.names([at or found.area]).get(at or found.area, ""),
        "size": size,
        "done": done,
        "share": words.share(done, size).removesuffix("%") if size else 0,
        "home": 100 * home // done if done else None,
        "ways": _ways(request, found.uuid),
        "days_left": (found.closes_on - clock.today()).days,
    }
    return render(request, "desk/round.html", context)


@page(Action.ROUND_READ, shows=LIST)
def round_left(request: HttpRequest, round: uuid.UUID) -> HttpResponse:
    """The forms of a place, those still to do first of all."""
    found = selectors.round_for(request.user, round)
    at, state = _place(request) or found.area, request.GET.get("state", "")
    rows = selectors.left(request.user, found, at, state)
    number, total = number_of(request.GET), rows.count()
    some = list(rows[(number - 1) * selectors.PAGE_SIZE : number * selectors.PAGE_SIZE])
    names = areas.names({at, *(one.village for one in some)})
    base = f"{reverse('desk:round-left', args=[round])}?at={at}"
    context = {
        "round": found,
        "place": names.get(at, at),
        "up": f"{reverse('desk:round', args=[round])}?at={township_of(at)}",
        "rows": [
            (one, _said(names.get(one.village, one.village), masking.address(one.person.address)),
             masking.phone(one.person.phone))
            if one.person else (one, _("村（社区）的表"), "") for one in some
        ],
        "total": total,
        "page": page_of(total, number, selectors.PAGE_SIZE),
        "tabs": [
            Tab(_("还没交的"), base, not state),
            *(
                Tab(str(one.label), f"{base}&state={one.value}", state == one.value)
                for one in (ReplyState.RETURNED, ReplyState.FILLED, ReplyState.CHECKED, ReplyState.LOCKED)
            ),
        ],
    }  # fmt: skip
    return render(request, "desk/round_left.html", context)


def _said(village: str, address: str) -> str:
    """The village and what of the address may be read, the village said once."""
    return address[address.index(village) :] if village and village in address else f"{village} {address}"


def _place(request: HttpRequest) -> str:
    said = request.GET.get("at", "")
    return said if len(said) == 12 and said.isascii() and said.isdigit() else ""


def _ways(request: HttpRequest, round: uuid.UUID) -> list[Link]:
    ways = (
        (_("审核"), "desk:round-check", Action.ROUND_CHECK),
        (_("锁定"), "desk:round-lock", Action.ROUND_MANAGE),
        (_("与国家系统对接"), "desk:round-official", Action.ROUND_MANAGE),
    )
    return [
        Link(text, reverse(name, args=[round]))
        for text, name, action in ways
        if access.grants(request.user, action)
    ]
