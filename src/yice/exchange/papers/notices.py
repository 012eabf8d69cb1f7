"""A notice on paper: in plain words, one matter a paragraph, standard or large print, read aloud in the right order."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yice.accounts.models import User
from yice.accounts.offices import party
from yice.accounts.services import is_demo
from yice.areas import selectors as areas
from yice.audit.services import record
from yice.exchange.papers.document import Document, Lines, Part, Points
from yice.exchange.papers.services import Printed, written
from yice.identifiers.division import ancestors, tier
from yice.loop.deliver.models import Notice
from yice.loop.deliver.services import notice as readable_notice
from yice.policy.words import text
from yice.rules.words import Words
from yice.terms import periods
from yice.terms.money import format_fen


def kind_of(one: Notice) -> str:
    return {
        "decision": _("决定告知书"),
        "refusal": _("不予批准告知书"),
        "stop": _("停发告知书"),
        "information": _("告知书"),
        "correction": _("补正通知书"),
    }[one.kind]


def said(both: dict[str, str] | str) -> str:
    return both if isinstance(both, str) else text(Words(both.get("zh", ""), both.get("en", "")))


def why_of(content: dict[str, Any]) -> list[str]:
    """The reasons given, the rules in words, and what the officer wrote."""
    found = [said(one) for one in (*content["why"], *content.get("conditions", ()))]
    return list(dict.fromkeys([*found, *([content["why_in_words"]] if content["why_in_words"] else [])]))


def told(one: Notice) -> list[str]:
    """What came of it, how much and from when: one matter a sentence."""
    content = one.content
    service, decision = said(content["service"]), said(content["decision"])
    result = _("您办理的“{service}”，结果是：{decision}。")
    if one.kind == "refusal":
        return [_("您办理的“{service}”没有批准：{decision}。").format(service=service, decision=decision)]
    found = [result.format(service=service, decision=decision)]
    if content.get("due_on"):
        day = periods.day(dt.date.fromisoformat(content["due_on"]))
        found.append(_("请在 {day} 以前补齐，补齐后接着办。").format(day=day))
    return [*found, *(_stopped(content) if one.kind == "stop" else _granted(content))]


def _granted(content: dict[str, Any]) -> list[str]:
    found = []
    if content["amount_fen"] is not None:
        says = _("金额：每月 {sum} 元。") if content.get("monthly") else _("金额：{sum} 元。")
        found.append(says.format(sum=format_fen(content["amount_fen"])))
    if content["from_month"]:
        month = periods.Month.parse(content["from_month"])
        found.append(_("从 {month} 起发。").format(month=periods.month(month)))
    return found


def _stopped(content: dict[str, Any]) -> list[str]:
    """The last month that is paid, and the first that is not."""
    if not content["until_month"]:
        return []
    last = periods.Month.parse(content["until_month"])
    found = [_("发到 {month}。").format(month=periods.month(last))]
    found.append(_("从 {month} 起不再发。").format(month=periods.month(last + 1)))
    if content["amount_fen"] is not None:
        found.append(_("原来每月 {sum} 元。").format(sum=format_fen(content["amount_fen"])))
    return found


def whom(content: dict[str, Any]) -> str:
    """Whom to ask: the office that decided, in the place it works for, as people there call it."""
    asked = content["ask"]
    of = party(asked["office"])
    code = asked["area"]
    here = [one for one in (*ancestors(code), code) if tier(one) == of.tier] or [code]
    called = {
        "commissioner": _("专职委员"),
        "clerk": _("残联经办员"),
        "federation": _("残联"),
        "civil_affairs": _("民政部门"),
    }.get(of.office, asked["office_name"])
    place = areas.names(here[:1]).get(here[0], "")
    return _("{place}{office}").format(place=place, office=called)


def why_head(one: Notice) -> str:
    return _("还缺什么") if one.kind == "correction" else _("为什么")


def objecting(one: Notice) -> str:
    """How to object to what was decided; nothing where nothing was: a paper that informs, or asks for what is lacking."""
    if one.kind in ("information", "correction"):
        return ""
    return _(
        "收到之日起 {days} 日内，您本人或监护人可以申请复议，就是请上级机关把这个决定再审查一遍，不收费。"
        "要人帮助写申请，可以找村（社区）专职委员。"
    ).format(days=one.content["object_within_days"])


def notice_document(one: Notice, *, large: bool) -> Document:
    content = one.content
    name = one.case.person.name if one.case.person else one.case.subject
    parts: list[tuple[str, Part]] = [
        ("", Lines(_("{name}：").format(name=name))),
        (_("结果"), Points(told(one))),
    ]
    if why := why_of(content):
        parts.append((why_head(one), Points(why)))
    parts += [
        (_("依据"), Lines(content["clause"])),
        (
            _("有疑问怎么办"),
            Lines(_("可以问：{who}，或拨打残疾人服务热线 12385。").format(who=whom(content))),
        ),
    ]
    if says := objecting(one):
        parts.append((_("不同意怎么办"), Lines(says)))
    return Document(
        title=kind_of(one),
        parts=parts,
        caption=f"{one.number} · {periods.day(dt.date.fromisoformat(content['on']))}",
        mark=_("演示数据，人物均为虚构") if is_demo() else "",
        large=large,
        language="en" if (get_language() or "").startswith("en") else "zh-CN",
    )


def notice_paper(*, actor: User, notice: Notice, form: str, large: bool = False) -> Printed:
    """The notice as a file. Whoever may read the case may print it; that it was printed stands in the record."""
    row = readable_notice(actor, notice.uuid)
    made = written(notice_document(row, large=large), form, kind_of(row))
    with transaction.atomic():
        subject = row.case if row.case.restricted or row.case.person is None else row.case.person
        values = {"notice": row.number, "form": made.form, "large": large, "digest": made.digest}
        record(actor=actor, code="notice.printed", subject=subject, area=row.case.area, values=values)
    return made
