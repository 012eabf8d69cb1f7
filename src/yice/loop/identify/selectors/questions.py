"""The questions open for a person, ready for a form."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.loop.identify.enums import AnswerKind, FindingKind, FindingState
from yice.loop.identify.models import Answer, Ask, Finding, Person
from yice.loop.identify.selectors import words
from yice.policy.words import text
from yice.rules.expression.scope import facts_of
from yice.rules.model import Fact, Plan


@dataclass(frozen=True)
class Question:
    fact: str
    label: str
    question: str
    type: str  # a FactType
    choices: list[tuple[str, str]]  # for code, set, parts and bool ("true"/"false")
    unit: str
    low: int | None
    high: int | None
    decides: list[str]  # titles of the groups it can decide
    answered: str  # "" or what was said last ("does_not_know", "refuses")


@dataclass(frozen=True)
class AskBlock:
    uuid: UUID
    finding: UUID | None
    version: int
    questions: list[Question]
    from_lists: list[str]  # labels with the list that will answer: not asked at the door
    may_answer: bool


def ask_block(actor: User, person: Person, plan: Plan) -> AskBlock | None:
    """The ask, or None where nothing is open."""
    ask = Ask.objects.filter(person=person).first()
    if ask is None or not (ask.open or ask.from_lists):
        return None
    finding = (
        Finding.objects.filter(person=person, kind=FindingKind.ASK)
        .exclude(state=FindingState.CLOSED)
        .values_list("uuid", flat=True)
        .first()
    )
    return AskBlock(
        ask.uuid,
        finding,
        ask.version,
        questions(plan, ask, _last(person)),
        waiting_for(plan, ask.from_lists),
        access.may(actor, Action.ASK_ANSWER, person).allowed,
    )


def questions(plan: Plan, ask: Ask, last: dict[str, str]) -> list[Question]:
    """The ask's questions in their order."""
    facts = facts_of(plan)
    found = []
    for one in ask.questions:
        fact = facts.get(one["fact"])
        if fact is None:
            continue
        titles = [text(plan.groups[group].title) for group in one["decides"] if group in plan.groups]
        found.append(question(fact, titles, last.get(fact.name, "")))
    return found


def question(fact: Fact, decides: list[str], answered: str = "") -> Question:
    """One fact as a question of a form."""
    return Question(
        fact.name,
        text(fact.label),
        text(fact.question) or str(gettext("{fact}？")).format(fact=text(fact.label)),
        fact.type,
        _choices(fact),
        fact.unit,
        fact.low,
        fact.high,
        decides,
        answered,
    )


def waiting_for(plan: Plan, names: Iterable[str]) -> list[str]:
    """The facts that a list or register will answer, each with who sends it."""
    facts = facts_of(plan)
    said = []
    for name in names:
        fact = facts.get(name)
        if fact is not None:
            source = words.source(plan, fact.source if fact.source != "register" else "registry")
            said.append(gettext("{fact}（待{source}）").format(fact=text(fact.label), source=source))
    return said


def _choices(fact: Fact) -> list[tuple[str, str]]:
    if fact.type == "bool":
        return [("true", gettext("是")), ("false", gettext("否"))]
    return [(code, words.value(_as_code(fact), code)) for code in fact.codes]


def _as_code(fact: Fact) -> Fact:
    return Fact(fact.name, "code", fact.label, codes=fact.codes, code_labels=fact.code_labels)


def _last(person: Person) -> dict[str, str]:
    found: dict[str, str] = {}
    for fact, kind in Answer.objects.filter(person=person).order_by("id").values_list("fact", "kind"):
        found[fact] = "" if kind == AnswerKind.VALUE else kind
    return found
