"""What is waiting for me, by kind and age; nothing waiting says what to do next."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from yice.accounts import access
from yice.accounts.enums import Action
from yice.loop.identify.selectors.home import home as waiting
from yice.web.desk.door import signed_in_page


@signed_in_page
def home(request: HttpRequest) -> HttpResponse:
    shown = waiting(request.user)
    return render(
        request,
        "desk/home.html",
        {
            "home": shown,
            "works": bool(access.grants(request.user, Action.FINDING_READ)),
            "reports": bool(access.grants(request.user, Action.REPORT_READ)),
            "plans_visits": bool(access.grants(request.user, Action.VISIT_PLAN)),
            "screens": bool(access.grants(request.user, Action.SCREENING_RUN)),
            "imports": bool(access.grants(request.user, Action.IMPORT_READ)),
        },
    )
