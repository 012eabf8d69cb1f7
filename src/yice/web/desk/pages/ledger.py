"""The ledger: the county's platform, the street's file, the village's register, the household's card; one source."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yice.accounts import access
from yice.accounts.access import Place
from yice.accounts.enums import Action
from yice.areas import selectors as areas
from yice.areas.models import Tier
from yice.loop.deliver.models import Case
from yice.loop.deliver.selectors import ledger as source
from yice.loop.deliver.selectors.case import cases_of
from yice.loop.deliver.services.standing import service_of
from yice.loop.identify.looking import LIST
from yice.loop.identify.models import Person
from yice.loop.identify.selectors.needs import needs_of
from yice.loop.identify.selectors.timeline import TimelineItem, shared_timeline
from yice.loop.identify.services import rows
from yice.loop.plan.models import HelpPlan
from yice.loop.plan.selectors import plans_of
from yice.loop.supervise import ledger as views
from yice.policy import selectors as policy
from yice.policy.words import text
from yice.rules.services import NEEDS
from yice.web.desk.door import page
from yice.web.desk.handing import hand_over
from yice.web.desk.pages.county import WITHHELD, withheld_note
from yice.web.desk.paging import number_of, page_of
from yice.web.desk.person_parts import log
from yice.web.ui import words
from yice.web.ui.parts import Figure, Link, Tab

PAGE_SIZE = 50


def view_names() -> dict[Tier, str]:
    """What the view of a place is called."""
    return {
        Tier.PROVINCE: _("全省台账"),
        Tier.PREFECTURE: _("全市台账"),
        Tier.COUNTY: _("区县平台"),
        Tier.TOWNSHIP: _("街道（乡镇）档"),
        Tier.VILLAGE: _("社区（村）册"),
    }


@page(Action.REPORT_READ, shows=LIST)
def ledger(request: HttpRequest, area: str = "") -> HttpResponse:
    code = area or access.grants(request.user, Action.REPORT_READ)[0][0].area.code
    show = request.GET.get("show", "")
    shown = views.ledger(request.user, code, show if show in views.SHOWS else "")
    # A place with nothing on record is counted, not listed; one where something is withheld may not be told from it.
    used = [one for one in shown.lines if one.hidden or one.person or one.sums != source.Sums()]
    number, total = number_of(request.GET), len(used)
    lines = used[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    labels = views.labels()
    village = shown.tier == Tier.VILLAGE
    # Who reads figures alone is not led to a door that stays shut.
    deeper = views.opens(request.user, code, Tier(min(shown.tier + 1, Tier.VILLAGE)))
    # A county is counted once to be shown; the three counts that prove it are made when somebody asks for them.
    provable = shown.tier == Tier.COUNTY and not shown.least
    check = provable and "check" in request.GET
    context = {
        "shown": shown,
        "title": view_names()[shown.tier],
        "village": village,
        "tabs": _shows(request.path, show) if village else [],
        "labels": labels,
        "lines": [(one, _href(one) if deeper else "", cells(one.sums, one.hidden)) for one in lines],
        "empty": len(shown.lines) - len(used),
        "sum": cells(shown.sum, shown.hidden),
        "tiles": tiles(shown.sum, shown.hidden),
        "mark": WITHHELD,
        "withheld": withheld_note(shown.least) if shown.least else "",
        "page": page_of(total, number, PAGE_SIZE),
        "crumbs": _crumbs(request, code),
        "agreement": [
            (labels[one.name], one, [said(one.name, n) for n in four(one)])
            for one in views.agreement(request.user, code)
        ]
        if (shown.tier > Tier.COUNTY and not show) or check
        else [],
        "check": f"{request.path}?check=1" if provable and not check else "",
        "export": reverse("desk:ledger-export", args=[code]) + (f"?show={show}&" if show else "?")
        if access.may(request.user, Action.EXPORT, Place(code)).allowed
        else "",
    }
    return render(request, "desk/ledger.html", context)


def four(one: views.Agreement) -> list[int | None]:
    return [one.card, one.register, one.file, one.platform]


def said(name: str, value: int | None) -> str:
    if value is None:
        return "–"
    return words.sum_of(value) if name.endswith("_fen") else words.number(value)


def cells(sums: source.Sums, hidden: frozenset[str] = frozenset()) -> list[tuple[str, str]]:
    """Each figure with its label, as written."""
    labels = views.labels()
    return [
        (labels[name], WITHHELD if name in hidden else said(name, getattr(sums, name)))
        for name in source.NAMES
    ]


def tiles(sums: source.Sums, hidden: frozenset[str]) -> list[Figure]:
    """The five that are looked at first."""
    labels = views.labels()
    return [
        Figure(labels[name], WITHHELD if name in hidden else said(name, getattr(sums, name)))
        for name in ("persons", "needs_open", "plans", "paid_fen", "times")
    ]


def _href(line: views.Line) -> str:
    if line.person is not None:
        return reverse("desk:ledger-card", args=[line.person])
    return reverse("desk:ledger-at", args=[line.code]) if line.code else ""


def _shows(path: str, show: str) -> list[Tab]:
    texts = {"": _("全部"), "open": _("有未答复需求"), "no_plan": _("没有方案"), "to_do": _("措施没落实完")}
    return [Tab(text, f"{path}?show={name}" if name else path, name == show) for name, text in texts.items()]


def _crumbs(request: HttpRequest, code: str) -> list[Link]:
    """The views above this one that the reader may open."""
    return [
        Link(one.name, reverse("desk:ledger-at", args=[one.code]))
        for one in areas.path_to(code)[:-1]
        if views.opens(request.user, one.code, Tier(one.lowest_tier))
    ]


@page(Action.PLAN_READ, shows="person")
def card(request: HttpRequest, person: uuid.UUID) -> HttpResponse:
    """One household one case: its people, what they need, what is planned, what was given."""
    found = rows.person(request.user, person)
    sums, people = views.card(request.user, found)
    needs = {one.pk: one for each in people for one in needs_of(request.user, each)}
    plans = {one.pk: one for each in people for one in plans_of(request.user, each)}
    cases = {one.pk: one for each in people for one in cases_of(request.user, each)}
    place = areas.names([found.hukou]).get(found.hukou, "")
    context: dict[str, Any] = {
        "log": log(_log(request, people, [*plans.values(), *cases.values()])),
        "person": found,
        "people": people,
        "place": place,
        "sums": cells(sums),
        "up": reverse("desk:ledger-at", args=[found.hukou]),
        "needs": [(one, text(NEEDS[one.kind])) for one in needs.values()],
        "plans": list(plans.values()),
        "cases": [(one, text(service_of(one).title)) for one in cases.values()],
    }
    return render(request, "desk/ledger_card.html", context)


def _log(
    request: HttpRequest, people: Sequence[Person], things: Sequence[HelpPlan | Case]
) -> list[TimelineItem]:
    """What happened about this household: about those whom the reader may read of, and about what is shared."""
    read = [one for one in people if access.may(request.user, Action.PERSON_READ, one).allowed]
    pack = policy.pack_for(people[0].hukou) if people else None
    shared = [(one._meta.label_lower, one.uuid) for one in things if one.person_id is None]
    return shared_timeline(request.user, read, policy.plan(pack) if pack else None, shared)


@page(Action.EXPORT, post=True)
def export(request: HttpRequest, area: str) -> HttpResponse:
    """The view as a file, with its filter."""
    show = request.GET.get("show", "")
    show = show if show in views.SHOWS else ""
    if request.method != "POST":
        return HttpResponseRedirect(
            reverse("desk:ledger-at", args=[area]) + (f"?show={show}" if show else "")
        )
    made = views.export(request.user, area, show)
    filters = {"area": area, **({"show": show} if show else {})}
    return hand_over(request, made, _("台账"), filters=filters)
