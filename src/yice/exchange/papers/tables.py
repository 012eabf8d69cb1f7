"""The lists a paper can hold, each with its head and rows, within what the actor may read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from yice.accounts.models import User
from yice.exchange.papers.document import Table
from yice.loop.assess.selectors import assessments, scales_of
from yice.loop.deliver.enums import FundSource, Mode, Proof
from yice.loop.deliver.models import Case, Delivery, Payment, StepRecord
from yice.loop.deliver.selectors.answers import answers, in_words
from yice.loop.deliver.selectors.case import CaseView, cases_of, view
from yice.loop.deliver.selectors.scope import readable
from yice.loop.deliver.services.standing import office_name, plan_of, service_of
from yice.loop.identify.enums import NeedState, VisitResult
from yice.loop.identify.models import Person, Visit
from yice.loop.identify.selectors.household import household_block
from yice.loop.identify.selectors.needs import needs_of
from yice.loop.identify.selectors.person import identity_and_settled
from yice.loop.plan.enums import MeasureState
from yice.loop.plan.models import GroupStay, Measure
from yice.loop.plan.selectors import PlanView, plans_of
from yice.loop.plan.selectors import view as plan_view
from yice.policy import selectors as policy
from yice.policy.words import text
from yice.rules.services import NEEDS
from yice.terms.messages import listed
from yice.terms.money import format_fen

MOST = 60  # rows of one list on a paper


def money(fen: int | None, source: str = "", mode: str = "") -> str:
    """A sum with where it comes from and how it is given; blank where there is none."""
    if fen is None:
        return ""
    parts = [format_fen(fen)]
    parts += [str(FundSource(source).label)] if source in FundSource.values else []
    parts += [str(Mode(mode).label)] if mode in Mode.values else []
    return " ".join(parts)


def needs(actor: User, people: Sequence[Person]) -> Table:
    found = [one for person in people for one in needs_of(actor, person)]
    rows = [
        [text(NEEDS[one.kind]), one.get_channel_display(), one.opened_on.isoformat(), one.get_state_display(),
         one.answer if one.state == NeedState.CLOSED else ""]
        for one in found[:MOST]
    ]  # fmt: skip
    return Table([_("需求"), _("渠道"), _("提出日期"), _("状态"), _("答复")], rows)


def measures(shown: Sequence[PlanView]) -> Table:
    head = [
        _("需求类别"),
        _("做什么"),
        _("部门和责任人"),
        _("要有什么结果"),
        _("完成日期"),
        _("钱和来源"),
        _("进展"),
    ]
    rows = [
        measure(one.measure, str(one.state.label), one.last.result if one.last else "")
        for view in shown
        for one in view.measures
    ]
    return Table(head, rows[:MOST])


def measure(of: Measure, state: str, done: str) -> list[str]:
    return [
        text(NEEDS[of.kind]), of.what, f"{office_name(of.department)} {of.responsible_name}", of.result,
        of.by.isoformat(), money(of.fen, of.fund_source, of.mode), f"{state} {done}".strip(),
    ]  # fmt: skip


def of_person(actor: User, person: Person) -> dict[str, Callable[[], Table]]:
    return {
        "members": lambda: _members(actor, person),
        "benefits": lambda: _benefits(actor, person),
        "needs": lambda: needs(actor, [person]),
        "plans": lambda: measures([plan_view(actor, one.uuid) for one in plans_of(actor, person)[:3]]),
        "cases": lambda: _cases(actor, person),
        "assessments": lambda: _assessments(actor, [person]),
        "visits": lambda: _visits(person),
        "payments": lambda: payments(Payment.objects.filter(case__in=readable(actor), person=person)),
        "deliveries": lambda: deliveries(Delivery.objects.filter(case__in=readable(actor), person=person)),
    }


def _members(actor: User, person: Person) -> Table:
    block = household_block(actor, person, None)
    rows = [
        [one.name, one.relation, one.sex, "" if one.age is None else str(one.age), one.certificate]
        for one in (block.members if block else [])
    ]
    return Table([_("姓名"), _("与户主关系"), _("性别"), _("年龄"), _("残疾类别和等级")], rows)


def _benefits(actor: User, person: Person) -> Table:
    """What is known to be received; what is not known stays off the list, never 'no'."""
    _identity, plan, held = identity_and_settled(actor, person)
    rows = []
    for name, benefit in plan.benefits.items() if plan and held else ():
        column = held.columns.get(f"receives.{name}") if held else None
        paid = held.columns.get(f"paid.{name}") if held else None
        if column is not None and column.values[0] is True:
            fen = paid.values[0] if paid is not None else None
            rows.append([text(benefit.title), format_fen(int(fen)) if fen else ""])
    return Table([_("待遇"), _("每月金额（元）")], rows)


def _cases(actor: User, person: Person) -> Table:
    rows = [
        [
            one.number,
            text(service_of(one).title),
            one.applied_on.isoformat(),
            one.get_state_display(),
            end_of(one),
        ]
        for one in cases_of(actor, person)[:MOST]
    ]
    return Table([_("编号"), _("事项"), _("申请日期"), _("状态"), _("结果")], rows)


def end_of(case: Case) -> str:
    end = service_of(case).ends.get(case.end)
    return text(end.says) if end else ""


def _assessments(actor: User, people: Sequence[Person]) -> Table:
    rows = []
    for person in people:
        scales = scales_of(person)
        for one in assessments(actor, person)[:MOST]:
            scale = scales.get(one.kind)
            band = next((band for band in scale.bands if band.id == one.band), None) if scale else None
            rows.append([
                text(scale.title) if scale else one.kind, one.on.isoformat(),
                "" if one.score is None else str(one.score), text(band.says) if band else "",
                one.findings, one.assessor.name if one.assessor else one.recorded_by.name,
                one.valid_until.isoformat() if one.valid_until else "",
            ])  # fmt: skip
    return Table([_("评估"), _("日期"), _("得分"), _("结果"), _("意见"), _("评估人"), _("有效到")], rows)


def _visits(person: Person) -> Table:
    found = Visit.objects.filter(person=person, typed_at__isnull=False).select_related("list__made_by")
    rows = [
        [one.list.day.isoformat(), one.list.made_by.name, result_of(one), one.note,
         one.next_on.isoformat() if one.next_on else ""]
        for one in found.order_by("-list__day", "-id")[:MOST]
    ]  # fmt: skip
    return Table([_("日期"), _("走访人"), _("情况"), _("记录"), _("下次走访")], rows)


def result_of(one: Visit) -> str:
    return str(VisitResult(one.result).label) if one.result in VisitResult.values else ""


def payments(found: Any) -> Table:
    rows = [
        [one.month.strftime("%Y-%m") if one.month else one.paid_on.isoformat(), format_fen(one.amount_fen),
         one.get_kind_display(), one.get_fund_source_display(), one.get_mode_display()]
        for one in found.order_by("-month", "-id")[:MOST]
    ]  # fmt: skip
    return Table([_("月份"), _("金额（元）"), _("款项"), _("资金来源"), _("发放方式")], rows)


def deliveries(found: Any) -> Table:
    rows = [
        [
            one.day.isoformat(),
            one.what,
            str(one.person_times),
            one.provider,
            money(one.fen, one.fund_source, one.mode),
        ]
        for one in found.order_by("-day", "-id")[:MOST]
    ]
    return Table([_("日期"), _("内容"), _("人次"), _("由谁提供"), _("资金和来源")], rows)


def of_plan(actor: User, shown: PlanView) -> dict[str, Callable[[], Table]]:
    names = {one.measure.uuid: one.measure.what for one in shown.measures}
    return {
        "needs": lambda: needs(actor, shown.people),
        "measures": lambda: measures([shown]),
        "progress": lambda: Table(
            [_("日期"), _("措施"), _("进展"), _("结果"), _("登记人")],
            [
                [
                    one.on.isoformat(),
                    names.get(one.measure, ""),
                    str(MeasureState(one.state).label),
                    one.result,
                    one.by.name,
                ]
                for one in shown.progress[:MOST]
            ],
        ),
        "reviews": lambda: Table(
            [_("日期"), _("效果"), _("需要修订"), _("回访人")],
            [
                [one.on.isoformat(), one.effect, _("是") if one.change else _("否"), one.by.name]
                for one in shown.reviews
            ],
        ),
        "groups": lambda: _groups(shown.groups, shown.plan.hukou),
    }


def _groups(stays: Sequence[GroupStay], area: str) -> Table:
    pack = policy.pack_for(area)
    groups = policy.plan(pack).groups if pack else {}
    rows = [
        [one.person.name, text(groups[one.group].title) if one.group in groups else one.group,
         one.entered_on.isoformat(), one.left_on.isoformat() if one.left_on else ""]
        for one in stays[:MOST]
    ]  # fmt: skip
    return Table([_("姓名"), _("人群"), _("纳入"), _("退出")], rows)


def of_case(actor: User, case: Case, whole: bool) -> dict[str, Callable[..., Table]]:
    shown = view(actor, case.uuid)
    people = (
        [case.person]
        if case.person
        else list(case.household.persons.order_by("id"))
        if case.household
        else []
    )
    return {
        "steps": lambda: Table(
            [_("日期"), _("步骤和结果"), _("说明"), _("办理人")],
            [
                [one.at.date().isoformat(), one.text, listed(one.details, "；"), one.by]
                for one in reversed(shown.timeline)
            ],
        ),
        "answers": lambda step="": _answers(shown, whole, step),
        "evidence": lambda step="": _evidence(shown, step),
        "payments": lambda: payments(case.payments),
        "deliveries": lambda: deliveries(case.deliveries),
        "assessments": lambda: _assessments(actor, people),
    }


def _records(shown: CaseView, step: str) -> Iterator[StepRecord]:
    """What was put on record, the oldest first; of one step what it said last, after every correction."""
    if not step:
        yield from (one.record for one in reversed(shown.timeline))
        return
    step = shown.service.start if step == "start" else step
    yield from [one.record for one in shown.timeline if one.record.step == step and one.record.outcome][:1]


def _answers(shown: CaseView, whole: bool, step: str) -> Table:
    """Forms as filled in; a sealed field in full only on a paper that shows numbers in full."""
    plan, rows = plan_of(shown.case), []
    for record in _records(shown, step):
        for field, value in answers(plan, shown.service, record):
            said = [text(field.label), in_words(field, value, whole=whole)]
            rows.append(said if step else [text(shown.service.steps[record.step].title), *said])
    head = [_("项目"), _("内容")]
    return Table(head if step else [_("步骤"), *head], rows)


def _evidence(shown: CaseView, step: str) -> Table:
    rows = []
    for record in _records(shown, step):
        about = shown.service.steps.get(record.step)
        for name, how in record.evidence.items() if about else ():
            paper = about.evidence.get(name) if about else None
            says = str(Proof(how).label) if how in Proof.values else str(how)
            rows.append([text(paper.says) if paper else name, says])
    return Table([_("材料"), _("怎样核对")], rows)
