"""The facts that a "cannot tell" names are exactly those that can still change the answer, by trying every answer."""

from __future__ import annotations

import itertools
import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rules.little_plan import DAY, condition, fact, group, plan_with

from yice.rules.bits import unpack
from yice.rules.columns import Columns
from yice.rules.kernel.screening import screen

NAMES = [f"b{n}" for n in range(12)]
FACTS = tuple(fact(name, "bool", source="person") for name in NAMES)
Person = dict[str, Any]


@st.composite
def _formula(draw: st.DrawFn, names: tuple[str, ...]) -> str:
    """A formula in which each name stands once: there, asking fact by fact and trying everything agree."""
    if len(names) == 1:
        return draw(st.sampled_from(["{0}", "!{0}", "({0} == true)", "({0} ? true : false)"])).format(
            names[0]
        )
    if len(names) >= 3 and draw(st.integers(0, 3)) == 0:
        one = draw(st.integers(1, len(names) - 2))
        two = draw(st.integers(one + 1, len(names) - 1))
        test, then, other = (draw(_formula(part)) for part in (names[:one], names[one:two], names[two:]))
        return f"({test} ? {then} : {other})"
    cut = draw(st.integers(1, len(names) - 1))
    left, right = draw(_formula(names[:cut])), draw(_formula(names[cut:]))
    return draw(st.sampled_from(["({} && {})", "({} || {})", "!({} && {})", "!({} || {})"])).format(
        left, right
    )


@st.composite
def _groups(draw: st.DrawFn) -> list[str]:
    """One to three conditions over separate facts, at most twelve in all."""
    names = tuple(draw(st.permutations(NAMES)))
    used = draw(st.integers(1, len(names)))
    cuts = sorted({0, used, *draw(st.lists(st.integers(1, used), max_size=2))})
    return [draw(_formula(names[start:end])) for start, end in itertools.pairwise(cuts)]


PEOPLE = st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, st.booleans()))


@settings(max_examples=60, deadline=None)
@given(_groups(), PEOPLE)
def test_what_is_missing_is_what_trying_every_answer_finds(texts: list[str], person: Person) -> None:
    plan = plan_with(group("g", *(condition(f"c{n}", text) for n, text in enumerate(texts))), facts=FACTS)
    (now,) = screen(plan, Columns.one(plan, person), DAY).decide()
    unknown = [
        name for name in NAMES if name not in person and any(re.search(rf"\b{name}\b", t) for t in texts)
    ]
    tries = list(itertools.product((False, True), repeat=len(unknown)))
    whole = [{**person, **dict(zip(unknown, values, strict=True))} for values in tries]
    filled = screen(plan, Columns.from_records(plan, whole), DAY)
    ends = unpack(filled.eligible("g"), len(whole)).tolist()
    assert unpack(filled.ineligible("g"), len(whole)).tolist() == [not end for end in ends]
    by_values = dict(zip(tries, ends, strict=True))
    matters = {
        name
        for place, name in enumerate(unknown)
        if any(
            by_values[values] != by_values[(*values[:place], not values[place], *values[place + 1 :])]
            for values in tries
        )
    }
    assert set(now.missing) == matters
    assert (now.status == "unknown") == bool(matters)
    if now.status != "unknown":
        assert set(ends) == {now.status == "eligible"}
