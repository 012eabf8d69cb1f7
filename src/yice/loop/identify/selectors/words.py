"""Values, sources and reasons as people read them. Nothing here can rebuild an identity number."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.utils.translation import get_language, gettext, gettext_lazy

from yice.areas import selectors as areas
from yice.identifiers.certificate import CATEGORIES
from yice.identifiers.division import ancestors
from yice.loop.identify.enums import FindingKind
from yice.loop.identify.models import Finding
from yice.policy.words import text
from yice.rules.kernel.program import Line, compile_plan
from yice.rules.model import Fact, Plan
from yice.rules.words import Words
from yice.terms.messages import Message, listed
from yice.terms.money import format_fen

MASKED_FACTS = frozenset({"birth_date", "household_id"})
_SOURCES = {
    "registry": gettext_lazy("残疾人登记册"),
    "households": gettext_lazy("家庭与成员"),
    "household": gettext_lazy("家庭与成员"),
    "person": gettext_lazy("本人或家人回答"),
    "correction": gettext_lazy("核实更正"),
    "round": gettext_lazy("年度动态更新"),
    "count": gettext_lazy("按家庭成员计数"),
    "network": gettext_lazy("机构和岗位的名册"),
    "village": gettext_lazy("村（社区）自报"),
}


def english() -> bool:
    return (get_language() or "").startswith("en")


def source(plan: Plan | None, name: str) -> str:
    """Where a value came from."""
    if name.startswith("list:"):
        kind = plan.lists.get(name.removeprefix("list:")) if plan else None
        return text(kind.title) if kind else name.removeprefix("list:")
    return str(_SOURCES[name]) if name in _SOURCES else name


def said(what: str, how: str) -> str:
    """A label and what stands for it."""
    return str(Message("{what}：{how}", what=what, how=how))


def day(value: dt.date) -> str:
    return value.isoformat() if english() else f"{value.year}年{value.month}月{value.day}日"


def value(fact: Fact, known: Any, places: dict[str, str] | None = None) -> str:
    """A fact's value in words; a birth date as its year only."""
    if known is None:
        return gettext("未知")
    match fact.type:
        case "bool":
            return gettext("是") if known in (True, "true", 1) else gettext("否")
        case "code":
            return _code(fact, str(known))
        case "set":
            members = known.split(";") if isinstance(known, str) else list(known)
            named = [_code(fact, code) for code in members if code and code != "none"]
            return listed(named) or gettext("无")
        case "parts":
            return _parts(fact, known)
        case "date":
            if fact.name in MASKED_FACTS:
                return gettext("{year} 年").format(year=str(known)[:4])
            return day(known if isinstance(known, dt.date) else dt.date.fromisoformat(str(known)[:10]))
        case "area":
            return (places or areas.names([str(known)])).get(str(known), str(known))
        case "int" if fact.name == "grade":
            return grade(int(known))
        case "int" if fact.unit == "fen":
            return gettext("{yuan} 元").format(yuan=format_fen(int(known)))
        case _:
            return f"{known} {fact.unit}".strip()


def _code(fact: Fact, code: str) -> str:
    if code in fact.codes:
        labels = fact.code_labels
        at = fact.codes.index(code)
        return text(labels[at]) if at < len(labels) else code
    return code


def _parts(fact: Fact, known: Any) -> str:
    pairs = (
        known.items()
        if isinstance(known, dict)
        else ((code, grade) for code, _, grade in (part.partition(":") for part in str(known).split(";")))
    )
    said = []
    for code, grade in pairs:
        if code and code != "none":
            said.append(
                _code(fact, code)
                + " "
                + (gettext("{grade} 级").format(grade=grade) if grade else gettext("等级不明"))
            )
    return listed(said) or gettext("无")


def category(code: str | None) -> str:
    """The label of a disability category, where no plan is at hand."""
    labels = {
        "visual": gettext("视力"), "hearing": gettext("听力"), "speech": gettext("言语"),
        "physical": gettext("肢体"), "intellectual": gettext("智力"), "psychiatric": gettext("精神"),
        "multiple": gettext("多重"),
    }  # fmt: skip
    return labels.get(code or "", "")


