"""One household's form: what is recorded, what must be asked, what changed; made for a telephone at the door."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yice.accounts import access
from yice.accounts.enums import Action
from yice.areas import selectors as areas
from yice.identifiers import sealing
from yice.loop.identify.enums import Sex
from yice.loop.identify.models import Reply, ReplyDispute
from yice.loop.identify.rounds.checking import return_reply
from yice.loop.identify.rounds.enums import TO_DO, ReplyState
from yice.loop.identify.rounds.home import confirm_home
from yice.loop.identify.rounds.opened import standing_of
from yice.loop.identify.rounds.opening import township_of
from yice.loop.identify.rounds.saving import Saved, decide_dispute, save_reply
from yice.loop.identify.selectors import rounds as selectors
from yice.loop.identify.selectors import words as said
from yice.loop.identify.selectors.rounds import Sheet
from yice.policy.words import text
from yice.terms import clock
from yice.terms.errors import Problem, Problems
from yice.terms.messages import Message
from yice.terms.periods import age_on
from yice.web.desk.door import page
from yice.web.desk.forms import refused
from yice.web.desk.paging import digits
from yice.web.desk.round_forms import ReturnForm, SheetForm
from yice.web.ui.errors import add_problems
from yice.web.ui.parts import Row, Tab

TONES = {ReplyState.RETURNED: "bad", ReplyState.FILLED: "wait", ReplyState.CHECKED: "good"}
RETURNABLE = (ReplyState.FILLED, ReplyState.CHECKED)


@page(Action.ROUND_READ, post=True, shows="reply")
def form(request: HttpRequest, reply: uuid.UUID) -> HttpResponse:
    row = selectors.reply_for(request.user, reply)
    if request.method == "POST" and "keep" in request.POST:
        return _decide(request, row)
    shown = selectors.sheet(request.user, row)
    back = ReturnForm(
        request.POST if request.POST.get("act") == "return" else None,
        initial={"key": uuid.uuid4().hex, "version": row.version},
        prefix="back",
    )
    if back.is_bound and back.is_valid() and (done := _returned(request, row, back)) is not None:
        return done
    data = (request.POST, request.FILES) if request.method == "POST" and not back.is_bound else (None, None)
    sheet = SheetForm(shown, *data)
    if sheet.is_bound:
        access.require(request.user, Action.ROUND_FILL, row)
        if sheet.is_valid() and (done := _saved(request, shown, sheet)) is not None:
            return done
        if request.FILES and "photos" in sheet.fields:
            sheet.add_error("photos", _("有错误时浏览器不会保留照片，请改好后重新选择。"))
    context = {
        "shown": shown,
        "row": row,
        "form": sheet,
        "back": back,
        "may_return": row.state in RETURNABLE and access.may(request.user, Action.ROUND_CHECK, row).allowed,
        "bar": _bar(row),
        "tone": TONES.get(row.state, "calm"),
        "known": sum(len(rows) for _title, rows in shown.recorded),
        "recorded": [(title, [_line(one) for one in rows]) for title, rows in shown.recorded],
        "home": [
            Tab(one.name, reverse("desk:round-form", args=[one.uuid]), one.pk == row.pk) for one in shown.home
        ],
        "open_home": len(shown.versions),
        "up": f"{reverse('desk:round-left', args=[row.round.uuid])}?at={row.village}",
        "told": _told(shown),
    }
    wrong = sheet.errors or back.errors
    return render(request, "desk/round_form.html", context, status=422 if wrong else 200)


def _bar(row: Reply) -> dict[str, object]:
    person = row.person
    if person is None:
        township = areas.names([township_of(row.village)]).get(township_of(row.village), "")
        return {"name": row.name, "facts": [township, text(standing_of(row).of.title)]}
    certificate = person.certificates.filter(current=True).order_by("-id").first()
    kind = said.category(certificate.category) if certificate else ""
    if certificate and certificate.grade:
        kind = _("{category} {grade} 级").format(category=kind, grade=certificate.grade)
    age = age_on(person.birth_date, clock.today()) if person.birth_date else None
    return {
        "name": person.name,
        "facts": [
            str(Sex(person.sex).label) if person.sex else "",
            _("{age} 岁").format(age=age) if age is not None else _("年龄不明"),
            kind,
            areas.names([row.village]).get(row.village, ""),
        ],
    }


def _line(one: selectors.ItemRow) -> Row:
    notes = [one.source, one.note]
    if one.last:
        notes.append(_("与上一轮不同，上一轮：{value}").format(value=one.last))
    return Row(one.label, one.value, " · ".join(filter(None, notes)))


def _told(shown: Sheet) -> list[Row]:
    """The form's own fields, for whoever may not change them any more."""
    at = standing_of(shown.reply)
    labels = (
        ("status", _("人员状态") if at.of.about == "person" else _("村（社区）的状态")), ("reason", _("没有调查到的原因")), ("mode", _("调查方式")),
        ("declarant", _("申报人")), ("declarant_name", _("申报人姓名")), ("note", _("备注")),
    )  # fmt: skip
    reply = shown.reply
    return [
        Row(label, selectors.field_value(at, name, getattr(reply, name)))
        for name, label in labels
        if getattr(reply, name)
    ]


