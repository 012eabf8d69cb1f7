"""The ways on, by what the reader may do: what everybody opens daily by itself, the rest in rooms."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yice.accounts import access
from yice.accounts.enums import Action
from yice.web.ui.parts import Link, Room

Way = tuple[str, str, tuple[Action, ...]]  # words, address, any of these opens it; none: everybody


def rooms(request: HttpRequest) -> list[Room]:
    """Only pages the reader's posts open; the one whose address begins this page's address is current."""
    found = [(text, [_link(request, way) for way in ways if _open(request, way)]) for text, ways in _house()]
    return [Room(text or pages[0].text, pages) for text, pages in found if pages]


def _house() -> list[tuple[str, list[Way]]]:
    return [
        ("", [(_("今日"), "desk:home", ())]),
        ("", [(_("工作清单"), "desk:worklist", (Action.FINDING_READ,))]),
        ("", [(_("找人"), "desk:search", (Action.PERSON_READ,))]),
        ("", [(pgettext("page", "走访"), "desk:visits", (Action.VISIT_PLAN,))]),
        (
            _("帮扶"),
            [
                (_("需求"), "desk:needs", (Action.NEED_READ,)),
                (_("办件"), "desk:cases", (Action.CASE_STEP,)),
                (_("帮扶方案"), "desk:plans", (Action.PLAN_READ,)),
                (_("动态更新"), "desk:rounds", (Action.ROUND_READ,)),
                (_("台账"), "desk:ledger", (Action.REPORT_READ,)),
            ],
        ),
        (
            _("数据"),
            [
                (_("导入"), "desk:imports", (Action.IMPORT_READ,)),
                (_("名单约定"), "desk:lists", (Action.LIST_READ,)),
                (_("名单核对"), "desk:review", (Action.REVIEW_READ,)),
                (_("服务机构"), "desk:providers", (Action.PROVIDER_MANAGE,)),
            ],
        ),
        (
            _("政策"),
            [
                (_("政策依据"), "desk:policy", (Action.POLICY_READ,)),
                (_("筛查"), "desk:screenings", (Action.SCREENING_RUN,)),
            ],
        ),
        (
            _("监督"),
            [
                (_("汇总"), "desk:county", (Action.REPORT_READ,)),
                (_("目标与指标"), "desk:targets", (Action.REPORT_READ,)),
                (_("操作记录"), "desk:audit", (Action.AUDIT_READ,)),
                (_("权利与保管"), "desk:rights", (Action.CONSENT_RECORD,)),
                (_("异常查看"), "desk:oversight", (Action.AUDIT_OVERSEE,)),
                (_("紧急查看"), "desk:emergency", (Action.GLASS_BREAK, Action.GLASS_REVIEW)),
            ],
        ),
        ("", [(_("账号"), "desk:accounts", (Action.ACCOUNT_MANAGE, Action.ACCOUNT_ENTITLE))]),
    ]


def _open(request: HttpRequest, way: Way) -> bool:
    return not way[2] or any(access.grants(request.user, action) for action in way[2])


def _link(request: HttpRequest, way: Way) -> Link:
    href = reverse(way[1])
    return Link(way[0], href, current=request.path == href if href == "/" else request.path.startswith(href))
