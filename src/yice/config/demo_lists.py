"""The demo's agreements on lists: what the catalogue knows is filled, the list left for the visitor is late."""

from __future__ import annotations

import datetime as dt
from typing import Any

from yice.accounts.models import User
from yice.areas.models import Area
from yice.exchange.agreements.asking import look_for_doubts
from yice.exchange.agreements.selectors import plan_of
from yice.exchange.agreements.services import agree
from yice.exchange.models import Agreement
from yice.loop.identify.pairing.duplicates import propose_duplicates
from yice.rules.model import Slot
from yice.terms import clock
from yice.terms.messages import Message

TWO_YEARS, DAYS = 24, 10


def agree_lists(county: Area, users: dict[str, User], late: str) -> None:
    """Fill the slots whose list can be read. `late`: a list that should have come last month and did not."""
    plan = plan_of(county.code)
    if plan is None or Agreement.objects.exists():
        return
    for slot in plan.slots.values():
        if slot.list is None:
            continue
        by = users["luo"] if "民政" in slot.sender else users["he"]
        row = agree(actor=by, area=county.code, slot=slot.id, said=_terms(slot, slot.list == late))
        look_for_doubts(actor=by, agreement=row)
    propose_duplicates(county.code)


def _terms(slot: Slot, late: bool) -> dict[str, Any]:
    month = clock.today().replace(day=1)
    since = (month - dt.timedelta(days=1)).replace(day=1) if late else month
    return {
        "kind": slot.list, "title": slot.title.zh, "sender": slot.sender,
        "contact": str(Message("业务科信息岗（演示）")), "basis": str(Message("残疾人服务数据共享约定（演示）")),
        "every": slot.every, "due_days": DAYS, "since": since, "until": None,
        "keeps": str(Message("姓名、证件号（加密）、名单所说的情况；发放表另存金额和账号（加密）")), "keep_months": TWO_YEARS,
    }  # fmt: skip
