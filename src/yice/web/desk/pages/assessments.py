"""Assessments: which scale, item by item, the result with its band, a dispute, and what comes back as work."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yice.accounts import access
from yice.accounts.enums import Action
from yice.areas import selectors as areas
from yice.loop.assess import selectors, services
from yice.loop.assess.enums import AssessmentState
from yice.loop.assess.models import Assessment
from yice.loop.assess.selectors import ToAssess
from yice.loop.deliver.services.standing import office_name
from yice.loop.identify.looking import LIST
from yice.loop.identify.selectors.person import identity_and_settled
from yice.loop.identify.services import rows
from yice.policy.words import text
from yice.rules.services import NEEDS, Scale
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message
from yice.web.desk.assess_forms import AssessForm, DetermineForm, DisputeForm
from yice.web.desk.door import page
from yice.web.desk.forms import refusing
from yice.web.desk.person_parts import bar

WHY = {"expired": ("bad", "clock"), "expiring": ("wait", "clock"), "disputed": ("odd", "diamond")}


@page(Action.ASSESSMENT_READ, shows=LIST)
def assessments(request: HttpRequest) -> HttpResponse:
    """Results that ran out or soon will, and those in dispute."""
    found = selectors.to_assess(request.user)
    places = areas.names({one.person.residence for one in found})
    views = [_due(one, places) for one in found]
    manages = bool(access.grants(request.user, Action.ASSESSOR_MANAGE))
    context = {"rows": views, "total": selectors.tally(request.user), "manages": manages}
    return render(request, "desk/assessments.html", context)


def _due(one: ToAssess, places: dict[str, str]) -> dict[str, object]:
    scale = selectors.scale_of(one.assessment)
    words = {"expired": _("已过期"), "expiring": _("快到期"), "disputed": _("有异议")}
    tone, shape = WHY[one.why]
    return {
        "of": one.assessment,
        "person": one.person,
        "place": places.get(one.person.residence, ""),
        "scale": text(scale.title) if scale else one.assessment.kind,
        "why": words[one.why],
        "tone": tone,
        "shape": shape,
        "known": scale is not None,
    }


@page(Action.ASSESSMENT_READ, shows="person")
def person_assessments(request: HttpRequest, person: uuid.UUID) -> HttpResponse:
    """Every scale with its last result, and the conclusions drawn."""
    found = rows.person(request.user, person)
    identity = identity_and_settled(request.user, found)[0]
    made = selectors.assessments(request.user, found)
    scales = selectors.scales_of(found)
    last = {one.kind: one for one in reversed(made)}
    context = {
        "identity": identity,
        "bar": bar(identity),
        "scales": [_scale(scale, last.get(name)) for name, scale in scales.items()],
        "earlier": [(one, _title(one, scales), _band(one, scales)) for one in made],
        "concluded": [
            (one, [text(NEEDS[kind]) for kind in one.needs if kind in NEEDS])
            for one in selectors.determinations(request.user, found)
        ],
        "may": access.may(request.user, Action.ASSESSMENT_RECORD, found).allowed,
    }
    return render(request, "desk/person_assessments.html", context)


def _scale(scale: Scale, last: Assessment | None) -> dict[str, object]:
    return {
        "id": scale.id,
        "title": text(scale.title),
        "certified": scale.certified,
        "items": len(scale.items),
        "last": last,
        "band": _band(last, {scale.id: scale}) if last else "",
    }


def _title(one: Assessment, scales: dict[str, Scale]) -> str:
    return text(scales[one.kind].title) if one.kind in scales else one.kind


def _band(one: Assessment, scales: dict[str, Scale]) -> str:
    scale = scales.get(one.kind)
    band = next((band for band in scale.bands if band.id == one.band), None) if scale else None
    return text(band.says) if band else ""


@page(Action.ASSESSMENT_RECORD, post=True, shows="person")
def assess(request: HttpRequest, person: uuid.UUID, scale: str) -> HttpResponse:
    """Record one. Where the last of its kind is disputed this is the final opinion on it."""
    found = rows.person(request.user, person)
    access.require(request.user, Action.ASSESSMENT_RECORD, found)
    by = selectors.scales_of(found).get(scale)
    if by is None:
        raise Problem("scale-not-found", Message("这个地方的策略包里没有这种评估。"))
    disputed = next(
        (
            one
            for one in selectors.assessments(request.user, found)
            if one.kind == scale and one.state == AssessmentState.DISPUTED
        ),
        None,
    )
    form = AssessForm(by, found.residence, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with refusing(form):
            made = services.record_assessment(
                actor=request.user, person=found, kind=scale, settles=disputed, **form.said()
            )
            messages.success(request, _("已登记评估。"))
            return HttpResponseRedirect(reverse("desk:assessment", args=[made.uuid]))
    identity = identity_and_settled(request.user, found)[0]
    context = {
        "identity": identity,
        "bar": bar(identity),
        "form": form,
        "scale": text(by.title),
        "clause": by.clause,
        "credit": by.credit,
        "licensed": not by.items and bool(by.bands),
        "disputed": disputed,
    }
    return render(request, "desk/assess.html", context, status=422 if form.errors else 200)


@page(Action.ASSESSMENT_READ, post=True, shows="assessment")
def assessment(request: HttpRequest, assessment: uuid.UUID) -> HttpResponse:
    """One result: its items, the score and the band, until when it holds; objecting to it."""
    row = selectors.assessment(request.user, assessment)
    scale = selectors.scale_of(row)
    form = DisputeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with refusing(form):
            services.dispute_assessment(actor=request.user, assessment=row, **form.cleaned_data)
            messages.success(request, _("已登记异议。有了最终意见以前，这份评估不作依据。"))
            return HttpResponseRedirect(reverse("desk:assessment", args=[row.uuid]))
    items = [(text(item.says), row.answers.get(item.id)) for item in scale.items] if scale else []
    may = access.may(request.user, Action.ASSESSMENT_RECORD, row).allowed
    context = {
        "of": row,
        "person": row.person,
        "scale": text(scale.title) if scale else row.kind,
        "known": scale is not None,
        "band": _band(row, {row.kind: scale}) if scale else "",
        "items": items,
        "paths": [
            (
                text(one.service.title),
                text(one.step.title),
                [office_name(str(who)) for who in one.step.who],
                one.step.clause,
            )
            for one in selectors.dispute_paths(row.person, row.kind)
        ],
        "form": form,
        "may_dispute": may and row.state == AssessmentState.VALID and not row.final,
        "again": may
        and scale is not None
        and (row.state in (AssessmentState.DISPUTED, AssessmentState.EXPIRED) or _past(row)),
    }
    return render(request, "desk/assessment.html", context, status=422 if form.errors else 200)


def _past(row: Assessment) -> bool:
    return row.valid_until is not None and row.valid_until < clock.today()


@page(Action.ASSESSMENT_RECORD, post=True, shows="person")
def determine(request: HttpRequest, person: uuid.UUID) -> HttpResponse:
    """The comprehensive conclusion; what the rules say today and all valid results are kept beside it."""
    found = rows.person(request.user, person)
    form = DetermineForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with refusing(form):
            services.determine(actor=request.user, person=found, **form.cleaned_data)
            messages.success(request, _("已作出综合认定。"))
            return HttpResponseRedirect(reverse("desk:person-assessments", args=[person]))
    identity = identity_and_settled(request.user, found)[0]
    context = {
        "identity": identity,
        "bar": bar(identity),
        "form": form,
        "heading": _("综合认定"),
        "send": _("作出认定"),
        "hint": _("今天各类政策的判断结果和有效的评估会一同留存。"),
    }
    return render(request, "desk/person_form.html", context, status=422 if form.errors else 200)
