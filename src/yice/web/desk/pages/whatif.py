"""What if: another reading of a plan, or another version, beside the one in force; and putting it in force."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yice.accounts import access
from yice.accounts.access import Place
from yice.accounts.enums import Action
from yice.areas import selectors as areas
from yice.loop.identify.looking import LIST
from yice.loop.identify.selectors.named import named
from yice.policy import proposals, selectors
from yice.policy.models import InstalledPack
from yice.policy.words import text
from yice.rules.words import Words
from yice.terms import clock
from yice.terms.errors import Problem, Problems
from yice.web.desk import whatif_parts as parts
from yice.web.desk.door import page
from yice.web.desk.paging import number_of, page_of
from yice.web.ui.errors import add_problems
from yice.web.ui.forms import Form

PAGE_SIZE = 25
CHOICES = ("kind", "item", "change", "county", "township", "category", "age")


class SignForm(Form):
    mark_optional = False
    seen = forms.BooleanField(required=False)
    reason = forms.CharField(
        label=gettext_lazy("启用的理由"),
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": gettext_lazy("请写明为什么启用。")},
    )

    def __init__(self, dropped: int, data: Any = None) -> None:
        super().__init__(data)
        if dropped:
            self.fields["seen"].label = _("我看过了这 {n} 人的名单").format(n=dropped)
        else:
            del self.fields["seen"]


@page(Action.POLICY_COMPARE, post=True, once=True)
def ask(request: HttpRequest, digest: str) -> HttpResponse:
    """Choose other readings, or another version that is kept here, and have them compared."""
    base = selectors.pack(request.user, digest)
    plan = selectors.plan(base)
    form = parts.ReadingsForm(
        plan,
        selectors.versions(request.user, base),
        [(code, name) for code, name in _areas(request)],
        request.POST if request.method == "POST" else None,
    )
    if form.is_bound and form.is_valid():
        try:
            job = _asked(request, base, form)
            return HttpResponseRedirect(reverse("desk:job", args=[job]))
        except access.Forbidden:
            raise
        except (Problem, Problems) as problem:
            add_problems(form, problem)
    context = {"pack": base, "title": text(plan.title), "form": form}
    return render(request, "desk/whatif_ask.html", context, status=422 if form.errors else 200)


def _asked(request: HttpRequest, base: InstalledPack, form: parts.ReadingsForm) -> uuid.UUID:
    new = form.version or proposals.propose(actor=request.user, base=base, settings=form.changed)
    job = proposals.request_comparison(actor=request.user, old=base, new=new, area=form.cleaned_data["area"])
    return job.uuid


@page(Action.POLICY_COMPARE)
def comparisons(request: HttpRequest) -> HttpResponse:
    found = selectors.comparisons(request.user)
    names = areas.names(one.area for one in found)
    rows = [(one, _title(one.new), names.get(one.area, one.area), parts.readings(one)) for one in found]
    return render(request, "desk/whatif_list.html", {"rows": rows})


@page(Action.POLICY_COMPARE, post=True, anew=True, once=True)
def whatif(request: HttpRequest, comparison: uuid.UUID) -> HttpResponse:
    """What changes for how many, what it costs; below, signing for it."""
    found = selectors.comparison(request.user, comparison)
    form = SignForm(found.dropped, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            job = proposals.request_in_force(
                actor=request.user,
                comparison=found,
                reason=form.cleaned_data["reason"],
                seen=bool(form.cleaned_data.get("seen")),
            )
            return HttpResponseRedirect(reverse("desk:job", args=[job.uuid]))
        except access.Forbidden:
            raise
        except Problem as problem:
            add_problems(form, problem)
    by = request.GET.get("by", "")
    by = by if by in parts.DIMENSIONS else ""
    may_name = access.may(request.user, Action.REPORT_NAMES, Place(found.area)).allowed
    context = {
        "told": found,
        "title": _title(found.new),
        "area": areas.names([found.area]).get(found.area, found.area),
        "readings": parts.readings(found),
        "tabs": parts.tabs(request.path, by),
        "by": by,
        "tiles": parts.tiles(found, may_name),
        "rows": parts.items(found, may_name),
        "places": parts.places(found, by, may_name) if by else [],
        "form": form,
        "dropped_by": parts.dropped(found),
        "names": may_name,
        "open": found.signed_at is None and found.old.active and found.as_of == clock.today(),
        "may_sign": bool(access.grants(request.user, Action.POLICY_IN_FORCE)),
    }
    return render(request, "desk/whatif.html", context, status=422 if form.errors else 200)


@page(Action.REPORT_NAMES, shows=LIST)
def people(request: HttpRequest, comparison: uuid.UUID) -> HttpResponse:
    """The persons behind one figure of a comparison."""
    found = selectors.comparison(request.user, comparison)
    access.require(request.user, Action.REPORT_NAMES, Place(found.area))
    chosen: dict[str, object] = {name: request.GET[name] for name in CHOICES if name in request.GET}
    if "dropped" in request.GET:
        chosen["dropped"] = True
    number = number_of(request.GET)
    rows, total = selectors.behind(found, chosen, number, PAGE_SIZE)
    known = named(request.user, Action.REPORT_NAMES, {row.person for row in rows})
    context = {
        "told": found,
        "title": parts.behind_title(found, chosen),
        "summed": any(row.amount_before is not None or row.amount_after is not None for row in rows),
        "rows": [
            (known.get(row.person), row, parts.change_label(row.change), parts.sides(row)) for row in rows
        ],
        "total": total,
        "page": page_of(total, number, PAGE_SIZE),
    }
    return render(request, "desk/whatif_people.html", context)


def _areas(request: HttpRequest) -> list[tuple[str, str]]:
    codes = [code for code, _end in access.ranges(request.user, Action.POLICY_COMPARE)]
    names = areas.names(codes)
    return [(code, names.get(code, code)) for code in codes]


def _title(pack: InstalledPack) -> str:
    return text(Words(pack.title_zh, pack.title_en))
