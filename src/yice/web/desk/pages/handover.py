"""From hand to hand: cases handed over together, and who stands in for whom while somebody is away."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from yice.accounts.enums import Action
from yice.accounts.models import Post, User
from yice.areas import selectors as areas
from yice.loop.deliver import services as deliver
from yice.loop.deliver.models import Cover, OpenStep
from yice.loop.deliver.selectors import case as reading
from yice.loop.deliver.selectors import people, worklist
from yice.loop.identify.looking import LIST
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message
from yice.web.desk import case_parts as parts
from yice.web.desk.door import page
from yice.web.desk.forms import choose, mark, refusing, ticked, uuid_in
from yice.web.ui.errors import say
from yice.web.ui.forms import DayField, Form


class HandForm(Form):
    """Which steps, as the page showed them, and to whom."""

    mark_optional = False
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    to = forms.ChoiceField(label=gettext_lazy("转交给谁"))
    note = forms.CharField(
        label=gettext_lazy("说明（选填）"), required=False, max_length=500, widget=forms.Textarea({"rows": 2})
    )

    def __init__(self, able: list[User], data: QueryDict | None = None) -> None:
        super().__init__(data, initial={"key": uuid.uuid4().hex})
        self.able = {str(one.pk): one for one in able}
        choose(self.fields["to"], [(key, one.name) for key, one in self.able.items()])


class CoverForm(Form):
    mark_optional = False
    deputy = forms.ChoiceField(label=gettext_lazy("谁来代班"))
    since = DayField(label=gettext_lazy("从哪一天起"))
    until = DayField(label=gettext_lazy("最后一天"))

    def __init__(self, able: list[User], data: QueryDict | None = None) -> None:
        super().__init__(data, initial={"since": clock.today()})
        self.able = {str(one.pk): one for one in able}
        choose(self.fields["deputy"], [(key, one.name) for key, one in self.able.items()])


@page(Action.CASE_STEP, Action.CASE_ASSIGN, post=True, shows=LIST)
def hand_over(request: HttpRequest) -> HttpResponse:
    """My steps, or a colleague's whose work I assign, or those of one case: handed over, each with its own checks."""
    holders = people.holders(request.user)
    of = next((one for one in holders if str(one.pk) == request.GET.get("of")), None)
    asked = uuid_in(request.GET.get("case"))
    case = reading.case(request.user, asked) if asked else None
    steps = people.in_hand(request.user, of, case)
    form = HandForm(people.able_to_take(steps), request.POST if request.method == "POST" else None)
    chosen = (
        request.POST.getlist("steps") if request.method == "POST" else [_mark(one) for one in steps if case]
    )
    refused: list[tuple[Any, str]] = []
    if form.is_bound and form.is_valid():
        with refusing(form):
            done = deliver.hand_over_together(
                actor=request.user, steps=_chosen(steps, chosen), to=form.able[form.cleaned_data["to"]],
                note=form.cleaned_data["note"], key=form.cleaned_data["key"],
            )  # fmt: skip
            if done.done:
                n, who = done.done, form.able[form.cleaned_data["to"]].name
                messages.success(
                    request, ngettext("已转交{who} {n} 件。", "已转交{who} {n} 件。", n).format(who=who, n=n)
                )
            if not done.refused:
                return HttpResponseRedirect(
                    reverse("desk:case", args=[case.uuid]) if case else reverse("desk:cases")
                )
            refused = [(one, say(problem)) for one, problem in done.refused]
            steps = people.in_hand(request.user, of, case)
    if form.errors and not chosen:  # said with the rest, not after the next try
        form.add_error(None, _("还没有选择办件。"))
    rows = worklist.rows(steps)
    places = areas.names({row.case.area for row in rows})
    context = {
        "rows": [parts.waiting_row(row, places) | {"mark": _mark(row.open_step)} for row in rows],
        "chosen": chosen,
        "form": form,
        "refused": refused,
        "case": case,
        "of": of,
        "holders": [one for one in holders if one != request.user],
    }
    status = 422 if form.errors or refused else 200
    return render(request, "desk/hand_over.html", context, status=status)


def _mark(one: OpenStep) -> str:
    return mark(str(one.pk), one.case.version)


def _chosen(steps: list[OpenStep], marks: list[str]) -> list[tuple[Any, str, int]]:
    found = ticked({str(one.pk): one for one in steps}, marks)
    if marks and not found:
        what = Message("选的办件已经不在这里了，可能已经转交或办结。")
        raise Problem("bulk-gone", what, fix=Message("请刷新页面后再看。"))
    return [(one.case, one.step, version) for one, version in found]


@page(Action.CASE_STEP, Action.CASE_ASSIGN, post=True, once=True)
def covers(request: HttpRequest) -> HttpResponse:
    """Who stands in for whom; naming a deputy for one's own post or, where one assigns work, for a colleague's."""
    found = people.covers(request.user)
    if request.method == "POST" and "end" in request.POST:
        return _ended(request, found)
    posts = people.posts_to_cover(request.user)
    mine = [one for one in posts if one.user_id == request.user.pk]
    asked = [one for one in posts if str(one.pk) == request.GET.get("post")]
    post = next(iter(asked or mine), None)
    form = None
    if post is not None:
        form = CoverForm(people.able_to_cover(post), request.POST if request.method == "POST" else None)
        if form.is_bound and form.is_valid():
            said = form.cleaned_data
            with refusing(form):
                deliver.cover_post(
                    actor=request.user, post=post, deputy=form.able[said["deputy"]], since=said["since"],
                    until=said["until"],
                )  # fmt: skip
                messages.success(request, _("已安排代班，双方都能看到。"))
                return HttpResponseRedirect(reverse("desk:covers"))
    context = {
        "rows": [_row(request.user, one) for one in found],
        "posts": [(one, _post(one)) for one in posts] if len(posts) > 1 else [],
        "post": post,
        "post_says": _post(post) if post else "",
        "form": form,
    }
    return render(request, "desk/covers.html", context, status=422 if form and form.errors else 200)


def _post(post: Post) -> str:
    return _("{who}：{area}{role}").format(
        who=post.user.name, area=post.area.name, role=post.get_role_display()
    )


def _row(actor: User, one: Cover) -> dict[str, Any]:
    whose = _("您的班") if one.post.user_id == actor.pk else _("您代班") if one.deputy_id == actor.pk else ""
    return {"cover": one, "post": _post(one.post), "whose": whose, "on": one.since <= clock.today()}


def _ended(request: HttpRequest, found: list[Cover]) -> HttpResponse:
    cover = next((one for one in found if str(one.uuid) == request.POST["end"]), None)
    if cover is None:
        raise Problem("cover-not-found", Message("没有这次代班，或已经结束。"))
    deliver.end_cover(actor=request.user, cover=cover)
    messages.success(request, _("代班已结束。"))
    return HttpResponseRedirect(reverse("desk:covers"))
