"""What must be true before a step: judged on the case's own record, assessments, plans and the person's facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from yice.loop.assess.models import Assessment
from yice.loop.assess.selectors import valid_assessment
from yice.loop.deliver.enums import RecordKind
from yice.loop.deliver.models import Case, StepRecord
from yice.loop.deliver.services.filling import unsealed
from yice.loop.deliver.services.standing import people_of, plan_of
from yice.loop.identify.rights.consents import refusal
from yice.loop.identify.selectors import words
from yice.loop.identify.services import taking
from yice.loop.plan.selectors import plan_in_force
from yice.policy.words import text
from yice.rules.bits import pick
from yice.rules.explain.standing import InTheWay, in_the_way
from yice.rules.kernel.evaluator import Evaluator
from yice.rules.kernel.program import compile_plan
from yice.rules.services import Block, Outcome, Step
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message, listed

TO_CONSENT = Message("取得同意后，请在“权利”页登记。")


def blocked(case: Case, step: Step, outcome: Outcome, values: Mapping[str, Any]) -> list[Problem]:
    """Everything that stands in the way of this outcome; refusing is never blocked unless a block names it."""
    problems = []
    for block in step.blocks:
        if outcome.id not in block.outcomes and (block.outcomes or outcome.kind in ("refuse", "stop")):
            continue
        why = _why(case, block, values)
        if why is not None:
            problems.append(
                Problem(
                    "step-blocked",
                    Message("还不能办。要求：{says}。", says=block.says),
                    why=why,
                    fix=TO_CONSENT if block.consent else Message("依据：{clause}", clause=block.clause),
                    field=_field_of(block),
                )
            )
    return problems


def _field_of(block: Block) -> str | None:
    limit = block.among or block.at_most or block.differs
    return limit[0] if limit else None


def _why(case: Case, block: Block, values: Mapping[str, Any]) -> Message | None:
    """Why a block holds; None where what it asks is true."""
    if block.done is not None:
        return None if last_taken(case, block.done) else Message("前面的步骤还没有办。")
    if block.assessed is not None:
        return (
            None if assessment_of(case, block.assessed) else Message("没有有效的评估结果，或者结果已过期。")
        )
    if block.plan:
        agreed = any(plan_in_force(person) for person in people_of(case))
        return None if agreed else Message("还没有本人或监护人签字的帮扶方案。")
    if block.consent is not None:
        refused = (refusal(person, block.consent) for person in people_of(case))
        return next((why for why in refused if why is not None), None)
    if block.when is not None:
        return _fact(case, block)
    return _held_against(case, block, values)


def _held_against(case: Case, block: Block, values: Mapping[str, Any]) -> Message | None:
    limit = block.among or block.at_most or block.differs
    if limit is None:
        return None
    own, step, field = limit
    here, there = values.get(own), value_of(case, step, field)
    if here is None:
        return None
    if there is None:
        return Message("前面的步骤没有登记要核对的内容。")
    if block.among is not None and not set(here) <= set(there):
        extra = len(set(here) - set(there))
        return Message("有 {count} 项不在已定的范围内。", count=extra)
    if block.at_most is not None and here > there:
        return Message("超过了已定的数。")
    if block.differs is not None and str(here).strip() == str(there).strip():
        return Message("两处不能是同一个。")
    return None


def _fact(case: Case, block: Block) -> Message | None:
    """The expression over today's facts: false blocks, and so does not known."""
    plan = plan_of(case)
    person = next(iter(people_of(case)), None)
    screened = taking.screened_now([person.pk], person) if person else None
    if screened is None or not len(screened.keys) or block.when is None:
        return Message("没有可以核对的事实。")
    program = compile_plan(plan, clock.today())
    columns = type(screened)(screened.pack, plan, screened.as_of, screened.table).columns
    evaluator = Evaluator(columns, program.tables, program.leap_day)
    true, false = evaluator.bits(program.asked_of(block.when, block.place))
    first = np.array([0])
    if bool(pick(true, first)[0]):
        return None
    stands = in_the_way(plan, screened.facts(0), block.when, block.place, clock.today())
    return _stands(stands, screened.facts(0), known=bool(pick(false, first)[0]))


def _stands(stands: InTheWay, facts: Mapping[str, Any], *, known: bool) -> Message:
    """Which condition fails, or which fact is not known; without a condition the facts themselves."""
    if not known:
        missing = listed(text(one.label) for one in stands.unknown)
        return Message("还不清楚：{facts}。", facts=missing) if missing else Message("有关的事实还不清楚。")
    said = [text(one.says) for one in stands.failed]
    said += [str(Message("不能同时享受：{says}", says=text(one.says))) for one in stands.excluded]
    if said:
        return Message("按目前的事实，不符合：{conditions}。", conditions=listed(said, "；"))
    told = [words.said(text(one.label), words.value(one, facts.get(one.name))) for one in stands.facts]
    return Message("目前的事实是：{facts}。", facts=listed(told, "；"))


def last_taken(case: Case, step: str) -> StepRecord | None:
    """The last time the step was taken and not undone by a return to it."""
    return StepRecord.objects.filter(case=case, step=step, kind=RecordKind.TAKEN).order_by("-version").first()


def value_of(case: Case, step: str, field: str) -> Any:
    """What the form of an earlier step says, as last taken."""
    row = last_taken(case, step)
    return unsealed(row.values.get(field)) if row else None


def assessment_of(case: Case, kind: str) -> Assessment | None:
    """A valid assessment of one of the case's persons."""
    found: Iterator[Assessment | None] = (valid_assessment(person, kind) for person in people_of(case))
    return next((one for one in found if one is not None), None)
