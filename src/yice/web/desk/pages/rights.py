"""People's rights: on what ground data are used, consent and its withdrawal, objection, guardians, a copy, disposal."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yice.accounts import access
from yice.accounts.enums import Action
from yice.loop.identify import services
from yice.loop.identify.looking import LIST
from yice.loop.identify.models import Person
from yice.loop.identify.rights import consents, copying, disposal, guardians, objections, uses
from yice.loop.identify.rights.basis import Purpose, answered, purposes, requests
from yice.loop.identify.rights.enums import GivenBy, Ground, How, ObjectionAnswer
from yice.loop.identify.rights.selectors import rights
from yice.loop.identify.selectors.person import identity_and_settled, person_page
from yice.policy.words import text
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message
from yice.terms.periods import age_on
from yice.web.desk.door import page
from yice.web.desk.forms import refusing, uuid_in
from yice.web.desk.handing import hand_over
from yice.web.desk.pages.person import tabs
from yice.web.desk.paging import digits, number_of, page_of
from yice.web.desk.person_parts import bar
from yice.web.desk.right_forms import (
    AnswerForm,
    BasisForm,
    ConsentForm,
    CopyForm,
    GuardianForm,
    ObjectionForm,
    WithdrawForm,
)
from yice.web.ui import words
from yice.web.ui.forms import Form


@page(Action.PERSON_READ, shows="person")
def person_rights(request: HttpRequest, person: uuid.UUID) -> HttpResponse:
    row = services.person(request.user, person)
    shown = person_page(request.user, person)
    found = rights(request.user, row)
    context = {
        "shown": shown,
        "bar": bar(shown.identity),
        "tabs": tabs(shown, "rights"),
        "rights": found,
        "uses": [(one, text(one.purpose.title), *_told(one.purpose)) for one in found.uses],
        "objections": [(one, text(answered()[one.purpose].title)) for one in found.objections],
        "requests": [(name, text(one.title)) for name, one in requests().items()],
    }
    return render(request, "desk/person_rights.html", context)


@page(Action.CONSENT_RECORD, post=True, shows="person")
def consent(request: HttpRequest, person: uuid.UUID, purpose: str) -> HttpResponse:
    """Agree, no longer agree, or object, by what the use rests on and what stands."""
    row = services.person(request.user, person)
    use = answered().get(purpose)
    if use is None:
        raise Problem("not-found", Message("没有这一项用途。"))
    stands = use.basis == "consent" and consents.refusal(row, purpose) is None
    data = request.POST if request.method == "POST" else None
    form: Form
    if use.basis == "request":
        form, heading, send = ObjectionForm(data, asks=True), _("登记请求：{use}"), _("登记请求")
    elif use.basis == "duty":
        form, heading, send = ObjectionForm(data), _("提出异议：{use}"), _("登记异议")
    elif stands:
        form, heading, send = WithdrawForm(data), _("撤回同意：{use}"), _("登记撤回")
    else:
        form, heading, send = (
            ConsentForm(data, initial={"given_on": clock.today()}),
            _("登记同意：{use}"),
            _("登记同意"),
        )
    if form.is_bound and form.is_valid():
        with refusing(form):
            _say(request, row, use, form)
            return HttpResponseRedirect(reverse("desk:person-rights", args=[person]))
    return _form_page(
        request,
        row,
        form,
        heading.format(use=text(use.title)),
        send,
        told=[*_told(use), *_hints(use, stands)],
    )


def _say(request: HttpRequest, row: Person, use: Purpose, form: Form) -> None:
    said, by = form.cleaned_data, GivenBy(form.cleaned_data["given_by"])
    if isinstance(form, ObjectionForm):
        made = objections.record_objection(
            actor=request.user, person=row, purpose=use.id, said=said["said"], said_by=by, key=said["key"]
        )
        day = words.day(made.due_on)
        told = _("已登记请求，{day}前答复。") if use.basis == "request" else _("已登记异议，{day}前答复。")
        messages.success(request, told.format(day=day))
    elif isinstance(form, WithdrawForm):
        consents.withdraw_consent(
            actor=request.user, person=row, purpose=use.id, withdrawn_by=by, how=How(said["how"])
        )
        messages.success(request, _("已撤回，从现在起不再使用。补贴和服务不受影响。"))
    else:
        consents.record_consent(
            actor=request.user, person=row, purpose=use.id, given_by=by, how=How(said["how"]),
            guardian=said["guardian"], form=said["form"], given_on=said["given_on"], until=said["until"],
        )  # fmt: skip
        messages.success(request, _("已登记同意。本人可以随时撤回。"))


@page(Action.GUARDIAN_RECORD, post=True, shows="person")
def guardian(request: HttpRequest, person: uuid.UUID) -> HttpResponse:
    """Put a guardian on file, or renew one: ?renew= names the row."""
    row = services.person(request.user, person)
    before = row.guardians.filter(pk=digits(request.GET.get("renew", "")) or 0).first()
    child = row.birth_date is not None and age_on(row.birth_date, clock.today()) < guardians.OF_AGE
    data = request.POST if request.method == "POST" else None
    form = GuardianForm(data, before, Ground.MINOR if child else "")
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        with refusing(form):
            guardians.record_guardian(
                actor=request.user,
                person=row,
                **{**said, "ground": Ground(said["ground"])},
                instead_of=before,
            )
            messages.success(request, _("已登记监护人。"))
            return HttpResponseRedirect(reverse("desk:person-rights", args=[person]))
    heading = _("续办监护：{name}").format(name=before.name) if before else _("登记监护人")
    return _form_page(request, row, form, heading, _("保存"), told=[])


@page(Action.RECORD_COPY, post=True, anew=True, shows="person")
def copy(request: HttpRequest, person: uuid.UUID) -> HttpResponse:
    """Everything on file about somebody, for them to take home."""
    row = services.person(request.user, person)
    form = CopyForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        with refusing(form):
            export = copying.copy_of_record(
                actor=request.user, person=row, given_to=GivenBy(said["given_by"]), guardian=said["guardian"]
            )
            return hand_over(
                request,
                export,
                _("本人资料副本"),
                filters={"person": str(row.uuid)},
                about=copying.about(row),
            )
    told = [
        _("副本里有完整的证件号码、电话和住址，只交给本人或监护人。"),
        _("没有核实的线索不在副本里；本人发现有错的，可以当场更正或请登记机关更正。"),
    ]
    return _form_page(request, row, form, _("制作本人资料副本"), _("制作副本"), told=told)


@page(Action.RETENTION_MANAGE, post=True, shows="person")
def erase(request: HttpRequest, person: uuid.UUID) -> HttpResponse:
    """What somebody asks to have erased: photographs; of the rest the page says why it stays."""
    row = services.person(request.user, person)
    form = BasisForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with refusing(form):
            disposal.ask_disposal(
                actor=request.user, kind="photos", basis=form.cleaned_data["basis"], person=row
            )
            messages.success(request, _("已提出，等另一人审核。"))
            return HttpResponseRedirect(reverse("desk:person-rights", args=[person]))
    told = [_("可以删除：走访和登记表的照片。下列资料依法要保存：")]
    told += [str(one) for one in disposal.why_kept(row)]
    return _form_page(request, row, form, _("删除本人的照片"), _("提出删除"), told=told)


@page(Action.RIGHTS_ANSWER, post=True, shows="objection")
def objection(request: HttpRequest, objection: uuid.UUID) -> HttpResponse:
    row = objections.objection(request.user, objection)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        with refusing(form):
            objections.answer_objection(
                actor=request.user, objection=row, answer=ObjectionAnswer(said["answer"]), note=said["note"]
            )
            messages.success(request, _("已答复。"))
            return HttpResponseRedirect(reverse("desk:rights"))
    use = answered()[row.purpose]
    told = [row.said, *_told(use)]
    heading = (_("答复请求：{use}") if row.purpose in requests() else _("答复异议：{use}")).format(
        use=text(use.title)
    )
    return _form_page(request, row.person, form, heading, _("答复"), told=told)


@page(Action.CONSENT_RECORD, post=True, shows=LIST)
def waiting(request: HttpRequest) -> HttpResponse:
    """Of the whole area: objections without an answer, guardians to renew, what each use may show, what may go."""
    problem = None
    if request.method == "POST":
        try:
            _decide(request)
            return HttpResponseRedirect(reverse("desk:rights"))
        except access.Forbidden:
            raise
        except Problem as refused:
            problem = refused
    manages = bool(access.grants(request.user, Action.RETENTION_MANAGE))
    due = disposal.due(request.user) if manages else []
    context = {
        "problem": problem,
        "objections": [
            (one, text(answered()[one.purpose].title)) for one in objections.waiting(request.user)[:50]
        ],
        "guardians": guardians.waiting(request.user)[:50],
        "uses": [(name, text(one.title)) for name, one in purposes().items() if one.basis == "consent"],
        "due": [(one, text(one.kept.title)) for one in due],
        "asked": [
            (one, text(disposal.kinds()[one.kind].title), one.asked_by_id != request.user.pk)
            for one in (disposal.waiting(request.user)[:50] if manages else [])
        ],
    }
    return render(request, "desk/rights.html", context, status=422 if problem else 200)


def _decide(request: HttpRequest) -> None:
    act = request.POST.get("act", "")
    if act == "ask":
        basis = _("保存期满")
        disposal.ask_disposal(actor=request.user, kind=request.POST.get("kind", ""), basis=basis)
        messages.success(request, _("已提出，等另一人审核。"))
        return
    key = uuid_in(request.POST.get("key"))
    if key is None or act not in ("agree", "refuse"):
        raise Problem("disposal-not-found", Message("没有这一项，或者已经决定。"))
    done = disposal.decide_disposal(actor=request.user, key=key, agree=act == "agree")
    if act == "agree":
        messages.success(request, _("已销毁 {n} 项。").format(n=done.gone))
    else:
        messages.success(request, _("没有同意，资料留着。"))


@page(Action.CONSENT_RECORD, shows=LIST)
def consented(request: HttpRequest, purpose: str) -> HttpResponse:
    """Who may be named for a use: those who agreed, with the least there is to say of them."""
    shown = uses.consented(request.user, purpose, number_of(request.GET))
    context = {
        "shown": shown,
        "title": text(shown.purpose.title),
        "told": _told(shown.purpose),
        "page": page_of(shown.total, number_of(request.GET), uses.PAGE_SIZE),
        "export": reverse("desk:consented-export", args=[purpose])
        if shown.total and access.grants(request.user, Action.EXPORT)
        else "",
    }
    return render(request, "desk/consented.html", context)


@page(Action.EXPORT, post=True)
def consented_export(request: HttpRequest, purpose: str) -> HttpResponse:
    access.require(request.user, Action.CONSENT_RECORD)
    if request.method != "POST":
        return HttpResponseRedirect(reverse("desk:consented", args=[purpose]))
    export, use = uses.export(request.user, purpose)
    about = [(_("依据"), _("本人或监护人单独同意；撤回后不得再用。")), (_("用途"), text(use.uses))]
    title = _("同意“{use}”的人").format(use=text(use.title))
    return hand_over(request, export, title, filters={"purpose": purpose}, about=about)


def _told(use: Purpose) -> list[str]:
    """The notice of a use: what for, who sees it, on which ground."""
    return [
        _("做什么用：{uses}").format(uses=text(use.uses)),
        _("谁能看到：{sees}").format(sees=text(use.sees)),
        _("依据：{source}").format(source=words.listed(use.source, "；")),
    ]


def _hints(use: Purpose, stands: bool) -> list[str]:
    if use.basis == "request":
        return []
    if use.basis == "duty":
        return [_("这是依法履行职责，不以同意为前提，也不会因为异议停办补贴和服务；异议要答复。")]
    return [_("撤回不需要理由，补贴和服务不受影响。")] if stands else [_("不同意不影响补贴和服务。")]


def _form_page(
    request: HttpRequest, row: Person, form: Form, heading: str, send: str, *, told: list[Any]
) -> HttpResponse:
    identity = identity_and_settled(request.user, row)[0]
    context = {
        "identity": identity, "bar": bar(identity), "form": form, "heading": heading, "send": send, "told": told,
    }  # fmt: skip
    return render(request, "desk/rights_form.html", context, status=422 if form.errors else 200)
