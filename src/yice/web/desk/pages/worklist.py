"""The worklist: filters, sort and page stand in the address, so that a list can be kept and sent to a colleague."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yice.accounts import access
from yice.accounts.enums import Action
from yice.loop.identify.selectors.filters import Filters
from yice.loop.identify.selectors.worklist import PAGE_SIZE, Facet, Worklist
from yice.loop.identify.selectors.worklist import worklist as findings
from yice.web.desk.door import page
from yice.web.ui.forms import FilterForm


@page(Action.FINDING_READ)
def worklist(request: HttpRequest) -> HttpResponse:
    filters = Filters.read(request.GET)
    shown = findings(request.user, filters, request.GET.get("sort", "oldest"), _page_of(request.GET))
    return render(
        request,
        "desk/worklist.html",
        {
            "list": shown,
            "form": _form(shown, filters),
            "page": Paginator(range(shown.total), PAGE_SIZE).page(shown.page),
            "export": f"{reverse('desk:export')}?{filters.query(sort=shown.sort)}"
            if access.grants(request.user, Action.EXPORT)
            else "",
            "default_sort": "oldest",
        },
    )


def _page_of(query: QueryDict) -> int:
    text = query.get("page", "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def _form(shown: Worklist, filters: Filters) -> FilterForm:
    """The filters as a form: only choices that somebody in scope has, each with its count."""
    fields: dict[str, Any] = {facet.name: _field(facet) for facet in shown.facets}
    fields["sort"] = forms.ChoiceField(
        label=_("排序"), choices=[(choice.value, choice.label) for choice in shown.sorts]
    )
    form_class = type("WorklistFilters", (FilterForm,), fields)
    data: dict[str, Any] = {}
    for name in fields:
        value = getattr(filters, name, None)
        chosen = value[0] if isinstance(value, tuple) and len(value) == 1 else value
        if name == "state" and not filters.state:
            chosen = "all"
        data[name] = "" if isinstance(chosen, tuple) or chosen in (None, False) else chosen
    data["overdue"] = "1" if filters.overdue else ""
    data["sort"] = shown.sort
    return form_class(data)  # type: ignore[no-any-return]


def _field(facet: Facet) -> forms.ChoiceField:
    every = [("", _("未办结")), ("all", _("全部"))] if facet.name == "state" else [("", _("全部"))]
    choices = [(choice.value, f"{choice.label} ({choice.count})") for choice in facet.choices]
    return forms.ChoiceField(label=facet.label, choices=[*every, *choices])