def grade(known: int | None) -> str:
    """A grade of disability as certificates write it."""
    said = ("", gettext("一级"), gettext("二级"), gettext("三级"), gettext("四级"))
    return said[known] if known in (1, 2, 3, 4) else ""


def relation(code: str) -> str:
    """How somebody is related to the head of the household; other words as they were written."""
    labels = {
        "head": gettext("户主"), "spouse": gettext("配偶"), "child": gettext("子女"), "parent": gettext("父母"),
        "grandchild": gettext("孙子女"), "grandparent": gettext("祖父母"), "sibling": gettext("兄弟姐妹"),
        "other": gettext("其他"),
    }  # fmt: skip
    return labels.get(code, code)


def titles(
    plan: Plan | None, finding_kind: str, group: str, benefit: str, reason: dict[str, Any]
) -> tuple[str, str]:
    """What a finding is about: the group's title (for an ask how much it asks), and the benefit's."""
    if finding_kind == FindingKind.ASK:
        return str(
            Message(
                "{questions} 个问题，可定 {groups} 项",
                questions=reason.get("questions", 0),
                groups=reason.get("groups", 0),
            )
        ), ""
    made = plan.groups.get(group) if plan else None
    paid = plan.benefits.get(benefit) if plan else None
    return (text(made.title) if made else group), (text(paid.title) if paid else benefit)


def because(plan: Plan | None, finding: Finding | Any) -> str:
    """One sentence: why this is on somebody's desk."""
    reason = finding.reason
    match finding.kind:
        case FindingKind.GAP:
            return str(Message("符合条件，发放名单上没有"))
        case FindingKind.LEAK:
            said_ = failed(plan, finding.group, reason.get("failed", ()))
            if said_:
                return str(Message("正在领取，但不符合：{conditions}", conditions=listed(said_, "；")))
            return str(Message("正在领取，但不符合条件"))
        case FindingKind.AMOUNT:
            return str(_sums(finding.due_fen, finding.paid_fen))
        case FindingKind.DUPLICATE:
            if reason.get("times"):
                return str(Message("同一个月发放了 {times} 次", times=reason["times"]))
            said_ = failed(plan, finding.group, reason.get("failed", ()))
            return str(Message("同时领取了不能兼得的待遇：{conditions}", conditions=listed(said_, "；")))
        case _:
            return str(Message("还缺几项情况，问清后才能判断"))


def _sums(due: int | None, paid: int | None) -> Message:
    if due is None or paid is None:
        return Message("发放金额与应发金额不符")
    if paid > due:
        return Message(
            "应发 {due} 元，实发 {paid} 元，多发 {more} 元",
            due=format_fen(due), paid=format_fen(paid), more=format_fen(paid - due),
        )  # fmt: skip
    return Message(
        "应发 {due} 元，实发 {paid} 元，少发 {less} 元",
        due=format_fen(due), paid=format_fen(paid), less=format_fen(due - paid),
    )  # fmt: skip


def failed(plan: Plan | None, group: str, keys: Iterable[str]) -> list[str]:
    """What the failed conditions say, by their keys."""
    if plan is None or group not in plan.groups:
        return []
    lines = _lines(plan, group)
    return [text(lines[key].condition.says) for key in keys if key in lines]


def conditions(plan: Plan, group: str) -> dict[str, Words]:
    """What each condition of a group says, by its key."""
    return (
        {key: line.condition.says for key, line in _lines(plan, group).items()}
        if group in plan.groups
        else {}
    )


def _lines(plan: Plan, group: str) -> dict[str, Line]:
    program = compile_plan(plan, plan.until or dt.date(2100, 1, 1)).groups[group]
    return {line.key: line for line in (*program.lines, *(barrier.line for barrier in program.barriers))}


def place(code: str, names: dict[str, str], *, tiers: int = 2) -> str:
    """The last `tiers` names of a code's path, street then village."""
    return "".join(names.get(one, "") for one in [*ancestors(code), code][-tiers:]) or code


def place_codes(codes: Iterable[str]) -> set[str]:
    """The codes whose names `place` needs."""
    return {one for code in codes if code for one in [*ancestors(code), code]}


CATEGORY_CODES = CATEGORIES