def _saved(request: HttpRequest, shown: Sheet, sheet: SheetForm) -> HttpResponse | None:
    row, act = shown.reply, request.POST.get("act", "submit")
    try:
        if act == "home":
            n = confirm_home(
                actor=request.user,
                reply=row,
                versions=sheet.home_versions(),
                fields=sheet.fields_of_form(),
                key=sheet.cleaned_data["key"],
            )
            told = ngettext("全家 {n} 份已提交。", "全家 {n} 份已提交。", n).format(n=n)
            messages.success(request, told)
            return HttpResponseRedirect(_next(row))  # nosemgrep: open-redirect - an address of ours, of a row
        done = save_reply(
            actor=request.user,
            reply=row,
            version=sheet.cleaned_data["version"],
            typed=sheet.typed(),
            key=sheet.cleaned_data["key"],
            hand_in=act != "save",
            pictures=sheet.cleaned_data.get("photos", ()),
        )
    except access.Forbidden:
        raise
    except (Problem, Problems) as problem:
        refused(sheet, problem, version=row.version)
        return None
    return _led_on(request, row, done, kept=act == "save")


def _led_on(request: HttpRequest, row: Reply, done: Saved, *, kept: bool) -> HttpResponse:
    here = reverse("desk:round-form", args=[row.uuid])
    if done.disputes:
        n = len(done.disputes)
        told = ngettext(
            "有 {n} 项同事刚才登记得不一样，两种都留着，请选定。",
            "有 {n} 项同事刚才登记得不一样，两种都留着，请选定。",
            n,
        )
        messages.warning(request, told.format(n=n))
        return HttpResponseRedirect(here)
    if kept:
        messages.success(request, _("已保存，还没有提交。"))
        return HttpResponseRedirect(here)
    messages.success(request, _("{name}已提交，等待乡镇审核。").format(name=row.name))
    return HttpResponseRedirect(_next(row))


def _next(row: Reply) -> str:
    """The next of the household whose form is still open, else the list of the village."""
    rows = Reply.objects.filter(
        round=row.round_id, household=row.household_id, state__in=TO_DO
    )  # rule: rows-in-web - beside a row that was read
    other = rows.order_by("id").first() if row.household_id else None
    if other is not None:
        return reverse("desk:round-form", args=[other.uuid])
    return f"{reverse('desk:round-left', args=[row.round.uuid])}?at={row.village}"


def _decide(request: HttpRequest, row: Reply) -> HttpResponse:
    number, _colon, keep = request.POST["keep"].partition(":")
    dispute = (
        ReplyDispute.objects.select_related(
            "reply__round", "reply__person"
        )  # rule: rows-in-web - of the row that was read
        .filter(reply=row, pk=digits(number) or 0)
        .first()
    )
    if dispute is None:
        raise Problem("dispute-not-found", Message("没有这一项，可能已经选定。"))
    decide_dispute(actor=request.user, dispute=dispute, keep=keep)
    messages.success(request, _("已选定，另一种说法留在记录里。"))
    return HttpResponseRedirect(reverse("desk:round-form", args=[row.uuid]))


def _returned(request: HttpRequest, row: Reply, back: ReturnForm) -> HttpResponse | None:
    try:
        return_reply(actor=request.user, reply=row, **back.cleaned_data)
    except access.Forbidden:
        raise
    except (Problem, Problems) as problem:
        add_problems(back, problem)
        return None
    messages.success(request, _("已退回，要补正的一次列全了。"))
    return HttpResponseRedirect(reverse("desk:round-check", args=[row.round.uuid]))


@page(Action.ROUND_READ, shows="photo")
def photo(request: HttpRequest, photo: uuid.UUID) -> HttpResponse:
    """A photograph, to whoever may read its form."""
    found = selectors.photo_for(request.user, photo)
    data = sealing.open_bytes("round_photo", found.sealed)
    return HttpResponse(data, content_type=found.media, headers={"Cache-Control": "no-store"})
