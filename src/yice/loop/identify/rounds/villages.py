"""A village's own return (动态2表) in a round: who makes one, what is known of a village beforehand, where answers go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from yice.accounts.models import User
from yice.areas import selectors as areas
from yice.areas.models import Tier
from yice.loop.identify.facts.column import CONFLICT
from yice.loop.identify.models import Reply, Round
from yice.loop.identify.rounds.kept import Held, Known, codes, shown
from yice.loop.identify.rounds.opened import Standing
from yice.network import services as network
from yice.network.figures import Figures, figures
from yice.rules.model import Fact
from yice.terms import clock

TOLD, COUNTED = "village", "network"  # where a value comes from


def forms(of: Round) -> list[str]:
    """Make a form for every village or community that stands in the area of the round; gives their codes."""
    found = list(
        areas.standing(areas.below(of.area, Tier.VILLAGE), of.opens_on).values_list("code", flat=True)
    )
    Reply.objects.bulk_create(Reply(round=of, village=code) for code in found)
    return found


def offered(at: Standing, replies: Sequence[Reply]) -> dict[int, Held]:
    """What villages told before, and what complete registers count there; where the two differ it is asked."""
    facts = {item.fact: fact for item in at.of.items.values() if (fact := at.fact(item)) and item.fact}
    codes_of = {one.village for one in replies}
    area = at.round.area if len(codes_of) > 1 else next(iter(codes_of), at.round.area)
    known = figures(area, codes_of, facts, clock.today())
    return {one.pk: ({}, _offered(at, known[one.village])) for one in replies}


def _offered(at: Standing, of: Figures) -> dict[str, Known]:
    found: dict[str, Known] = {}
    for name, item in at.of.items.items():
        fact = at.fact(item)
        if fact is None:
            continue
        told, counted = of.told.get(fact.name), of.counted.get(fact.name)
        value = shown(item, fact, counted if told is None else told)
        if value is not None:
            doubt = CONFLICT if None not in (told, counted) and told != counted else ""
            found[name] = Known(
                value,
                COUNTED if told is None else TOLD,
                clock.today() if told is None else of.since,
                doubt,
            )
    return found


def learn(actor: User, at: Standing, reply: Reply, stated: Mapping[str, Any]) -> int:
    """Answers become figures of the place, through the way its register goes."""
    facts = {name: _value(at.plan.facts[name], value) for name, value in stated.items()}
    if facts:
        network.tell(actor=actor, area=reply.village, as_of=clock.today(), facts=facts)
    return len(facts)


def _value(fact: Fact, value: Any) -> Any:
    return codes(value) if fact.type == "set" else value
