"""How a status looks: its word, its shape, its tone. Word and shape suffice without the colour."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yice.web.ui.parts import Tone

# Drawn in a 16 × 16 field, filled with the colour of the text.
SHAPES = {
    "check": "M6.4 13.2 1.6 8.4l2-2 2.8 2.8 6-6 2 2z",
    "cross": "M3.6 1.6 8 6l4.4-4.4 2 2L10 8l4.4 4.4-2 2L8 10l-4.4 4.4-2-2L6 8 1.6 3.6z",
    "triangle": "M8 1.2 15.6 14.8H.4z",
    "square": "M2 2h12v12H2z",
    "diamond": "M8 .4 15.6 8 8 15.6.4 8z",
    "pair": "M1 1h10v3H4v7H1zm4 4h10v10H5z",
    "question": "M8 0a8 8 0 1 0 0 16A8 8 0 0 0 8 0zM7 12.6v-2h2v2zM7 9.4c0-2.2 2.2-2 2.2-3.5 0-.7-.5-1.1-1.2-1.1"
    "s-1.3.5-1.3 1.3H4.8C4.8 4.2 6.2 3 8 3s3.2 1.1 3.2 2.8C11.2 7.9 9 7.7 9 9.4z",
    "ring": "M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1zm0 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9z",
    "half": "M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1zm0 2.5v9a4.5 4.5 0 0 1 0-9z",
    "dot": "M8 3a5 5 0 1 0 0 10A5 5 0 0 0 8 3z",
    "dash": "M2 6.5h12v3H2z",
    "pause": "M3 2h3.5v12H3zm6.5 0H13v12H9.5z",
    "clock": "M8 0a8 8 0 1 0 0 16A8 8 0 0 0 8 0zM7 3h2v4.4l3 1.8-1 1.7-4-2.4z",
    "plus": "M6.5 2h3v4.5H14v3H9.5V14h-3V9.5H2v-3h4.5z",
    "up": "M8 1.5 15 9h-4.5v5.5h-5V9H1z",
    "down": "M8 14.5 1 7h4.5V1.5h5V7H15z",
}


@dataclass(frozen=True)
class Look:
    """A status: its usual word (a page may give a nearer one), shape and tone."""

    text: str | Promise
    shape: str
    tone: Tone

    @property
    def path(self) -> str:
        return SHAPES[self.shape]


STATUSES: dict[str, Look] = {
    # screening
    "eligible": Look(_("符合"), "check", "good"),
    "ineligible": Look(_("不符合"), "cross", "calm"),
    "unknown": Look(_("无法判断"), "question", "wait"),
    # findings
    "ok": Look(_("一致"), "check", "good"),
    "gap": Look(_("疑似应享未享"), "triangle", "wait"),
    "leak": Look(_("疑似应退未退"), "square", "bad"),
    "amount": Look(_("疑似金额不符"), "diamond", "odd"),
    "duplicate": Look(_("疑似重复领取"), "pair", "odd"),
    "ask": Look(_("待核实"), "question", "know"),
    # work
    "open": Look(_("待办"), "ring", "know"),
    "started": Look(_("办理中"), "half", "know"),
    "provisional": Look(_("已办，待名单确认"), "half", "good"),
    "closed": Look(_("已结"), "check", "calm"),
    "overdue": Look(_("已逾期"), "clock", "bad"),
    "due_soon": Look(_("即将到期"), "clock", "wait"),
    # jobs and imports
    "waiting": Look(_("排队中"), "ring", "calm"),
    "running": Look(_("进行中"), "half", "know"),
    "done": Look(_("已完成"), "check", "good"),
    "failed": Look(_("未完成"), "cross", "bad"),
    "cancelled": Look(_("已取消"), "dash", "calm"),
    "staged": Look(_("待确认"), "ring", "know"),
    "paused": Look(_("变化异常，待核对"), "pause", "wait"),
    "committed": Look(_("已入库"), "check", "good"),
    "discarded": Look(_("已放弃"), "dash", "calm"),
    "added": Look(_("新增"), "plus", "good"),
    "changed": Look(_("变更"), "diamond", "know"),
    "unchanged": Look(_("未变"), "dash", "calm"),
    "refused": Look(_("未接收"), "cross", "bad"),
    "would_remove": Look(_("将移出"), "down", "wait"),
    # certificates
    "valid": Look(_("有效"), "check", "good"),
    "frozen": Look(_("冻结"), "pause", "wait"),
    "expired": Look(_("过期"), "clock", "wait"),
    "none": Look(_("未持证"), "dash", "calm"),
}

PLAIN = Look("", "dot", "calm")


def look(code: str) -> Look:
    """The look of a status code; a code not known here is shown plainly rather than not at all."""
    return STATUSES.get(code, PLAIN)
