"""The list that is hung up: who is to be granted what, as the pack says it is shown, and never a minor's details."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from yice.accounts import access
from yice.areas import selectors as areas
from yice.loop.deliver.selectors.publicity import PublicList, PublicRow, public_list
from yice.loop.identify.looking import LIST
from yice.policy.words import text
from yice.web.desk.door import page
from yice.web.desk.pages.cases import READ
from yice.web.ui import words


@page(*READ, shows=LIST)
def public(request: HttpRequest, service: str, step: str) -> HttpResponse:
    """What is being shown today in the reader's place, to read and to print; objections go to the street's desk."""
    here = min(low for action in READ for low, _high in access.ranges(request.user, action))
    shown = public_list(request.user, service, step, here)
    places = areas.names({row.values["area"] for row in shown.rows if "area" in row.values})
    known = {"name": _("姓名"), "area": _("地方"), "amount": _("金额（元）")}
    context = {
        "title": text(shown.title) if shown.title else "",
        "place": areas.names([here]).get(here, ""),
        "until": shown.until,
        "heads": [known[one] if one in known else text(shown.labels[one]) for one in shown.columns],
        "rows": [_cells(shown, row, places) for row in shown.rows if not row.minor],
        "minors": shown.minors,
    }
    return render(request, "desk/public.html", context)


def _cells(shown: PublicList, row: PublicRow, places: dict[str, str]) -> list[str]:
    says = {"area": lambda value: places.get(value, value), "amount": words.sum_of}
    return ["" if row.values[one] is None else says.get(one, str)(row.values[one]) for one in shown.columns]
