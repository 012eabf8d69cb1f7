"""What each department's list says of one person, and what it cannot say because it has not come."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext

from yice.loop.identify.facts import Settled
from yice.loop.identify.facts.links import Link
from yice.loop.identify.facts.receipts import Receipt
from yice.loop.identify.selectors import words
from yice.policy.words import text
from yice.rules.model import ListKind, Plan
from yice.terms.messages import Message, listed, texts
from yice.terms.money import format_fen

_TEXTS = texts(
    {
        "on": "在名单上",
        "not_on": "不在名单上",
        "possible": "有同名的一行，尚未核对",
        "not_received": "名单还没有收到",
        "not_whole": "收到的名单不全，不在名单上不能说明什么",
        "not_listed": "没有收到相关消息",
    }
)
_PAY = texts({"regular": "当月发放", "arrears": "补发", "recovery": "扣回", "": ""})


@dataclass(frozen=True)
class ListRow:
    """One kind of list and what it says of the person."""

    kind: str
    title: str
    month: dt.date | None
    state: str  # on | not_on | possible | not_received | not_whole | not_listed (lists of events)
    text: str
    entries: list[str]


def list_rows(plan: Plan, held: Settled) -> list[ListRow]:
    """A row for each kind of list the plan leans on."""
    hukou = held.stretch.column("hukou")[0]
    return [_row(plan, held, kind, hukou) for kind in plan.lists.values()]


def _row(plan: Plan, held: Settled, kind: ListKind, hukou: str) -> ListRow:
    links = [link for link in held.links if link.receipt.kind == kind.id]
    received = [
        receipt for receipt in held.receipts.by_kind.get(kind.id, ()) if hukou.startswith(receipt.prefix)
    ]
    newest = received[0] if received else None
    if newest is not None and not kind.events:
        links = [link for link in links if link.receipt.month >= newest.month]
    state = _state(kind, links, newest)
    month = links[-1].receipt.month if links else newest.month if newest else None
    entries = [_entry(plan, link) for link in links if link.same]
    return ListRow(
        kind.id, text(kind.title), month, state, gettext(_TEXTS[state]), [said for said in entries if said]
    )


def _state(kind: ListKind, links: list[Link], newest: Receipt | None) -> str:
    if any(link.same for link in links):
        return "on"
    if links:
        return "possible"
    if kind.events:
        return "not_listed"
    if newest is None:
        return "not_received"
    return "not_on" if newest.whole else "not_whole"


def _entry(plan: Plan, link: Link) -> str:
    """What the row states, without names or accounts: facts by their labels, a payment by its sum."""
    said = []
    if link.fen is not None:
        kind = gettext(_PAY.get(link.pay_kind, "")) if _PAY.get(link.pay_kind) else ""
        said.append(str(Message("{kind} {yuan} 元", kind=kind, yuan=format_fen(link.fen))).strip())
    for name, value in link.values.items():
        fact = plan.facts.get(name)
        if fact is not None and value is not None and name not in words.MASKED_FACTS:
            said.append(words.said(text(fact.label), words.value(fact, value)))
    if link.values.get("died_on"):
        said.append(str(Message("死亡日期 {day}", day=link.values["died_on"])))
    return listed(said, "；")
