"""The worklist as a file, with the filters of its address. A file leaves by POST: it is written down each time."""

from __future__ import annotations

from dataclasses import asdict

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from yice.accounts.enums import Action
from yice.loop.identify.selectors.exports import findings
from yice.loop.identify.selectors.filters import Filters
from yice.web.desk.door import page
from yice.web.desk.handing import hand_over


@page(Action.EXPORT, post=True)
def worklist(request: HttpRequest) -> HttpResponse:
    filters = Filters.read(request.GET)
    sort = request.GET.get("sort", "oldest")
    if request.method != "POST":
        return HttpResponseRedirect(f"{reverse('desk:worklist')}?{filters.query(sort=sort)}")
    chosen = {name: value for name, value in asdict(filters).items() if value}
    return hand_over(request, findings(request.user, filters, sort), _("工作清单"), filters=chosen)
