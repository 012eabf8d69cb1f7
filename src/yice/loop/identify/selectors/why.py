"""Why: each condition of each group met, failed or unknown, in words, with its clause and the facts it looked at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.loop.identify.enums import FindingKind
from yice.loop.identify.facts import Settled
from yice.loop.identify.facts.tables import provided
from yice.loop.identify.selectors import words
from yice.loop.identify.services.cells import LINES
from yice.policy.provided import ID
from yice.policy.words import text
from yice.rules.columns import Columns
from yice.rules.explain.reasons import Explanation, Reason, Used, explain
from yice.rules.expression.scope import facts_of
from yice.rules.kernel.program import compile_plan
from yice.rules.model import Plan
from yice.terms.messages import Message, texts

_STATUS = texts({"eligible": "符合", "ineligible": "不符合", "unknown": "还不能判断"})
_PARTS = {"applies": "applies", "within": "within", "when": "when", "exclusions": "excluded"}


@dataclass(frozen=True)
class ConditionRow:
    part: str  # applies | within | when | excluded
    says: str
    clause: str
    result: str  # met | failed | unknown | assumed (an excluded one that is met takes the benefit away)
    facts: list[str]  # "残疾等级:2(残疾人登记册,2020年6月1日)"


@dataclass(frozen=True)
class WhyRow:
    group: str
    title: str
    clause: str
    benefit: str
    benefit_title: str
    status: str  # eligible | ineligible | unknown
    status_label: str
    conditions: list[ConditionRow]
    missing: list[str]  # labels of the facts that can still change it
    due_fen: int | None
    sample: bool  # 示例标准
    receiving: bool | None
    paid_fen: int | None
    kind: str  # the finding it gives, "" or ok
    kind_label: str


def why_rows(actor: User, plan: Plan, held: Settled, as_of: dt.date) -> list[WhyRow]:
    """Every group that leads to a benefit, on the facts as they stand today."""
    judge = _Judge(actor, plan, held, as_of)
    groups = compile_plan(plan, as_of).groups
    return [
        judge.row(name)[0]
        for name, group in groups.items()
        if group.benefit is not None and group.group.unit in ("person", "household")
    ]


def why_row(actor: User, plan: Plan, held: Settled, group: str, as_of: dt.date) -> tuple[WhyRow, Explanation]:
    """One group, with the explanation it was made from."""
    return _Judge(actor, plan, held, as_of).row(group)


class _Judge:
    """One person's facts as the kernel takes them, asked about one group after another."""

    def __init__(self, actor: User, plan: Plan, held: Settled, as_of: dt.date) -> None:
        columns = Columns.from_table(plan, provided(held).values.drop_columns([ID]))
        self.plan, self.held, self.as_of = plan, held, as_of
        self.lines = access.lines(actor, Action.FINDING_READ)
        self.facts = {
            name: value
            for name, fact in facts_of(plan).items()
            if fact.derive is None and (value := columns.value(name)) is not None
        }

    def row(self, name: str) -> tuple[WhyRow, Explanation]:
        said = explain(self.plan, self.facts, name, self.as_of)
        kind = said.finding
        if kind in FindingKind.values and LINES[FindingKind(kind)] not in self.lines:
            kind = ""
        benefit = compile_plan(self.plan, self.as_of).groups[name].benefit
        paid = self.facts.get(f"paid.{benefit.id}") if benefit else None
        return _row(self.plan, self.held, said, kind, paid), said


def _row(plan: Plan, held: Settled, said: Explanation, kind: str, paid: int | None) -> WhyRow:
    group = plan.groups[said.group]
    benefit = compile_plan(plan, said.as_of).groups[said.group].benefit
    facts = facts_of(plan)
    return WhyRow(
        group=said.group,
        title=text(group.title),
        clause=group.clause,
        benefit=benefit.id if benefit else "",
        benefit_title=text(benefit.title) if benefit else "",
        status=said.status,
        status_label=gettext(_STATUS[said.status]),
        conditions=[_condition(plan, held, reason) for reason in said.reasons],
        missing=[text(facts[name].label) for name in said.missing if name in facts],
        due_fen=said.amount.fen if said.amount else None,
        sample=bool(benefit and (benefit.sample or _sampled(plan, benefit.amount))),
        receiving=said.receiving,
        paid_fen=paid,
        kind=kind,
        kind_label=str(FindingKind(kind).label) if kind in FindingKind.values else "",
    )


def _sampled(plan: Plan, amount: str | None) -> bool:
    """Whether a sum comes from a setting that is only a sample."""
    return amount is not None and any(
        setting.sample and f"setting.{name}" in amount for name, setting in plan.settings.items()
    )


def _condition(plan: Plan, held: Settled, reason: Reason) -> ConditionRow:
    return ConditionRow(
        _PARTS.get(reason.section, reason.section),
        text(reason.condition.says),
        reason.condition.clause,
        reason.outcome,
        list(dict.fromkeys(said for used in reason.used for said in _used(plan, held, used))),
    )


def _used(plan: Plan, held: Settled, used: Used) -> Iterator[str]:
    """A fact with its value, source and day; a derived one by what it comes from."""
    if used.of:
        for one in used.of:
            yield from _used(plan, held, one)
        return
    fact = used.fact
    shown = words.value(fact, used.value)
    origin = held.origin(fact.name, 0) if fact.name in held.columns else None
    if used.value is None or origin is None:
        yield words.said(text(fact.label), shown)
        return
    yield str(
        Message(
            "{fact}：{value}（{source}，{day}）",
            fact=text(fact.label),
            value=shown,
            source=words.source(plan, origin.source),
            day=words.day(origin.date),
        )
    )
