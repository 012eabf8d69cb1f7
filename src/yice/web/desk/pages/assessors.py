"""Who is certified to assess in the area: put on record, ended."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yice.accounts import access
from yice.accounts.enums import Action
from yice.loop.assess import selectors, services
from yice.policy import selectors as policy
from yice.policy.words import text
from yice.rules.services import Scale
from yice.terms import clock
from yice.web.desk.assess_forms import AssessorForm
from yice.web.desk.door import page
from yice.web.desk.forms import refusing
from yice.web.ui import words


@page(Action.ASSESSOR_MANAGE, post=True)
def assessors(request: HttpRequest) -> HttpResponse:
    here = access.grants(request.user, Action.ASSESSOR_MANAGE)[0][0].area.code
    held = selectors.assessors(request.user)
    pack = policy.pack_for(here)
    scales: dict[str, Scale] = dict(policy.plan(pack).scales) if pack else {}
    ending = request.POST.get("end", "")
    if ending:
        row = next((one for one in held if str(one.uuid) == ending), None)
        if row is not None:
            services.end_certificate(actor=request.user, assessor=row)
            messages.success(request, _("已终止，从今天起不再有效。"))
        return HttpResponseRedirect(reverse("desk:assessors"))
    named = [(one.id, text(one.title)) for one in scales.values() if one.certified]
    form = AssessorForm(named, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with refusing(form):
            services.certify_assessor(actor=request.user, area=here, **form.cleaned_data)
            messages.success(request, _("已登记。"))
            return HttpResponseRedirect(reverse("desk:assessors"))
    today = clock.today()
    titles = {one.id: text(one.title) for one in scales.values()}
    views = [
        (
            one,
            words.listed(titles.get(kind, kind) for kind in one.kinds),
            one.until is None or one.until >= today,
        )
        for one in held
    ]
    context = {"form": form, "rows": views}
    return render(request, "desk/assessors.html", context, status=422 if form.errors else 200)
