"""One person's facts, sent and kept nowhere, judged by a pack: what is due and why, what cannot be told, what to ask."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ninja import Router
from pydantic import Field

from yice.accounts.enums import Action
from yice.api.door import ApiRequest, operation
from yice.api.shapes import Answer, In, Listed, Out, listed
from yice.loop.identify.selectors.questions import question
from yice.loop.identify.services.taking import fact_of
from yice.loop.identify.services.values import read
from yice.policy import selectors as policy
from yice.policy.models import InstalledPack
from yice.policy.words import text
from yice.rules.explain.ask import ask
from yice.rules.explain.reasons import Explanation, Reason, explain
from yice.rules.expression.scope import facts_of
from yice.rules.kernel.program import compile_plan
from yice.rules.model import Plan
from yice.terms import clock
from yice.terms.errors import Problem, Problems

router = Router(tags=["policy"])
Value = bool | int | str | list[str] | None


class PackOut(Out):
    id: str
    title: str
    hash: str
    since: dt.date | None
    until: dt.date | None


class Packs(Listed):
    items: list[PackOut]


class ScreenIn(In):
    as_of: dt.date | None = Field(
        None, description="today unless told; after its end a plan is read as of its last day"
    )
    facts: dict[str, Value] = Field(
        max_length=400, description="fact → value; what is left out, or null, is unknown"
    )


class ScreenReasonOut(Out):
    says: str
    clause: str
    result: str = Field(description="met, failed, unknown or assumed")
    section: str
    missing: list[str]


class JudgedOut(Out):
    group: str
    title: str
    clause: str
    benefit: str
    status: str = Field(description="eligible, ineligible or unknown: cannot tell")
    finding: str = Field(description="ok, gap, leak, amount, duplicate, ask or none")
    receiving: bool | None
    due_fen: int | None
    reasons: list[ScreenReasonOut]
    missing: list[str] = Field(description="facts that can still change it")


class ScreenQuestionOut(Out):
    fact: str
    label: str
    question: str
    type: str
    choices: list[tuple[str, str]]
    decides: list[str]


class Screened(Answer):
    pack: str
    hash: str
    as_of: dt.date
    ended: bool
    judged: list[JudgedOut]
    questions: list[ScreenQuestionOut] = Field(description="best first")


@operation(
    router, "GET", "/packs", Action.POLICY_READ, answers=Packs, leads={"screen": ("pack", "items/0/id")}
)
def packs(request: ApiRequest) -> dict[str, Any]:
    """Packs in force where I work."""
    return listed([_pack(row, policy.plan(row)) for row in policy.packs(request.user)])


@operation(router, "POST", "/screen/{slug:pack}", Action.POLICY_READ, answers=Screened)
def screen(request: ApiRequest, pack: str, sent: ScreenIn) -> dict[str, Any]:
    """Judge one person's facts by a pack (its id, or the hash of a version). Nothing of what is sent is kept."""
    installed = next((row for row in policy.packs(request.user) if row.pack_id == pack), None)
    installed = installed or policy.pack(request.user, pack)
    plan = policy.plan(installed)
    facts, day = _facts(plan, sent.facts), sent.as_of or clock.today()
    groups = {
        name: group.benefit
        for name, group in compile_plan(plan, day).groups.items()
        if group.benefit is not None and group.group.unit in ("person", "household")
    }
    judged = [explain(plan, facts, name, day) for name in groups]
    unknown = [one.group for one in judged if one.status == "unknown"]
    return {
        "pack": installed.pack_id,
        "hash": installed.hash,
        "as_of": judged[0].as_of if judged else day,
        "ended": bool(judged and judged[0].ended),
        "judged": [_judged(plan, one, groups[one.group].id) for one in judged],
        "questions": [
            question(one.fact, [text(plan.groups[name].title) for name in one.touches])
            for one in ask(plan, facts, unknown, day)
        ],
    }


def _facts(plan: Plan, sent: dict[str, Value]) -> dict[str, Any]:
    """The facts as the kernel takes them; every mistake at once, beside its fact."""
    found, problems = {}, list[Problem]()
    for name, value in sent.items():
        if value is None:
            continue
        try:
            fact = fact_of(plan, name)
            found[name] = read(fact, ";".join(value) if isinstance(value, list) else value)
        except Problem as problem:
            problem.field = f"facts.{name}"
            problems.append(problem)
    if problems:
        raise Problems(problems)
    return found


def _pack(row: InstalledPack, plan: Plan) -> dict[str, Any]:
    title = text(plan.title)
    return {"id": row.pack_id, "title": title, "hash": row.hash, "since": plan.since, "until": plan.until}


def _judged(plan: Plan, said: Explanation, benefit: str) -> dict[str, Any]:
    group, facts = plan.groups[said.group], facts_of(plan)
    return {
        "group": said.group,
        "title": text(group.title),
        "clause": group.clause,
        "benefit": benefit,
        "status": said.status,
        "finding": said.finding,
        "receiving": said.receiving,
        "due_fen": said.amount_fen,
        "reasons": [_reason(one) for one in said.reasons],
        "missing": [name for name in said.missing if name in facts],
    }


def _reason(one: Reason) -> dict[str, Any]:
    condition = one.condition
    return {
        "says": text(condition.says),
        "clause": condition.clause,
        "result": one.outcome,
        "section": one.section,
        "missing": list(one.missing),
    }
