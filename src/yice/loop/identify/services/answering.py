"""What was said at the door or by telephone, taken as facts; the person is screened again at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.audit.services import record
from yice.loop.identify.enums import AnswerKind, BatchKind
from yice.loop.identify.models import Answer, Ask, Person
from yice.loop.identify.services import taking, values
from yice.loop.identify.services.asks import askable
from yice.loop.identify.services.rescreening import Rescreened, rescreen
from yice.policy.words import text
from yice.rules.model import Plan
from yice.terms import clock
from yice.terms.errors import Problem, Problems
from yice.terms.messages import Message

DOES_NOT_KNOW = AnswerKind.DOES_NOT_KNOW.value
REFUSES = AnswerKind.REFUSES.value


@dataclass(frozen=True)
class Given:
    """One answer: a value of the fact's type, or that the person does not know or refuses."""

    kind: str  # AnswerKind: value | does_not_know | refuses
    value: Any = None


def answer(*, actor: User, person: Person, answers: Mapping[str, Given], version: int) -> Rescreened:
    """Take answers to `person`'s open questions. `version` is the ask's: a stale one is Problem "stale".

    Values may be the form's text: "true", "60000", "2020-05-01", "a;b"; a wrong one is a Problem with `field`.
    """
    access.require(actor, Action.ASK_ANSWER, person)
    plan = taking.plan_of(person)
    read = read_answers(plan, answers)
    with transaction.atomic():
        ask = Ask.objects.select_for_update().filter(person=person).first()
        if ask is None or ask.version != version:
            if said_already(person, read):
                return Rescreened(questions_left=len(ask.questions) if ask else 0)
            raise _stale()
        given = taking.batch(actor=actor, person=person, kind=BatchKind.ANSWER)
        Answer.objects.bulk_create(
            Answer(
                person=person,
                fact=fact,
                kind=one.kind,
                value=one.value,
                at=clock.now(),
                by=actor,
                batch=given,
            )
            for fact, one in read.items()
        )
        known = {fact: one.value for fact, one in read.items() if one.kind == AnswerKind.VALUE}
        touched = taking.take(actor=actor, person=person, values=known, of=given, plan=plan) if known else []
        done = replace(rescreen(person, touched), taken=len(read))
        kinds = [one.kind for one in read.values()]
        counts = {
            "answered": kinds.count(AnswerKind.VALUE),
            "not_known": kinds.count(AnswerKind.DOES_NOT_KNOW),
            "refused": kinds.count(AnswerKind.REFUSES),
            "facts": sorted(read),
        }
        record(actor=actor, code="ask.answered", subject=person, area=person.hukou, values=counts)
    return done


def read_answers(plan: Plan, answers: Mapping[str, Given]) -> dict[str, Given]:
    """Every answer in the form it is kept in; all mistakes at once."""
    read: dict[str, Given] = {}
    problems = []
    for name, given in answers.items():
        try:
            fact = taking.fact_of(plan, name)
            if not askable(fact):
                what = Message("“{fact}”由登记机关或部门名单给出，不在上门时询问。", fact=text(fact.label))
                raise Problem("not-asked", what, field=name)
            kind = AnswerKind(given.kind)
            read[name] = Given(kind, values.read(fact, given.value) if kind == AnswerKind.VALUE else None)
        except Problem as problem:
            problems.append(problem)
        except ValueError:
            problems.append(Problem("answer-kind", Message("请选择回答、不清楚或不愿回答。"), field=name))
    if problems:
        raise Problems(problems)
    if not read:
        raise Problem("nothing-answered", Message("还没有填写任何一项。"))
    return read


def said_already(person: Person, read: Mapping[str, Given]) -> bool:
    """Whether exactly this was the last thing said: the form was sent twice."""
    last: dict[str, Answer] = {}
    for row in Answer.objects.filter(person=person, fact__in=list(read)).order_by("id"):
        last[row.fact] = row
    return all(
        name in last and (last[name].kind, last[name].value) == (one.kind, one.value)
        for name, one in read.items()
    )


def _stale() -> Problem:
    return Problem(
        "stale",
        Message("要问的问题在您打开页面之后已经变了。"),
        why=Message("可能有同事刚登记了回答，或新的名单已经给出答案。"),
        fix=Message("请刷新页面，核对后再登记。"),
    )


__all__ = ["DOES_NOT_KNOW", "REFUSES", "Given", "Rescreened", "answer"]
