"""The worklist: filters, sort and page stand in the address, so that a list can be kept and sent to a colleague."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yice.accounts import access
from yice.accounts.enums import Action, Line
from yice.loop.identify.looking import LIST
from yice.loop.identify.selectors.filters import Filters
from yice.loop.identify.selectors.worklist import PAGE_SIZE, Facet, Worklist
from yice.loop.identify.selectors.worklist import worklist as findings
from yice.web.desk.door import page
from yice.web.desk.paging import number_of
from yice.web.ui.forms import FilterForm
from yice.web.ui.parts import Tab

FIRST_SORT = "oldest"


@page(Action.FINDING_READ, shows=LIST)
def worklist(request: HttpRequest) -> HttpResponse:
    filters = Filters.read(request.GET)
    shown = findings(request.user, filters, request.GET.get("sort", FIRST_SORT), number_of(request.GET))
    form = _form(shown, filters)
    address = f"{reverse('desk:export')}?{filters.query(sort=shown.sort)}"
    return render(
        request,
        "desk/worklist.html",
        {
            "list": shown,
            "form": form,
            "tabs": _tabs(shown, filters),
            "chosen": sum(
                name in request.GET and bool(form[name].value()) for name in form.fields if name != "kind"
            ),
            "pays": Line.PAYMENT in access.lines(request.user, Action.FINDING_READ),
            "places": len({row.village for row in shown.rows}) > 1
            or any(row.residence for row in shown.rows),
            "page": Paginator(range(shown.total), PAGE_SIZE).page(shown.page),
            "export": address if access.grants(request.user, Action.EXPORT) else "",
            "default_sort": FIRST_SORT,
        },
    )


def _tabs(shown: Worklist, filters: Filters) -> list[Tab]:
    """The kinds side by side, each with its count under the other filters."""
    kinds = next((facet.choices for facet in shown.facets if facet.name == "kind"), [])
    if not kinds:
        return []
    here, sort = reverse("desk:worklist"), "" if shown.sort == FIRST_SORT else shown.sort
    every = Tab(
        _("全部"),
        f"{here}?{filters.query(kind=(), sort=sort)}",
        not filters.kind,
        sum(k.count for k in kinds),
    )
    return [
        every,
        *(
            Tab(kind.label, f"{here}?{filters.query(kind=(kind.value,), sort=sort)}", kind.chosen, kind.count)
            for kind in kinds
        ),
    ]


def _form(shown: Worklist, filters: Filters) -> FilterForm:
    """The filters as a form: only choices that somebody in scope has, each with its count.

    The kind is chosen by the tabs and kept in the form unseen.
    """
    fields: dict[str, Any] = {facet.name: _field(facet) for facet in shown.facets if facet.name != "kind"}
    fields["sort"] = forms.ChoiceField(
        label=_("排序"), choices=[(choice.value, choice.label) for choice in shown.sorts]
    )
    fields["kind"] = forms.CharField(widget=forms.MultipleHiddenInput)
    form_class = type("WorklistFilters", (FilterForm,), fields)
    data: dict[str, Any] = {"sort": shown.sort, "kind": list(filters.kind)}
    for name in form_class.base_fields.keys() - data.keys():
        data[name] = _chosen(filters, name)
    return form_class(data)  # type: ignore[no-any-return]


def _chosen(filters: Filters, name: str) -> Any:
    if name == "overdue":
        return "1" if filters.overdue else ""
    if name == "state" and not filters.state:
        return "all"
    value = getattr(filters, name, "")
    if not isinstance(value, tuple):
        return value
    return value[0] if len(value) == 1 else ""


def _field(facet: Facet) -> forms.ChoiceField:
    every = [("", _("未办结")), ("all", _("全部"))] if facet.name == "state" else [("", _("全部"))]
    choices = [(choice.value, f"{choice.label} ({choice.count})") for choice in facet.choices]
    return forms.ChoiceField(label=facet.label, choices=[*every, *choices])
