"""Every case of every pack, judged a second time: the texts of the rules by the Rust CEL binding, the rest by hand.

The referee shares with the kernel only the plan as it is written: it puts groups, parents, exclusions, derived facts,
tables and parts together by itself, one person at a time. What it cannot find out it leaves unbound.
"""

from __future__ import annotations

import calendar
import datetime as dt
import functools
import logging
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import cel
import pytest

from yice.identifiers import division
from yice.rules.columns import Columns
from yice.rules.kernel.program import compile_plan
from yice.rules.kernel.screening import screen
from yice.rules.model import Benefit, Condition, Group, Plan
from yice.rules.pack.cases import _facts, own_cases
from yice.rules.pack.loader import plan_of
from yice.rules.pack.written import read_pack
from yice.rules.settings import Value

PACKS = Path(__file__).resolve().parents[2] / "packs"
Truth = bool | None
logging.getLogger("cel").setLevel(logging.ERROR)  # it warns of every function that says it does not know
WORST = 4  # the mildest grade there is: whoever has a part at all has it at that grade or a lower number


class Referee:
    """One row's facts under a plan on a day."""

    def __init__(self, plan: Plan, facts: Mapping[str, Any], on: dt.date) -> None:
        self.plan, self.on = plan, on
        self.facts = {name: _told(value) for name, value in facts.items() if value is not None}
        for name, fact in plan.facts.items():
            if fact.type == "set" and isinstance(told := self.facts.get(name), str):
                self.facts[name] = [one for one in told.split(";") if one != "none"]
            if fact.silence is not None and fact.silence.list is None:
                self.facts.setdefault(name, fact.silence.means)
        self._derived: dict[str, Any] = {}
        self._always: dict[str, Any] = {
            "as_of": self.on.isoformat(),
            "setting": {name: _told(one.value) for name, one in self.plan.settings.items()},
            "age_on": self._age,
            "days_between": lambda a, b: (dt.date.fromisoformat(b) - dt.date.fromisoformat(a)).days,
            "in_area": _in_area,
            "table": self._table,
            "has_part": self._has_part,
            "in_group": lambda name: _known(self.member(name)),
            "entitled": lambda name: _known(self.entitled(name)),
            "receives": lambda name: _known(self.facts.get(f"receives.{name}")),
        }
        for name, told in self.facts.items():  # `applied.<benefit>`; an element that is not there is unknown
            head, dot, tail = name.partition(".")
            if dot and head != "receives":
                self._always.setdefault(head, {})[tail] = told

    def lines(self, group: Group) -> Iterator[tuple[str, Condition]]:
        if group.same_as is not None:
            yield from self.lines(self.plan.groups[group.same_as])
            return
        own = [one for one in group.applies if self._active(one)]
        yield from ((one.id, one) for one in own)
        if group.within is not None:
            for key, one in self.lines(self.plan.groups[group.within]):
                if one not in own:
                    yield key if "/" in key else f"{group.within}/{key}", one
        yield from ((one.id, one) for one in group.when if self._active(one))

    def member(self, name: str) -> Truth:
        return _all(self.presumed(one) for _, one in self.lines(self.plan.groups[name]))

    def presumed(self, one: Condition) -> Truth:
        found = self.holds(one)
        return one.presume if found is None else found

    def holds(self, one: Condition) -> Truth:
        found = self.value(one.text)
        return None if found is None else bool(found)

    def entitled(self, benefit: str) -> Truth:
        made = self.plan.benefits[benefit]
        ways = [self.member(name) for name in (made.group, *made.routes)]
        way = True if True in ways else None if None in ways else False
        barred = any(self.holds(one) is True for one in self.barriers(made) if one.id in _taking(made))
        return False if barred else way

    def barriers(self, benefit: Benefit) -> list[Condition]:
        return [one.condition for one in benefit.excludes if self._active(one.condition)]

    def value(self, text: str) -> Any:
        """What CEL says of a text; None where it cannot tell."""
        written = re.sub(r"\bage_on\(", "age_on(birth_date, ", re.sub(r"\s+", " ", text))
        names = set(re.findall(r"[a-z_][a-z0-9_]*", written))
        context = dict(self._always)
        for name in names & self.plan.facts.keys():
            if (found := self._fact(name)) is not None:
                context[name] = found
        try:
            return _compiled(written).execute(context)
        except (RuntimeError, TypeError, ValueError, OverflowError, KeyError, ArithmeticError):
            return None

    def _fact(self, name: str) -> Any:
        derive = self.plan.facts[name].derive
        if derive is None:
            return self.facts.get(name)
        if name not in self._derived:
            self._derived[name] = self.value(derive)
        return self._derived[name]

    def _age(self, birth: str, on: str) -> int:
        born, day = dt.date.fromisoformat(birth), dt.date.fromisoformat(on)
        turns = (born.month, born.day)
        if turns == (2, 29) and not calendar.isleap(day.year):
            turns = (2, 28) if self.plan.settings["leap_day_birthday"].value == "02-28" else (3, 1)
        return day.year - born.year - ((day.month, day.day) < turns)

    def _active(self, one: Condition) -> bool:
        return one.practice is None or self.plan.settings[one.practice].value is True

    def _table(self, name: str, *keys: Any) -> int:
        wanted = tuple(str(one).lower() if isinstance(one, bool) else str(one) for one in keys)
        dated = [
            rate for rate in self.plan.tables[name].rates if rate.keys == wanted and rate.since <= self.on
        ]
        return _known(max(dated, key=lambda rate: rate.since).value if dated else None)

    def _has_part(self, category: str, grade: int) -> bool:
        of, own = self.facts.get("category"), self.facts.get("grade")
        if of is None:
            raise ValueError
        parts = self.facts.get("parts")
        if of == "multiple":
            if parts is None:
                raise ValueError
            given = parts if isinstance(parts, list) else str(parts).split(";")
            named = [part.partition(":") for part in given]
            grades = [int(told) if told else None for one, _, told in named if one == category]
        else:
            grades = [own] if of == category else []
        found = [grade >= WORST or None if one is None else one <= grade for one in grades]
        return _known(True if True in found else None if None in found else False)


