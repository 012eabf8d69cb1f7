"""The facts of one person: what stands, where it came from, and what else was said."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.loop.identify.facts import Settled
from yice.loop.identify.facts.column import (
    AT_LEAST,
    CONFLICT,
    POSSIBLE,
    SILENCE,
    STALE,
    FactColumn,
    Offer,
    Origin,
)
from yice.loop.identify.models import Person
from yice.loop.identify.selectors import words
from yice.loop.identify.services.asks import askable
from yice.loop.identify.services.causes import facts_behind
from yice.policy.words import text
from yice.rules.kernel.program import compile_plan
from yice.rules.model import Fact, Plan
from yice.terms import clock
from yice.terms.messages import texts

_IN_IDENTITY = frozenset({"sex", "birth_date", "hukou", "residence", "household_id"})
NO_NEWS = "no_news"
_NOTES = texts(
    {
        NO_NEWS: "没有收到相关消息。",
        CONFLICT: "各来源说法不一，以上为目前采用的。",
        STALE: "已超过有效期，按未知处理。",
        SILENCE: "整份名单已收到，名单上没有此人。",
        POSSIBLE: "名单上有同名的一行，尚未核对是不是同一人，按未知处理。",
        AT_LEAST: "家庭成员不全，只能知道至少有多少。",
    }
)


@dataclass(frozen=True)
class Sourced:
    """A value with where it came from."""

    text: str
    value: Any
    source: str
    date: dt.date | None
    by: str
    state: str = "taken"  # taken | older | weaker | stale


@dataclass(frozen=True)
class FactRow:
    name: str
    label: str
    known: bool
    text: str
    source: str
    date: dt.date | None
    by: str
    state: str  # known | unknown | conflict | stale | silence | possible | at_least | no_news
    note: str  # one sentence for the states that need one
    others: list[Sourced]
    correct: str  # "here" | "request" (the register's owner) | "" (not by this actor)


@dataclass(frozen=True)
class FactSection:
    title: str
    rows: list[FactRow]


def fact_sections(actor: User, person: Person, plan: Plan, held: Settled) -> list[FactSection]:
    """Facts that are known, or that the plan's groups look at, by who knows them."""
    may = access.may(actor, Action.PERSON_CORRECT, person).allowed
    wanted = _looked_at(plan)
    sections: dict[str, list[FactRow]] = {}
    for name, column in held.columns.items():
        if name in _IN_IDENTITY or name.startswith(("receives.", "paid.", "applied.")):
            continue
        if column.values[0] is None and not column.states.get(0) and name not in wanted:
            continue
        sections.setdefault(_section(column.fact), []).append(_row(plan, column, held.origin(name, 0), may))
    order = ("register", "household", "person", "list")
    titles = {
        "register": gettext("登记册"),
        "household": gettext("家庭"),
        "person": gettext("本人情况"),
        "list": gettext("部门名单"),
    }
    return [FactSection(titles[key], sections[key]) for key in order if key in sections]


def _looked_at(plan: Plan) -> set[str]:
    program = compile_plan(plan, clock.today())
    return {name for group in program.groups for name in facts_behind(program, group)}


def _section(fact: Fact) -> str:
    if fact.source.startswith("list:"):
        return "list"
    return fact.source if fact.source in ("household", "person") else "register"


def _row(plan: Plan, column: FactColumn, origin: Origin | None, may: bool) -> FactRow:
    fact, value, state = column.fact, column.values[0], column.states.get(0, "")
    if value is None and not state and fact.silence is not None and fact.silence.list is None:
        state = NO_NEWS
    others = [_other(plan, column, offer, origin) for offer in (column.others or {}).get(0, ())]
    return FactRow(
        fact.name,
        text(fact.label),
        value is not None or state == NO_NEWS,
        shown(fact, value),
        words.source(plan, origin.source) if origin else "",
        origin.date if origin else None,
        origin.by if origin else "",
        state or ("known" if value is not None else "unknown"),
        gettext(_NOTES[state]) if state in _NOTES else "",
        others,
        ("here" if askable(fact) else "request") if may else "",
    )


def _other(plan: Plan, column: FactColumn, offer: Offer, origin: Origin | None) -> Sourced:
    if column.values[0] is None:
        state = "stale"
    elif origin is not None and offer.origin.date < origin.date:
        state = "older"
    else:
        state = "weaker"
    return Sourced(
        shown(column.fact, offer.value), offer.value, words.source(plan, offer.origin.source),
        offer.origin.date, offer.origin.by, state,
    )  # fmt: skip


def shown(fact: Fact, value: Any) -> str:
    """In words, a blank that means something as what it means.

    A value the fact cannot hold (an old code) is shown as it was written.
    """
    if value is None and fact.silence is not None and fact.silence.list is None:
        value = fact.silence.means
    try:
        return words.value(fact, value)
    except (ValueError, TypeError):
        return str(value)
