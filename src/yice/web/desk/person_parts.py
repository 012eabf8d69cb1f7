"""A person's record as components show it: the bar on top, what to do, facts with their sources, why, the log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from yice.loop.identify.enums import FindingKind, FindingState
from yice.loop.identify.selectors.facts import FactRow, FactSection
from yice.loop.identify.selectors.findings import FindingBlock
from yice.loop.identify.selectors.person import Identity, PersonPage
from yice.loop.identify.selectors.timeline import TimelineItem
from yice.loop.identify.selectors.why import ConditionRow, WhyRow
from yice.web.ui import words
from yice.web.ui.parts import Entry, Link, Reason, Row


def bar(identity: Identity) -> dict[str, object]:
    """What `{% identity_bar %}` takes: the name, and the few facts that tell one person from another."""
    grade = _("{category} {grade} 级").format(category=identity.category, grade=identity.grade)
    return {
        "name": identity.name,
        "facts": [
            identity.sex,
            _("{age} 岁").format(age=identity.age) if identity.age is not None else _("年龄不明"),
            grade if identity.grade else identity.category,
            identity.hukou,
            _("现居 {place}").format(place=identity.residence) if identity.elsewhere else "",
        ],
        "deceased": identity.deceased,
        "removed": identity.removed_on,
    }


def to_do(block: FindingBlock) -> str:
    """The next step in one sentence, for whoever has two minutes. Empty where there is none to take."""
    if block.state == FindingState.CLOSED or not block.may_handle:
        return ""
    if block.state == FindingState.PROVISIONAL:
        return _("已经办理，等下一期名单确认，现在不用再做什么。")
    match block.kind:
        case FindingKind.ASK:
            return _("把下面的事问清楚，登记后立即重新判断。")
        case FindingKind.GAP if block.state == FindingState.STARTED:
            return _("已经在办。办成后登记“已纳入”；不符合或不愿意的，登记原因。")
        case FindingKind.GAP:
            return _("告诉本人可以申请，问清为什么没有享受；愿意的协助申请，不符合的登记核实结果。")
        case _ if block.heard:
            return _("已经告知本人并听取意见，现在作出决定。")
    return _("先告知本人并听取意见，再决定；名单有误的继续发放。")


@dataclass(frozen=True)
class Section:
    """Facts of one kind. Most come from one place, said once; a row says where it comes from if elsewhere."""

    title: str
    note: str
    rows: list[Row]


@dataclass(frozen=True)
class FactsPart:
    conflicts: list[str]  # labels of facts whose sources differ
    unknown: list[str]  # labels of facts the plan looks at and nobody knows
    sections: list[Section]


def facts_part(shown: PersonPage) -> FactsPart:
    """The facts of the page, with what stands out said first."""
    every = [row for section in shown.facts for row in section.rows]
    return FactsPart(
        [row.label for row in every if row.state == "conflict"],
        [row.label for row in every if not row.known],
        [_section(shown, section) for section in shown.facts],
    )


def _section(shown: PersonPage, section: FactSection) -> Section:
    sources = Counter(text for row in section.rows if (text := _source(row)) and not row.note)
    usual, times = sources.most_common(1)[0] if sources else ("", 0)
    if times < 2:
        usual = ""
    note = _("除另有注明外，来自：{source}。").format(source=usual) if usual else ""
    return Section(section.title, note, [_row(shown, row, usual) for row in section.rows])


def _row(shown: PersonPage, fact: FactRow, usual: str) -> Row:
    source = _source(fact)
    note = (
        [] if source == usual and not fact.note else [_("{source}。").format(source=source)] if source else []
    )
    if fact.note:
        note.append(fact.note)
    said = {(one.text, one.source): one for one in fact.others}.values()
    agreeing = list(dict.fromkeys(one.source for one in said if one.text == fact.text))
    if agreeing:
        note.append(_("{sources}也这样说。").format(sources=words.listed(agreeing)))
    for other in (one for one in said if one.text != fact.text):
        text = _("另有：{text}（{source}，{day}）。") if other.date else _("另有：{text}（{source}）。")
        day = words.day(other.date) if other.date else ""
        note.append(text.format(text=other.text, source=other.source, day=day))
    links = []
    if fact.correct:
        text = _("更正") if fact.correct == "here" else _("请求更正")
        links.append(
            Link(text, reverse("desk:correct", args=[shown.identity.uuid, fact.name]), about=fact.label)
        )
    return Row(fact.label, _flagged(fact), " ".join(note), links)


def _flagged(fact: FactRow) -> str:
    """The value; one that is disputed or lapsed says so beside it."""
    if fact.state == "conflict":
        return _("{value}（各来源不一致）").format(value=fact.text)
    return fact.text


def _source(fact: FactRow) -> str:
    if not (fact.source and fact.date):
        return fact.source
    day = words.day(fact.date)
    if fact.by:
        return _("{source}，{day}，{by}登记").format(source=fact.source, day=day, by=fact.by)
    return _("{source}，{day}").format(source=fact.source, day=day)


@dataclass(frozen=True)
class Verdict:
    """One benefit judged: the verdict in a line, and the conditions behind it, what decides first."""

    row: WhyRow
    short: str
    open: bool
    reasons: list[Reason]
    ways: int = 1  # groups that lead to the same benefit: any of them is enough


def verdicts(rows: Iterable[WhyRow]) -> list[Verdict]:
    """What needs work first, then what cannot be told, then the rest."""
    order = {"eligible": 2, "unknown": 1, "ineligible": 3}
    rows = list(rows)
    ways = Counter(row.benefit for row in rows if row.benefit)
    made = [
        Verdict(row, _short(row), bool(row.kind_label), why(row), ways[row.benefit] if row.benefit else 1)
        for row in rows
    ]
    return sorted(made, key=lambda one: 0 if one.row.kind else order[one.row.status])


_WEIGHT = {"failed": 0, "unknown": 1, "assumed": 2, "met": 3}


def why(row: WhyRow) -> list[Reason]:
    """The conditions of one group, those that stand in the way first."""
    found = [_reason(one) for one in row.conditions]
    return sorted(found, key=lambda reason: _WEIGHT[reason.outcome])


def _reason(one: ConditionRow) -> Reason:
    note = words.listed(one.facts, "；")
    if one.part != "excluded":
        return Reason(one.result, one.says, one.clause, note)  # type: ignore[arg-type]
    if one.result == "met":
        return Reason("failed", _("不能同时享受：{says}").format(says=one.says), one.clause, note)
    if one.result == "failed":
        return Reason("met", _("没有这种情形：{says}").format(says=one.says), one.clause, note)
    return Reason(one.result, one.says, one.clause, note)  # type: ignore[arg-type]


def _short(row: WhyRow) -> str:
    """The verdict's reason in one line."""
    if row.status == "eligible":
        if row.receiving is True:
            return _("符合条件，名单显示正在享受。")
        if row.receiving is False:
            return _("符合条件，完整的名单上没有此人。")
        return _("符合条件，是否正在享受还不清楚。")
    if row.status == "unknown":
        return _("还缺：{facts}。").format(facts=words.listed(row.missing)) if row.missing else ""
    failed = [one.says for one in why(row) if one.outcome == "failed"]
    return (
        _("不符合：{conditions}。").format(conditions=words.listed(map(str, failed[:2]), "；"))
        if failed
        else ""
    )


def log(items: Iterable[TimelineItem]) -> list[Entry]:
    return [Entry(item.text, item.at, item.by, words.listed(item.details, "；")) for item in items]
