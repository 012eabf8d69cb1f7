"""The ways on, by what the reader may do."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from yice.accounts import access
from yice.accounts.enums import Action
from yice.web.ui.parts import Link


def links(request: HttpRequest) -> list[Link]:
    """Only pages the reader's posts open; the one whose address begins this page's address is current."""
    ways = (
        (_("今日待办"), "desk:home", None),
        (_("工作清单"), "desk:worklist", Action.FINDING_READ),
        (_("需求"), "desk:needs", Action.NEED_READ),
        (_("办件"), "desk:cases", Action.CASE_STEP),
        (_("帮扶方案"), "desk:plans", Action.PLAN_READ),
        (_("找人"), "desk:search", Action.PERSON_READ),
        (_("走访"), "desk:visits", Action.VISIT_PLAN),
        (_("台账"), "desk:ledger", Action.REPORT_READ),
        (_("动态更新"), "desk:rounds", Action.ROUND_READ),
        (_("汇总"), "desk:county", Action.REPORT_READ),
        (_("目标与指标"), "desk:targets", Action.REPORT_READ),
        (_("导入"), "desk:imports", Action.IMPORT_READ),
        (_("名单约定"), "desk:lists", Action.LIST_READ),
        (_("名单核对"), "desk:review", Action.REVIEW_READ),
        (_("筛查"), "desk:screenings", Action.SCREENING_RUN),
        (_("政策"), "desk:policy", Action.POLICY_READ),
        (_("操作记录"), "desk:audit", Action.AUDIT_READ),
        (_("紧急查看"), "desk:emergency", (Action.GLASS_BREAK, Action.GLASS_REVIEW)),
        (_("监督"), "desk:oversight", Action.AUDIT_OVERSEE),
        (_("账号"), "desk:accounts", (Action.ACCOUNT_MANAGE, Action.ACCOUNT_ENTITLE)),
    )
    shown = []
    for text, name, action in ways:
        asked = action if isinstance(action, tuple) else (action,)
        if action is None or any(access.grants(request.user, one) for one in asked if one):
            href = reverse(name)
            current = request.path == href if href == "/" else request.path.startswith(href)
            shown.append(Link(text, href, current=current))
    return shown
