"""The return of a village (动态2表), a line each: what the place tells of itself, and what the registers count there."""

from __future__ import annotations

from yice.accounts import access
from yice.accounts.access import Place
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.areas import selectors as areas
from yice.areas.models import Tier
from yice.exchange.papers.people import Values, said
from yice.network.figures import figures
from yice.rules.model import Fact, Plan
from yice.rules.papers import Paper
from yice.terms import clock


def villages(actor: User, paper: Paper, plan: Plan, area: str) -> list[Values]:
    """Every village within `area`. A figure nobody told is counted where the register is complete, and else a blank."""
    access.require(actor, Action.EXPORT, Place(area))
    facts = {name: plan.facts[name] for name in paper.columns if name in plan.facts}
    places = dict(areas.below(area, Tier.VILLAGE).filter(valid_to=None).values_list("code", "name"))
    known = figures(area, places, facts, clock.today())
    rows = []
    for code, name in places.items():
        values = {**known[code].counted, **known[code].told}
        line = {key: _cell(fact, values.get(key)) for key, fact in facts.items()}
        rows.append({"area_code": code, "village": name, **line})
    return rows


def _cell(fact: Fact, value: object) -> str:
    """A number without its commas: the file comes back."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else said(fact, value)
