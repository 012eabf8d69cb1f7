"""A plan as components show it: whose it is, its measures with their five, what happened, groups, two versions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from yice.loop.deliver.enums import FundSource, Mode
from yice.loop.deliver.services.standing import office_name
from yice.loop.identify.selectors import words as said
from yice.loop.plan.enums import CloseReason, MeasureState
from yice.loop.plan.models import GroupStay, HelpPlan, Measure
from yice.loop.plan.selectors import Beside, MeasureRow, PlanView
from yice.policy import selectors as policy
from yice.policy.words import text
from yice.rules.model import Plan
from yice.rules.services import NEEDS
from yice.terms.messages import listed
from yice.web.ui import words
from yice.web.ui.parts import Entry

STATES = {
    MeasureState.OPEN: ("calm", "ring"),
    MeasureState.UNDER_WAY: ("know", "half"),
    MeasureState.DONE: ("good", "check"),
    MeasureState.DROPPED: ("calm", "dash"),
}


def whose(plan: HelpPlan) -> dict[str, str]:
    """The name on a plan, what it is called, and the way to its person."""
    if plan.person is not None:
        return {
            "name": plan.person.name,
            "title": _("一人一策"),
            "href": reverse("desk:person-help", args=[plan.person.uuid]),
        }
    people = plan.household.persons.all() if plan.household else []
    first = min(people, key=lambda one: one.pk, default=None)
    return {
        "name": _("{name}一户").format(name=first.name) if first else _("家庭"),
        "title": _("一户一案"),
        "href": reverse("desk:person-help", args=[first.uuid]) if first else "",
    }


def measure(row: MeasureRow, plan: HelpPlan, may: bool) -> dict[str, Any]:
    tone, shape = STATES[row.state]
    of = row.measure
    return {
        "of": of,
        "kind": text(NEEDS[of.kind]),
        "need": of.need.number if of.need else "",
        "office": office_name(of.department),
        "money": money(of),
        "state": row.state.label,
        "tone": tone,
        "shape": shape,
        "overdue": row.overdue,
        "result": row.last.result if row.last else "",
        "spent": row.last.fen if row.last else None,
        "href": reverse("desk:plan-progress", args=[plan.uuid, of.uuid]) if may else "",
    }


def money(of: Measure) -> str:
    """The sum with its source and how it is given; nothing where there is none."""
    if of.fen is None:
        return ""
    parts = [_("{sum} 元").format(sum=words.sum_of(of.fen))]
    parts += [str(FundSource(of.fund_source).label)] if of.fund_source in FundSource.values else []
    parts += [str(Mode(of.mode).label)] if of.mode in Mode.values else []
    return " · ".join(parts)


def log(shown: PlanView) -> list[Entry]:
    """Versions, signatures, progress, follow-ups and the end, the newest first."""
    names = {one.measure.uuid: one.measure.what for one in shown.measures}
    found = [
        Entry(_("写成第 {n} 版").format(n=one.number), one.made_at, by=one.made_by.name, text=one.why)
        for one in shown.versions
    ]
    found += [
        Entry(
            _("措施“{what}”：{state}").format(
                what=names.get(one.measure, _("已不在方案里")), state=MeasureState(one.state).label
            ),
            one.at, by=one.by.name, text=listed(filter(None, (one.result, one.note)), "；"),
        )
        for one in shown.progress
    ]  # fmt: skip
    found += [
        Entry(
            _("回访{more}").format(more=_("，需要修订") if one.change else ""),
            one.at,
            by=one.by.name,
            text=one.effect,
        )
        for one in shown.reviews
    ]
    return sorted(found, key=lambda one: one.at, reverse=True)


def groups(shown: PlanView) -> list[dict[str, Any]]:
    """Each stay: whose, which group, from when and why, left when and why."""
    pack = policy.pack_for(shown.plan.hukou)
    plan = policy.plan(pack) if pack else None
    return [_stay(one, plan, len(shown.people) > 1) for one in shown.groups]


def _stay(row: GroupStay, plan: Plan | None, named: bool) -> dict[str, Any]:
    group = plan.groups.get(row.group) if plan else None
    return {
        "title": text(group.title) if group else row.group,
        "who": row.person.name if named else "",
        "since": row.entered_on,
        "why": row.entered_why.get("clause", ""),
        "until": row.left_on,
        "left": _left(row, plan) if row.left_on else "",
    }


def _left(row: GroupStay, plan: Plan | None) -> str:
    match row.left_why.get("code"):
        case "rules":
            failed = said.failed(plan, row.group, row.left_why.get("failed", ()))
            return _("不再符合：{what}").format(what=listed(failed, "；")) if failed else _("不再符合条件")
        case "plan_changed":
            return _("政策里不再有这一类")
        case "plan_closed":
            return _("方案结束：{why}").format(why=CloseReason(row.left_why["reason"]).label)
    return ""


def sides(rows: Iterable[Beside]) -> list[dict[str, Any]]:
    """Two versions, measure by measure: its lines with what stood and what stands now."""
    return [
        {
            "title": (row.new or row.old).what,  # type: ignore[union-attr]
            "status": _("新增") if row.old is None else _("取消") if row.new is None else "",
            "lines": [
                (label, _cell(row.old, name), _cell(row.new, name), name in row.changed)
                for name, label in _labels().items()
                if _cell(row.old, name) or _cell(row.new, name)
            ],
        }
        for row in rows
    ]


def _labels() -> dict[str, str]:
    return {
        "what": _("做什么"),
        "department": _("负责部门"),
        "responsible_name": _("责任人"),
        "result": _("要有什么结果"),
        "by": _("完成日期"),
        "fen": _("金额"),
        "provider": _("由谁提供"),
    }


def _cell(of: Measure | None, name: str) -> str:
    if of is None:
        return ""
    match name:
        case "department":
            return office_name(of.department)
        case "by":
            return words.day(of.by)
        case "fen":
            return money(of)
    return str(getattr(of, name))
