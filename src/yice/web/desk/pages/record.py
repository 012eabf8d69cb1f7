"""What was done in my area, as sentences: of everybody, of one person, or by one employee."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from yice.accounts import selectors
from yice.accounts.enums import Action
from yice.accounts.selectors import PAGE_SIZE
from yice.loop.identify.looking import LIST
from yice.loop.identify.services import person as readable
from yice.web.desk.door import page
from yice.web.desk.forms import uuid_in
from yice.web.desk.paging import digits, number_of, page_of
from yice.web.ui.forms import FilterForm


@page(Action.AUDIT_READ, shows=LIST)
def record(request: HttpRequest) -> HttpResponse:
    by, person = digits(request.GET.get("by", "")), uuid_in(request.GET.get("person", ""))
    about = readable(request.user, person) if person else None  # somebody out of scope is somebody not there
    shown = selectors.events(request.user, person=person, by=by, page=number_of(request.GET))
    employees = [(str(key), name) for key, name in selectors.employees(request.user)]
    context = {
        "rows": shown.rows,
        "page": page_of(shown.total, shown.page, PAGE_SIZE),
        "form": _form(employees, by, person),
        "about": about,
    }
    return render(request, "desk/record.html", context)


def _form(employees: list[tuple[str, str]], by: int | None, person: uuid.UUID | None) -> FilterForm:
    fields: dict[str, Any] = {
        "by": forms.ChoiceField(label=_("工作人员"), choices=[("", _("全部")), *employees]),
        "person": forms.CharField(widget=forms.HiddenInput),
    }
    data = {"by": str(by or ""), "person": str(person or "")}
    return type("RecordFilters", (FilterForm,), fields)(data)  # type: ignore[no-any-return]
