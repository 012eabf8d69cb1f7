"""One ask a person: the questions that decide most first, at most ten, none that a list or register answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from yice.loop.identify.enums import AnswerKind
from yice.loop.identify.models import Answer
from yice.loop.identify.services.cells import Open
from yice.policy.screening import Screened
from yice.rules.explain.ask import AT_MOST, ask
from yice.rules.model import Fact, Plan

AGAIN_AFTER = dt.timedelta(days=180)  # "does not know" and "refuses" hold so long
SETTING = "questions_at_most"


@dataclass(frozen=True)
class Wanted:
    """What to ask one person. Nothing to ask and something on a list: the ask rests until the list comes."""

    questions: list[dict[str, Any]] = field(default_factory=list)
    from_lists: list[str] = field(default_factory=list)

    @property
    def weight(self) -> int:
        """How many groups the questions can decide."""
        return len({group for question in self.questions for group in question["decides"]})


def askable(fact: Fact) -> bool:
    """Whether a person is asked: the register and the lists answer for themselves."""
    return not fact.source.startswith("list:") and fact.source != "register"


def wanted(screened: Screened, open_groups: Mapping[int, list[Open]]) -> dict[int, Wanted]:
    """For each person with groups that cannot be told, what to ask. Like cases are worked out once."""
    silent = _unanswered(screened, list(open_groups))
    known: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    limit = _limit(screened.plan)
    found = {}
    for person, groups in open_groups.items():
        pattern = tuple(sorted((one.group, one.missing) for one in groups))
        ranked = known.get(pattern)
        if ranked is None:
            ranked = known[pattern] = _ranked(screened, person, groups)
        held_back = silent.get(person, set[str]())
        questions = [question for question in ranked if question["fact"] not in held_back]
        facts = screened.columns.facts
        waiting = {name for one in groups for name in one.missing if not askable(facts[name])}
        found[person] = Wanted(questions[:limit], sorted(waiting))
    return found


def _ranked(screened: Screened, person: int, groups: list[Open]) -> list[dict[str, Any]]:
    """The kernel's order, without questions that could decide nothing before a list comes."""
    (row,) = screened.rows(np.array([person]))
    facts = screened.columns.facts
    at_the_door = {one.group for one in groups if all(askable(facts[name]) for name in one.missing)}
    names = [one.group for one in groups]
    ranked = []
    for question in ask(screened.plan, screened.facts(int(row)), names, screened.as_of, limit=99):
        decides = [g for g in question.touches if g in question.decides or g in at_the_door]
        if decides and askable(question.fact):
            ranked.append({"fact": question.fact.name, "decides": decides})
    return ranked


def _unanswered(screened: Screened, persons: list[int]) -> dict[int, set[str]]:
    """Person → facts they lately did not know or would not tell."""
    since = dt.datetime.combine(screened.as_of, dt.time.min, dt.UTC) - AGAIN_AFTER
    rows = Answer.objects.exclude(kind=AnswerKind.VALUE).filter(at__gte=since)
    if len(persons) == 1:
        rows = rows.filter(person_id=persons[0])
    found: dict[int, set[str]] = {}
    for person, fact in rows.values_list("person_id", "fact").order_by("id").iterator():
        found.setdefault(person, set()).add(fact)
    return found


def _limit(plan: Plan) -> int:
    setting = plan.settings.get(SETTING)
    return setting.value if setting is not None and isinstance(setting.value, int) else AT_MOST
