"""One form as it stands: what is known of whom it asks, from this round, the facts, or the round before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from yice.loop.identify.facts import Settled, settled
from yice.loop.identify.facts.column import CONFLICT, STALE
from yice.loop.identify.models import Reply
from yice.loop.identify.rounds import villages
from yice.loop.identify.rounds.kept import Held, Known, as_kept, codes, hinted, sealed_text, shown
from yice.loop.identify.rounds.opened import Standing
from yice.loop.identify.services.asks import askable
from yice.policy.provided import Request
from yice.rules.expression.scope import facts_of
from yice.rules.model import Fact
from yice.rules.questionnaires.asking import Asked
from yice.rules.questionnaires.model import Item
from yice.terms import clock

SOON = dt.timedelta(days=60)  # a value that goes stale so soon after the round closes is asked in it
ROUND = "round"  # the source of facts that a round brought


@dataclass(frozen=True)
class Form:
    """One form as it stands: what is known of each item, which items are asked, what of the last round."""

    facts: dict[str, Any]  # of the person, for gates; of a village its items alone are asked
    known: dict[str, Known]
    asked: Asked
    before: dict[str, Any] = field(default_factory=dict)

    @property
    def values(self) -> dict[str, Any]:
        return {name: one.value for name, one in self.known.items()}


def form(at: Standing, reply: Reply, before: Reply | None, held: Held | None = None) -> Form:
    """Fill in what is known: said in this round, else a fact, else said in the last round."""
    facts, offered = held if held is not None else holding(at, reply)
    last = before.answers if before is not None else {}
    known: dict[str, Known] = {}
    for name, item in at.of.items.items():
        if name in reply.answers:
            known[name] = Known(reply.answers[name], "answer")
        elif item.yearly:
            continue  # it speaks of the year: asked anew, what was said last time stands beside it
        elif (found := offered.get(name)) is not None:
            known[name] = found
        elif name in last:
            known[name] = Known(
                as_kept(item, last[name]), "before", before.round.opens_on if before else None
            )
        elif item.sealed and item.id == "R6" and reply.person is not None and reply.person.phone_sealed:
            known[name] = Known(sealed_text(reply.person.phone), "registry")
    asked = at.asking.asked({name: hinted(one.value) for name, one in known.items()}, facts)
    return Form(facts, {n: one for n, one in known.items() if asked.applies[n] is not False}, asked, last)


def before(reply: Reply) -> Reply | None:
    """The form of the round before: the same person's, or the same village's."""
    if reply.round.before_id is None:
        return None
    whose = {"person": reply.person_id} if reply.person_id else {"person": None, "village": reply.village}
    return Reply.objects.select_related("round").filter(round=reply.round.before_id, **whose).first()


def holding(at: Standing, reply: Reply) -> Held:
    """What stands today of whom the form is about, and what that fills in."""
    return holdings(at, [reply]).get(reply.pk, ({}, {}))


def holdings(at: Standing, replies: Sequence[Reply]) -> dict[int, Held]:
    """The same of several forms of one questionnaire, by form, read at once."""
    if at.of.about == "village":
        return villages.offered(at, replies)
    by_person = {reply.person_id: reply.pk for reply in replies if reply.person_id is not None}
    persons = list(by_person)
    found: dict[int, Held] = {}
    for held in settled(Request(at.plan, "", "", clock.today(), persons)):
        for key, row in held.stretch.row_of.items():
            facts = {
                name: column.values[row]
                for name, column in held.columns.items()
                if column.values[row] is not None
            }
            found[by_person[key]] = facts, _offered(at, held, row, facts)
    return found


def _offered(at: Standing, held: Settled, row: int, facts: Mapping[str, Any]) -> dict[str, Known]:
    offered: dict[str, Known] = {}
    for name, item in at.of.items.items():
        if item.each:
            if (value := _of_truths(item, facts)) is not None:
                told = held.origin(next(iter(item.each.values())), row)
                offered[name] = Known(value, told.source, told.date) if told else Known(value, "registry")
            continue
        fact = at.fact(item)
        if fact is None or fact.name not in held.columns:
            continue
        code = shown(item, fact, facts.get(fact.name))
        state, origin = held.columns[fact.name].states.get(row, ""), held.origin(fact.name, row)
        if code is not None and origin is not None:
            doubt = _doubt(at, fact, origin.date, state)
            offered[name] = Known(code, origin.source, origin.date, doubt)
    return offered


def _doubt(at: Standing, fact: Fact, day: dt.date, state: str) -> str:
    if state in (CONFLICT, STALE):
        return state
    if fact.fresh_for_days is None or not askable(fact):
        return ""
    ends = day + dt.timedelta(days=fact.fresh_for_days)
    return "soon" if ends <= at.round.closes_on + SOON and day < at.round.opens_on else ""


def meant(at: Standing, item: Item, value: Any) -> dict[str, Any]:
    """The facts that an answer states, of those a person is asked about; registers and lists speak for themselves."""
    facts = facts_of(at.plan)
    said: dict[str, Any] = {}
    if item.each:
        chosen = codes(value)
        for code, name in item.each.items():
            said[name] = said.get(name, False) or code in chosen
    elif item.fact is not None:
        if not item.shows:
            said[item.fact] = value
        elif value in item.means:
            said[item.fact] = item.means[value]
    return {name: one for name, one in said.items() if askable(facts[name]) and facts[name].derive is None}


def _of_truths(item: Item, facts: Mapping[str, Any]) -> str | None:
    """The codes whose truths are known; a truth that several codes stand for names none of them."""
    times: dict[str, int] = {}
    for name in item.each.values():
        times[name] = times.get(name, 0) + 1
    chosen = [code for code, name in item.each.items() if times[name] == 1 and facts.get(name) is True]
    if any(times[name] > 1 and facts.get(name) is not False for name in item.each.values()):
        return None
    if chosen:
        return ";".join(chosen)
    whole = set(item.codes) <= {*item.each, *item.alone}
    return item.alone[0] if whole and item.alone and not any(facts.get(n, True) for n in times) else None