@functools.lru_cache(maxsize=4096)
def _compiled(text: str) -> Any:
    return cel.compile(text)


def _taking(benefit: Benefit) -> set[str]:
    """Exclusions that take the benefit away; where the higher of two is chosen it may be due all the same."""
    return {one.condition.id for one in benefit.excludes if one.effect != "choose_higher"}


def _all(found: Iterator[Truth]) -> Truth:
    told = list(found)
    return False if False in told else None if None in told else True


def _known(value: Any) -> Any:
    if value is None:
        raise ValueError
    return value


def _told(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple | list) else value


def _in_area(code: str, within: Any) -> bool:
    return any(
        code.startswith(division.prefix(one)) for one in ([within] if isinstance(within, str) else within)
    )


@pytest.mark.parametrize("pack", sorted(one.name for one in PACKS.iterdir() if one.is_dir()))
def test_cel_says_the_same_of_every_case(pack: str) -> None:
    written, plans, wrong, judged = read_pack(PACKS / pack), dict[str, Plan](), [], 0
    for file, cases, _ in own_cases(written):
        for case in cases.cases:
            settings: dict[str, Value] = dict(case.set)
            key = repr(sorted(settings.items()))
            plan = plans[key] if key in plans else plans.setdefault(key, plan_of(written, settings))
            day = case.on or cases.on
            assert day is not None
            facts = _facts(plan, cases, case.given, case.lists)
            referee = Referee(plan, facts, compile_plan(plan, day).as_of)
            for told in screen(plan, Columns.one(plan, facts), day, groups=tuple(case.expect)).decide():
                group = plan.groups[told.group]
                benefit = plan.benefits.get(group.benefit or "")
                barriers = referee.barriers(benefit) if benefit else []
                if benefit and any(referee.holds(one) for one in barriers if one.id not in _taking(benefit)):
                    continue  # two sums are weighed: the cases themselves say which is higher
                lines = [(name, referee.presumed(one)) for name, one in referee.lines(group)]
                failed = [name for name, found in lines if found is False]
                failed += [one.id for one in barriers if referee.holds(one) is True]
                unknown = any(found is None for _, found in lines)
                status = "ineligible" if failed else "unknown" if unknown else "eligible"
                judged += 1
                if (status, sorted(failed)) != (told.status, sorted(told.failed)):
                    wrong.append((file, case.name, told.group, status, failed, told.status, told.failed))
    assert wrong == []
    assert judged
