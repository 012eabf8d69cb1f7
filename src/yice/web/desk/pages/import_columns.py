"""Say by hand what a file's columns mean; the file is read again, and the next one laid out alike needs nothing."""

from __future__ import annotations

import uuid
import zlib
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yice.accounts import access
from yice.accounts.enums import Action
from yice.exchange.imports import mapping, selectors, services
from yice.loop.identify.models import Batch
from yice.rules.model import Plan
from yice.terms.errors import Problem, Problems
from yice.web.desk.door import page
from yice.web.desk.import_parts import Columns, columns_of, kind_title, label_of, plan_of
from yice.web.ui.errors import add_problems
from yice.web.ui.forms import Form

AUTOMATIC = "?"  # leave it as it is: nobody could read the column


@dataclass(frozen=True)
class Understood:
    """A column that was read: what for, and the address that opens it to be chosen otherwise."""

    heading: str
    meaning: str
    change: str


@page(Action.IMPORT_REGISTRY, Action.IMPORT_LIST, post=True)
def columns(request: HttpRequest, batch: uuid.UUID) -> HttpResponse:
    shown = selectors.batch(request.user, batch)
    found = shown.batch
    access.require(request.user, services.action_of(found), found)
    plan = plan_of(found.area)
    told = columns_of(found, plan)
    opened = set(request.GET.getlist("change"))
    form = _form(found, told, opened, shown.kind, plan, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and (done := _taken(request, found, form)) is not None:
        return done
    context = {
        "batch": found,
        "title": kind_title(shown.kind, plan),
        "form": form,
        "understood": [
            Understood(one.heading, one.meaning, _change(request.GET, one.heading))
            for one in told.understood
            if key_of(one.heading) not in opened
        ],
        "remembered": told.remembered,
        "decided": found.state in mapping.DECIDED,
    }
    return render(request, "desk/import_columns.html", context, status=422 if form.errors else 200)


def key_of(heading: str) -> str:
    """A heading in an address and as a field's name; places may shift while somebody reads."""
    return f"c{zlib.crc32(heading.encode()):08x}"


def _change(query: QueryDict, heading: str) -> str:
    again = query.copy()
    again.appendlist("change", key_of(heading))
    return f"?{again.urlencode()}#id_{key_of(heading)}"


def _form(
    batch: Batch, told: Columns, opened: set[str], kind: str, plan: Plan | None, data: Any
) -> forms.Form:
    """A choice for every column without a use, and for those that were opened."""
    choices = [(one.name, label_of(one.name, plan)) for one in mapping.meanings(kind)]
    current = dict(batch.mapping.get("fields", {}))
    made: dict[str, Any] = {"mark_optional": False, "headings": {}}
    asked = [
        *((heading, AUTOMATIC, _("没有认出")) for heading in told.unknown),
        *((heading, AUTOMATIC, _("别的栏已经有这项内容，没有用到")) for heading in told.unused),
        *((heading, "", _("按您说的，没有用到")) for heading in told.left_out),
        *((one.heading, "", _("当作“{meaning}”").format(meaning=one.meaning))
          for one in told.understood if key_of(one.heading) in opened),
    ]  # fmt: skip
    for heading, initial, hint in asked:
        name = current.get(heading, initial)
        offered = (
            [(AUTOMATIC, _("先不管")), ("", _("不使用这一栏"))]
            if name == AUTOMATIC
            else [("", _("不使用这一栏"))]
        )
        if name and name != AUTOMATIC and name not in dict(choices):
            offered.append((name, label_of(name, plan)))
        made[key_of(heading)] = forms.ChoiceField(
            label=heading, help_text=hint, choices=[*offered, *choices], initial=name, required=False
        )
        made["headings"][key_of(heading)] = (heading, name)
    form_class = type("ColumnsForm", (Form,), made)
    return form_class(data)  # type: ignore[no-any-return]


def _taken(request: HttpRequest, batch: Batch, form: Any) -> HttpResponse | None:
    chosen = {
        heading: form.cleaned_data[key]
        for key, (heading, before) in form.headings.items()
        if form.cleaned_data[key] not in (before, AUTOMATIC)
    }
    try:
        again = mapping.remap(actor=request.user, batch=batch, chosen=chosen)
    except (Problem, Problems) as problem:
        add_problems(form, problem)
        return None
    assert again.job is not None  # noqa: S101 - reading again always asks for one
    return HttpResponseRedirect(reverse("desk:job", args=[again.job.uuid]))
