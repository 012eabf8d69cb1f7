"""Is this row of a list this person? The queue, one pair side by side, and the way back from a wrong conclusion."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yice.accounts import access
from yice.accounts.enums import Action
from yice.areas import selectors as areas
from yice.loop.identify.enums import PairState
from yice.loop.identify.looking import LIST
from yice.loop.identify.models import Pair
from yice.loop.identify.selectors import duplicates, words
from yice.loop.identify.selectors import pairs as selectors
from yice.loop.identify.selectors.duplicates import DuplicateView
from yice.loop.identify.selectors.pairs import PairView, Side
from yice.loop.identify.services import pairs as services
from yice.loop.identify.services.verdicts import REASON_AT_LEAST, VERDICTS
from yice.terms.errors import Problem
from yice.terms.messages import Message
from yice.web.desk.door import page
from yice.web.desk.forms import refusing
from yice.web.desk.paging import digits, number_of, page_of
from yice.web.ui.forms import Form

PAGE_SIZE = 25
SAID = {
    PairState.SAME: gettext_lazy("已记为同一人。"),
    PairState.SECOND: gettext_lazy("已记下。这一行可能终止待遇，还要第二个人复核才算数。"),
    PairState.DIFFERENT: gettext_lazy("已记为不是同一人；没有新的证据，不会再问。"),
    PairState.CANNOT_TELL: gettext_lazy("已记为无法判断；本人的这一项按“不清楚”处理。"),
}
_SIDE_OF = {"name": 0, "id": 1, "birth": 2, "sex": 3, "village": 4, "address": 5, "phone": 6}


class VerdictForm(Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    verdict = forms.ChoiceField(
        choices=[(one.value, one.label) for one in VERDICTS], widget=forms.HiddenInput
    )


class UndoForm(Form):
    mark_optional = False
    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=gettext_lazy("为什么撤销"),
        help_text=gettext_lazy("会记入操作记录，例如：看错了行。"),
        min_length=REASON_AT_LEAST,
        max_length=200,
        error_messages={"min_length": gettext_lazy("请把原因写清楚，至少四个字。")},
        widget=forms.TextInput({"autocomplete": "off"}),
    )


@dataclass(frozen=True)
class Step:
    """A line of the waterfall; bits and total as they are read."""

    called: Message
    ours: str
    theirs: str
    says: Message
    bits: str
    total: str


@page(Action.REVIEW_READ, shows=LIST)
def reviews(request: HttpRequest) -> HttpResponse:
    kind = request.GET.get("kind", "")
    waiting = selectors.kinds(request.user)
    shown = _listed(request, selectors.queue(request.user, kind=kind))
    plain, other = selectors.measured(request.user)
    context = {
        **shown,
        "kinds": [(one, title, n) for (one, n), title in zip(waiting, _titles(shown, waiting), strict=True)],
        "kind": kind,
        "progress": selectors.progress(request.user),
        "names": selectors.names_alone(request.user).count(),
        "duplicates": duplicates.queue(request.user).count(),
        "measured": [
            (label, found, f"{found.share:.1%}", *(f"{end:.1%}" for end in found.interval))
            for label, found in ((_("号码和姓名都一致"), plain), (_("其他自动认定"), other))
            if found is not None
        ],
    }
    return render(request, "desk/review.html", context)


@page(Action.REVIEW_READ, shows=LIST)
def done(request: HttpRequest) -> HttpResponse:
    """What has a conclusion, to find the one that is wrong."""
    return render(request, "desk/review_done.html", _listed(request, selectors.settled(request.user)))


@page(Action.REVIEW_DECIDE, post=True, shows=LIST)
def names(request: HttpRequest) -> HttpResponse:
    """Links of a name alone."""
    return _links(request, None)


@page(Action.REVIEW_DECIDE, post=True, shows="person")
def links(request: HttpRequest, person: uuid.UUID) -> HttpResponse:
    """All links of one person."""
    return _links(request, person)


def _links(request: HttpRequest, person: uuid.UUID | None) -> HttpResponse:
    """Links without a pair; one of them is opened to be looked at."""
    found = selectors.links_of(request.user, person) if person else selectors.names_alone(request.user)
    if request.method == "POST":
        link = found.filter(pk=digits(request.POST.get("link", "")) or 0).first()
        if link is None:
            raise Problem("not-found", Message("没有这一行，或者它不在您负责的范围内。"))
        made = services.open_pair(actor=request.user, link=link)
        return HttpResponseRedirect(reverse("desk:pair", args=[made.uuid]))
    number, total = number_of(request.GET), found.count()
    rows = list(found[(number - 1) * PAGE_SIZE : number * PAGE_SIZE])
    called = {row.entry.kind: row.person.hukou for row in rows}
    titles = {kind: selectors.title(kind, area) for kind, area in called.items()}
    places = areas.names(words.place_codes(row.person.hukou for row in rows))
    shown = [(row, titles[row.entry.kind], words.place(row.person.hukou, places)) for row in rows]
    context = {"rows": shown, "total": total, "page": page_of(total, number, PAGE_SIZE), "person": person}
    return render(request, "desk/review_links.html", context)


def _listed(request: HttpRequest, found: Any) -> dict[str, Any]:
    number, total = number_of(request.GET), found.count()
    rows: list[Pair] = list(found[(number - 1) * PAGE_SIZE : number * PAGE_SIZE])
    titles = selectors.titles(rows)
    places = areas.names(words.place_codes(row.area for row in rows))
    lines = [
        (row, titles[row.kind], selectors.why(row.reason), words.place(row.area, places)) for row in rows
    ]
    return {"rows": lines, "total": total, "page": page_of(total, number, PAGE_SIZE)}


def _titles(shown: dict[str, Any], waiting: list[tuple[str, int]]) -> list[str]:
    known = {row.kind: title for row, title, _why, _place in shown["rows"]}
    area = next((row.area for row, *_rest in shown["rows"]), "")
    return [known.get(kind) or selectors.title(kind, area) for kind, _n in waiting]


@page(Action.REVIEW_READ, post=True, shows="pair")
def pair(request: HttpRequest, pair: uuid.UUID) -> HttpResponse:
    shown = selectors.view(request.user, pair)
    form = VerdictForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        following = selectors.after(request.user, shown.pair)
        with refusing(form, version=shown.pair.version):
            row = services.decide(
                actor=request.user,
                pair=shown.pair,
                verdict=PairState(form.cleaned_data["verdict"]),
                version=form.cleaned_data["version"],
            )
            messages.success(request, SAID[PairState(row.state)])
            return HttpResponseRedirect(
                reverse("desk:pair", args=[following]) if following else reverse("desk:review")
            )
    context = {
        "shown": shown,
        "pair": shown.pair,
        "form": form,
        **fall_of(shown),
        "behind": f"{shown.pair.runner_up_weight:.1f}" if shown.pair.runner_up_weight is not None else "",
        "following": selectors.after(request.user, shown.pair),
        "progress": selectors.progress(request.user),
    }
    return render(request, "desk/pair.html", context, status=422 if form.errors else 200)


def fall_of(shown: PairView | DuplicateView) -> dict[str, Any]:
    """The waterfall as the page reads it."""
    return {
        "steps": _steps(shown),
        "prior": f"{shown.fall.prior:+.1f}",
        "accept": f"{shown.fall.accept:.1f}",
        "reject": f"{shown.fall.reject:.1f}",
        "weight": f"{shown.fall.weight:.1f}",
    }


def _steps(shown: PairView | DuplicateView) -> list[Step]:
    def text(side: Side, which: str) -> str:
        return "".join(part.text for part in getattr(side.value, which))

    return [
        Step(
            one.called,
            text(shown.sides[_SIDE_OF[one.comparison]], "ours"),
            text(shown.sides[_SIDE_OF[one.comparison]], "theirs"),
            one.says,
            f"{one.bits:+.1f}",
            f"{one.total:.1f}",
        )
        for one in shown.fall.steps
    ]


@page(Action.REVIEW_DECIDE, post=True, shows="pair")
def undo(request: HttpRequest, pair: uuid.UUID) -> HttpResponse:
    shown = selectors.view(request.user, pair)
    access.require(request.user, Action.REVIEW_DECIDE, shown.pair)
    if not shown.may_undo:
        messages.info(request, _("这一行没有您可以撤销的结论。"))
        return HttpResponseRedirect(reverse("desk:pair", args=[pair]))
    form = UndoForm(
        request.POST if request.method == "POST" else None, initial={"version": shown.pair.version}
    )
    if form.is_bound and form.is_valid():
        with refusing(form, version=shown.pair.version):
            services.undo(actor=request.user, pair=shown.pair, **form.cleaned_data)
            messages.success(request, _("已撤销，本人的情况已经重新判断。"))
            return HttpResponseRedirect(reverse("desk:pair", args=[pair]))
    context = {"shown": shown, "pair": shown.pair, "form": form}
    return render(request, "desk/pair_undo.html", context, status=422 if form.errors else 200)
