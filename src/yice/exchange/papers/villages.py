"""The return of a village (动态2表), a line each: what the place tells of itself, and what the registers count there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from yice.accounts import access
from yice.accounts.access import Place
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.areas import selectors as areas
from yice.areas.models import Tier
from yice.exchange.papers.people import Values, said
from yice.identifiers.division import is_within
from yice.network.models import Entry, Of
from yice.network.selectors import standing, whole
from yice.rules.model import Fact, Plan
from yice.rules.papers import Paper
from yice.terms import clock

Ranges = Mapping[str, list[tuple[str, str]]]


def villages(actor: User, paper: Paper, plan: Plan, area: str) -> list[Values]:
    """Every village within `area`. A figure nobody told is counted where the register is complete, and else a blank."""
    access.require(actor, Action.EXPORT, Place(area))
    day = clock.today()
    facts = {name: plan.facts[name] for name in paper.columns if name in plan.facts}
    told = {one.area: one.facts for one in standing(area, Of.AREA, day)}
    kinds = set(paper.counts.values())
    there = [one for of in (Of.ORGANISATION, Of.POST) for one in standing(area, of, day) if one.kind in kinds]
    complete: Ranges = {**whole(area, Of.ORGANISATION, day), **whole(area, Of.POST, day)}
    rows = []
    for code, name in areas.below(area, Tier.VILLAGE).filter(valid_to=None).values_list("code", "name"):
        counted = {
            fact: _counted(facts[fact], kind, code, there, complete) for fact, kind in paper.counts.items()
        }
        own = {key: value for key, value in told.get(code, {}).items() if key in facts}
        values = {**counted, **own}
        line = {key: _cell(fact, values.get(key)) for key, fact in facts.items()}
        rows.append({"area_code": code, "village": name, **line})
    return rows


def _counted(fact: Fact, kind: str, code: str, there: Iterable[Entry], complete: Ranges) -> int | bool | None:
    """How many of a kind stand in a village. None at all is only known, and no number is final, of a complete one."""
    found = sum(one.kind == kind and is_within(one.area, code) for one in there)
    known = any(low <= code < high for low, high in complete.get(kind, ()))
    if fact.type == "bool":
        return True if found else False if known else None
    return found if known else None


def _cell(fact: Fact, value: object) -> str:
    """A number without its commas: the file comes back."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else said(fact, value)
