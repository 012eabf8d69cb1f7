"""Which settings can change whom a plan entitles, or to how much: those that its expressions read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from yice.rules.model import Plan

LEAP_DAY = "leap_day_birthday"  # ages read it without naming it
_SETTING = re.compile(r"setting\.([a-z][a-z0-9_]*)")
_WORD = re.compile(r"[a-z][a-z0-9_]*")
_UNITS = ("person", "household")


def reaching(plan: Plan) -> list[str]:
    """Their names in the order of the plan. Times of steps, thresholds of targets and the like are not among them."""
    found = set(_named(plan))
    return [name for name in plan.settings if name in found]


def _named(plan: Plan) -> Iterator[str]:
    groups = [group for group in plan.groups.values() if group.unit in _UNITS]
    conditions = [one for group in groups for one in (*group.applies, *group.when)]
    conditions += [one.condition for benefit in plan.benefits.values() for one in benefit.excludes]
    yield from (name for one in conditions for name in (one.practice, one.presumed_by) if name)
    texts = {one.text for one in conditions}
    texts |= {benefit.amount for benefit in plan.benefits.values() if benefit.amount}
    for text in _with_derived(plan, texts):
        yield from _SETTING.findall(text)
        if "age_on(" in text:
            yield LEAP_DAY


def _with_derived(plan: Plan, texts: Iterable[str]) -> set[str]:
    """The texts, and those of the derived facts that they read, and so on."""
    found, waiting = set[str](), list(texts)
    while waiting:
        text = waiting.pop()
        if text in found:
            continue
        found.add(text)
        for word in set(_WORD.findall(text)):
            fact = plan.facts.get(word)
            if fact is not None and fact.derive is not None:
                waiting.append(fact.derive)
    return found
