"""Papers: what can be printed of a person, a plan or a case, and the registers of a place. Each file leaves by POST."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yice.accounts import access
from yice.accounts.access import Place
from yice.accounts.enums import Action
from yice.areas import selectors as areas
from yice.areas.models import Tier
from yice.exchange.papers import filling, registers, services
from yice.exchange.papers.notices import notice_paper
from yice.exchange.papers.pdf import available
from yice.loop.deliver.selectors import case as cases
from yice.loop.identify.services import rows
from yice.loop.identify.services.unmasking import REASON_AT_LEAST
from yice.loop.plan import selectors as plans
from yice.policy.words import text
from yice.rules.papers import Paper
from yice.terms.errors import Problem
from yice.terms.messages import Message
from yice.web.desk.door import page
from yice.web.desk.forms import refusing
from yice.web.desk.pages.cases import READ
from yice.web.ui.forms import Form

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class PaperForm(Form):
    mark_optional = False
    paper = forms.ChoiceField(label=gettext_lazy("哪一张表"), widget=forms.RadioSelect)
    whole = forms.BooleanField(label=gettext_lazy("身份证号、电话、住址打印完整的"), required=False)
    reason = forms.CharField(
        label=gettext_lazy("为什么要完整的（选了完整的才填）"),
        help_text=gettext_lazy("会记入操作记录，例如：报县残联存档。"),
        required=False,
        max_length=200,
    )

    def __init__(self, papers: list[Paper], may_whole: bool, data: Any = None) -> None:
        super().__init__(data, initial={"paper": papers[0].id if papers else ""})
        self.fields["paper"].choices = [(one.id, text(one.title)) for one in papers]  # type: ignore[attr-defined]
        if not may_whole:
            del self.fields["whole"], self.fields["reason"]

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if said.get("whole") and len(said.get("reason", "").strip()) < REASON_AT_LEAST:
            self.add_error("reason", _("请写明为什么要完整的证件号，至少四个字。"))
        return said


class RegisterForm(PaperForm):
    area = forms.ChoiceField(label=gettext_lazy("哪个地方"))
    category = forms.ChoiceField(label=gettext_lazy("残疾类别"), required=False)
    grade = forms.ChoiceField(
        label=gettext_lazy("残疾等级"),
        required=False,
        choices=[("", gettext_lazy("全部")), ("1", "一级"), ("2", "二级"), ("3", "三级"), ("4", "四级")],
    )
    field_order = ("paper", "area", "category", "grade", "whole", "reason")


def handed(made: services.Printed) -> HttpResponse:
    response = HttpResponse(made.content, content_type={**services.FORMS, "xlsx": XLSX}[made.form])
    response["Content-Disposition"] = content_disposition_header(True, made.name) or "attachment"
    response["Cache-Control"] = "no-store"
    return response


def _about(request: HttpRequest, of: str, subject: uuid.UUID) -> tuple[filling.About, str, str]:
    """What the papers are about, whose name stands above them, and the way back."""
    if of == "plan":
        row = plans.plan(request.user, subject)
        about = filling.about_plan(row)
        return about, about.person.name if about.person else row.number, reverse("desk:plan", args=[row.uuid])
    if of == "case":
        case = cases.whole_case(request.user, subject)
        about = filling.about_case(case)
        return (
            about,
            about.person.name if about.person else case.subject,
            reverse("desk:case", args=[case.uuid]),
        )
    if of != "person":
        raise Problem("not-found", Message("没有这个页面。"))
    person = rows.person(request.user, subject)
    return filling.about_person(person), person.name, reverse("desk:person-help", args=[person.uuid])


@page(Action.PERSON_READ, *READ, post=True, shows="paper")
def papers(request: HttpRequest, of: str, subject: uuid.UUID) -> HttpResponse:
    """The papers of a person, a plan or a case."""
    about, name, back = _about(request, of, subject)
    may_whole = bool(about.people) and all(
        access.may(request.user, Action.PERSON_UNMASK, one).allowed for one in about.people
    )
    found = filling.papers_of(about)
    form = PaperForm(found, may_whole, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        with refusing(form):
            made = services.print_paper(
                actor=request.user, paper=said["paper"], about=about, form=_form(request),
                whole=bool(said.get("whole")), reason=said.get("reason", ""),
            )  # fmt: skip
            return handed(made)
    context = {"name": name, "back": back, "form": form, "pdf": available(), "marks": _marks(found)}
    return render(request, "desk/papers.html", context, status=422 if form.errors else 200)


def _form(request: HttpRequest) -> str:
    asked = request.POST.get("format") or request.GET.get("format", "")
    return asked if asked in ("pdf", "xlsx") else "docx"


def _marks(found: list[Paper]) -> list[tuple[str, str]]:
    """What each paper says about whose layout it is."""
    return [(text(one.title), filling.foot(one)) for one in found]


@page(Action.EXPORT, post=True)
def paper_registers(request: HttpRequest) -> HttpResponse:
    """The registers of a place, by filter."""
    here = [post.area for post, _grant in access.grants(request.user, Action.EXPORT)]
    first = here[0].code
    found = registers.registers(first)
    form = RegisterForm(
        found,
        access.may(request.user, Action.PERSON_UNMASK, Place(first)).allowed,
        request.POST if request.method == "POST" else None,
    )
    places = [(one.code, one.name) for area in here for one in (area, *areas.below(area.code, Tier.VILLAGE))]
    form.fields["area"].choices = list(dict.fromkeys(places))  # type: ignore[attr-defined]
    category = filling.plan_at(first).facts["category"] if found else None
    says = zip(category.codes, category.code_labels, strict=True) if category else ()
    form.fields["category"].choices = [  # type: ignore[attr-defined]
        ("", _("全部")),
        *((code, text(one)) for code, one in says),
    ]
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        with refusing(form):
            made = services.print_register(
                actor=request.user,
                paper=next(one for one in found if one.id == said["paper"]),
                chosen=registers.Chosen(said["area"], said["category"], said["grade"]),
                form=_form(request),
                whole=bool(said.get("whole")),
                reason=said.get("reason", ""),
            )
            return handed(made)
    context = {"form": form, "pdf": available(), "marks": _marks(found)}
    return render(request, "desk/registers.html", context, status=422 if form.errors else 200)


@page(*READ, post=True, shows="case")
def notice(request: HttpRequest, case: uuid.UUID, notice: uuid.UUID) -> HttpResponse:
    """A notice as a file: tagged PDF, in large print, or Word."""
    row = cases.case(request.user, case)
    found = row.notices.filter(uuid=notice).first()
    if found is None:
        raise Problem("notice-not-found", Message("没有这份告知书。"))
    large = "large" in (request.POST.get("size", ""), request.GET.get("size", ""))
    return handed(notice_paper(actor=request.user, notice=found, form=_form(request), large=large))
