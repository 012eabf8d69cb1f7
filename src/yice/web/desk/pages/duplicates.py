"""Two on the register who may be one person: the queue, one pair side by side, merging and its way back."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yice.accounts import access
from yice.accounts.enums import Action, Line
from yice.areas import selectors as areas
from yice.loop.identify.enums import PairState
from yice.loop.identify.looking import LIST
from yice.loop.identify.selectors import duplicates as selectors
from yice.loop.identify.selectors import words
from yice.loop.identify.selectors.pairs import why
from yice.loop.identify.services import merging
from yice.web.desk.door import page
from yice.web.desk.forms import refusing
from yice.web.desk.pages.review import PAGE_SIZE, UndoForm, VerdictForm, fall_of
from yice.web.desk.paging import number_of, page_of

SAID = {
    PairState.SAME: gettext_lazy("两条记录已合并；合并可以撤销，移过去的都会移回来。"),
    PairState.SECOND: gettext_lazy("已记下。其中有人正在享受待遇，要由发放部门复核才合并。"),
    PairState.DIFFERENT: gettext_lazy("已记为不是同一人；没有新的证据，不会再问。"),
    PairState.CANNOT_TELL: gettext_lazy("已记为无法判断；两条记录照旧。"),
}


@page(Action.REVIEW_READ, post=True, once=True, shows=LIST)
def duplicates(request: HttpRequest) -> HttpResponse:
    """What waits, and what was decided; posting looks through the register again."""
    if request.method == "POST":
        area = next((low for low, _high in access.ranges(request.user, Action.REVIEW_DECIDE)), "")
        job = merging.look_for_duplicates(actor=request.user, area=area)
        return HttpResponseRedirect(reverse("desk:job", args=[job.uuid]))
    done = request.GET.get("done") == "1"
    found = selectors.settled(request.user) if done else selectors.queue(request.user)
    number, total = number_of(request.GET), found.count()
    rows = list(found[(number - 1) * PAGE_SIZE : number * PAGE_SIZE])
    places = areas.names(words.place_codes(row.area for row in rows))
    context = {
        "rows": [(row, why(row.reason), words.place(row.area, places)) for row in rows],
        "total": total,
        "page": page_of(total, number, PAGE_SIZE),
        "done": done,
        "may": Line.ENTITLEMENT in access.lines(request.user, Action.REVIEW_DECIDE),
    }
    return render(request, "desk/duplicates.html", context)


@page(Action.REVIEW_READ, post=True, shows="double")
def duplicate(request: HttpRequest, pair: uuid.UUID) -> HttpResponse:
    shown = selectors.view(request.user, pair)
    form = VerdictForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        following = selectors.after(request.user, shown.pair)
        with refusing(form, version=shown.pair.version):
            row = merging.decide_duplicate(
                actor=request.user,
                pair=shown.pair,
                verdict=PairState(form.cleaned_data["verdict"]),
                version=form.cleaned_data["version"],
            )
            messages.success(request, SAID[PairState(row.state)])
            ahead = reverse("desk:duplicate", args=[following]) if following else reverse("desk:duplicates")
            return HttpResponseRedirect(ahead)
    context = {
        "shown": shown,
        "pair": shown.pair,
        "form": form,
        **fall_of(shown),
        "following": selectors.after(request.user, shown.pair),
        "waiting": selectors.queue(request.user).count(),
    }
    return render(request, "desk/duplicate.html", context, status=422 if form.errors else 200)


@page(Action.REVIEW_DECIDE, post=True, shows="double")
def undo(request: HttpRequest, pair: uuid.UUID) -> HttpResponse:
    shown = selectors.view(request.user, pair)
    access.require(request.user, Action.REVIEW_DECIDE, shown.pair)
    if not shown.may_undo:
        messages.info(request, _("这一对没有您可以撤销的结论。"))
        return HttpResponseRedirect(reverse("desk:duplicate", args=[pair]))
    form = UndoForm(
        request.POST if request.method == "POST" else None, initial={"version": shown.pair.version}
    )
    if form.is_bound and form.is_valid():
        with refusing(form, version=shown.pair.version):
            merging.undo_duplicate(actor=request.user, pair=shown.pair, **form.cleaned_data)
            messages.success(request, _("已撤销，移过去的已经移回来，两个人都重新判断。"))
            return HttpResponseRedirect(reverse("desk:duplicate", args=[pair]))
    context = {"shown": shown, "pair": shown.pair, "form": form}
    return render(request, "desk/duplicate_undo.html", context, status=422 if form.errors else 200)
