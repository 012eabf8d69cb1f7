"""What is waiting for me, by kind and age; nothing waiting says what to do next."""

from __future__ import annotations

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import npgettext

from yice.accounts import access, glass, oversight
from yice.accounts.enums import Action
from yice.exchange.agreements.selectors import late_lists
from yice.exchange.imports.following import unscreened
from yice.loop.assess import selectors as assessments
from yice.loop.deliver.selectors import worklist
from yice.loop.identify.looking import LIST
from yice.loop.identify.selectors import needs
from yice.loop.identify.selectors.home import Waiting
from yice.loop.identify.selectors.home import home as waiting
from yice.loop.plan import selectors as plans
from yice.web.desk.door import signed_in_page
from yice.web.ui import looks, words
from yice.web.ui.parts import Figure

SINCE = 2  # days of reading that whoever watches is told of at the door


@partial(signed_in_page, shows=LIST)
def home(request: HttpRequest) -> HttpResponse:
    shown = waiting(request.user)
    screens = bool(access.grants(request.user, Action.SCREENING_RUN))
    return render(
        request,
        "desk/home.html",
        {
            "home": shown,
            "mine": [_figure(one) for one in shown.waiting if one.mine] + _asked(request),
            "others": [one for one in shown.waiting if not one.mine],
            "list_work": _lists(request),
            "missing": [one for one in shown.lists if not (one.current and one.whole)],
            "works": bool(access.grants(request.user, Action.FINDING_READ)),
            "steps": bool(access.grants(request.user, Action.CASE_STEP)),
            "handles": bool(access.grants(request.user, Action.FINDING_HANDLE)),
            "reports": bool(access.grants(request.user, Action.REPORT_READ)),
            "plans_visits": bool(access.grants(request.user, Action.VISIT_PLAN)),
            "watches": bool(access.grants(request.user, Action.AUDIT_OVERSEE)),
            "screens": screens,
            "unscreened": unscreened(request.user) if screens else 0,
            "manages": any(
                access.grants(request.user, one) for one in (Action.ACCOUNT_MANAGE, Action.ACCOUNT_ENTITLE)
            ),
        },
    )


def _asked(request: HttpRequest) -> list[Figure]:
    """Needs in my hands, steps that wait for me, plans to follow up, assessments to repeat; nothing where there is none."""
    found = []
    if access.grants(request.user, Action.NEED_READ):
        mine = needs.tally(request.user)
        href = reverse("desk:needs")
        found.append((_("要答复的需求"), mine.count, mine.overdue, f"{href}?mine=on"))
        found.append((_("逾期报上来的需求"), mine.climbed, mine.climbed, f"{href}?climbed=on"))
        found.append((_("没有人承办的需求"), mine.adrift, 0, f"{href}?adrift=on"))
    if access.grants(request.user, Action.CASE_STEP):
        rows = worklist.tallies(request.user)
        count, late = sum(row.count for row in rows), sum(row.overdue for row in rows)
        found.append((_("等我办的步骤"), count, late, reverse("desk:cases")))
    if access.grants(request.user, Action.PLAN_READ):
        due = plans.tally(request.user)
        href = reverse("desk:plans")
        found.append((_("该回访的方案"), due.reviews, 0, f"{href}?review=on"))
        found.append((_("我负责的逾期措施"), due.measures, due.measures, f"{href}?mine=on&overdue=on"))
    if access.grants(request.user, Action.ASSESSMENT_READ):
        again = assessments.tally(request.user)
        found.append((_("要重新评估的"), again, 0, reverse("desk:assessments")))
    if access.grants(request.user, Action.GLASS_REVIEW):
        found.append(
            (_("等我复核的紧急查看"), glass.to_review(request.user).count(), 0, reverse("desk:emergency"))
        )
    if access.grants(request.user, Action.AUDIT_OVERSEE):
        odd = len(oversight.unusual(request.user, days=SINCE))
        found.append((_("昨天以来不寻常的查看"), odd, 0, reverse("desk:oversight")))
    return [
        Figure(
            label,
            words.number(count),
            npgettext("unit", "件", "件", count),
            _("逾期 {n}").format(n=words.number(late)) if late else "",
            href,
            "bad" if late else "know",
        )
        for label, count, late, href in found
        if count
    ]


def _lists(request: HttpRequest) -> list[Figure]:
    """Lists that somebody must see to: late, kept too long, in doubt; nothing where there is none."""
    if not access.grants(request.user, Action.LIST_READ):
        return []
    late, over, doubts = late_lists(request.user)
    shown = (
        (_("逾期未到的名单"), late, npgettext("unit", "份", "份", late), "bad"),
        (_("有到期要删的名单"), over, npgettext("unit", "份", "份", over), "wait"),
        (_("名单上有疑点、还没有提交的行"), doubts, npgettext("unit", "行", "行", doubts), "odd"),
    )
    href = reverse("desk:lists")
    return [Figure(text, words.number(n), unit, "", href, tone) for text, n, unit, tone in shown if n]  # type: ignore[arg-type]


def _figure(one: Waiting) -> Figure:
    """A kind of work with its ages, oldest first; what is nought is left out."""
    ages = (
        (one.overdue, _("逾期 {n}")),
        (one.older, _("出现 30 天以上 {n}")),
        (one.month, _("出现 8–30 天 {n}")),
        (one.week, _("出现 7 天以内 {n}")),
    )
    hint = " · ".join(text.format(n=words.number(n)) for n, text in ages if n)
    return Figure(
        one.label,
        words.number(one.count),
        npgettext("unit", "件", "件", one.count),
        hint,
        f"{reverse('desk:worklist')}?{one.query}",
        "bad" if one.overdue else looks.look(one.kind).tone,
    )
