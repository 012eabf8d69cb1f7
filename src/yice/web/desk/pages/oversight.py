"""The audit administrator's page: reading out of the ordinary, the chain's anchors, what the door and the others did."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from yice.accounts import oversight as selectors
from yice.accounts.enums import Action
from yice.web.desk.door import page
from yice.web.desk.paging import digits, number_of, page_of
from yice.web.ui.forms import FilterForm


@page(Action.AUDIT_OVERSEE)
def oversight(request: HttpRequest) -> HttpResponse:
    by = digits(request.GET.get("by", ""))
    shown = selectors.watched_events(request.user, by=by, page=number_of(request.GET))
    choices = [("", _("全部")), *((str(key), name) for key, name in selectors.employees(request.user))]
    fields: dict[str, Any] = {"by": forms.ChoiceField(label=_("工作人员"), choices=choices)}
    context = {
        "unusual": selectors.unusual(request.user),
        "anchors": [
            (one.day, bytes(one.hash).hex()[:16], one.event_id) for one in selectors.anchors(request.user)
        ],
        "rows": shown.rows,
        "page": page_of(shown.total, shown.page, selectors.PAGE),
        "form": type("OversightFilters", (FilterForm,), fields)({"by": str(by or "")}),
    }
    return render(request, "desk/oversight.html", context)
