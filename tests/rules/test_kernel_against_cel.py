"""The columns and an independent evaluator never disagree; unknown behaves as Kleene says."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rules.little_plan import AT, DAY, PLAN, condition, group, plan_with
from tests.rules.reference import verdict
from tests.rules.rule_texts import PEOPLE, RULES, VALUES

from yice.rules.bits import unpack
from yice.rules.columns import Columns
from yice.rules.kernel.evaluator import Evaluator, Tables
from yice.rules.kernel.lower import Lowering
from yice.rules.kernel.screening import screen

Person = dict[str, Any]


def answers(text: str, people: list[Person]) -> list[bool | None]:
    """What the kernel says of one rule for each person."""
    lowering = Lowering(PLAN, DAY, lambda name: (_ for _ in ()).throw(KeyError(name)))
    evaluator = Evaluator(Columns.from_records(PLAN, people), Tables(PLAN, DAY), lowering.leap_day)
    true, false = (unpack(words, len(people)) for words in evaluator.bits(lowering.text(text, AT)))
    assert not (true & false).any()
    return [True if t else False if f else None for t, f in zip(true, false, strict=True)]


@settings(max_examples=400, deadline=None)
@given(RULES, st.lists(PEOPLE, min_size=1, max_size=12))
def test_the_kernel_says_what_cel_says(text: str, people: list[Person]) -> None:
    told = [verdict(text, {"deceased": False, **person}, DAY, {}) for person in people]
    assert answers(text, people) == told


@settings(max_examples=100, deadline=None)
@given(RULES, RULES, st.lists(PEOPLE, min_size=1, max_size=8))
def test_de_morgan_holds_with_unknowns(a: str, b: str, people: list[Person]) -> None:
    assert answers(f"!(({a}) && ({b}))", people) == answers(f"!({a}) || !({b})", people)
    assert answers(f"!(({a}) || ({b}))", people) == answers(f"!({a}) && !({b})", people)
    assert answers(f"!(!({a}))", people) == answers(a, people)


@settings(max_examples=100, deadline=None)
@given(RULES, RULES, st.lists(PEOPLE, min_size=1, max_size=8))
def test_logic_is_commutative_and_absorbs(a: str, b: str, people: list[Person]) -> None:
    assert answers(f"({a}) && ({b})", people) == answers(f"({b}) && ({a})", people)
    assert answers(f"({a}) || ({b})", people) == answers(f"({b}) || ({a})", people)
    assert answers(f"({a}) || ({a}) && ({b})", people) == answers(a, people)


@settings(max_examples=200, deadline=None)
@given(st.lists(RULES, min_size=1, max_size=3), PEOPLE, st.data())
def test_learning_one_fact_never_turns_yes_into_no(
    texts: list[str], person: Person, data: st.DataObject
) -> None:
    plan = plan_with(group("g", *(condition(f"c{i}", text) for i, text in enumerate(texts))))
    unknown = sorted(set(VALUES) - set(person) - {"deceased"})
    (before,) = screen(plan, Columns.one(plan, person), DAY).decide()
    if not unknown:
        return
    name = data.draw(st.sampled_from(unknown))
    learnt = {**person, name: data.draw(VALUES[name])}
    (after,) = screen(plan, Columns.one(plan, learnt), DAY).decide()
    if before.status != "unknown":
        assert after.status == before.status
    elif name not in before.missing:
        assert after.status == "unknown"
        assert after.missing == before.missing


@settings(max_examples=150, deadline=None)
@given(RULES, PEOPLE, st.data())
def test_every_fact_that_can_still_decide_is_named_missing(
    text: str, person: Person, data: st.DataObject
) -> None:
    plan = plan_with(group("g", condition("c", text)))
    (now,) = screen(plan, Columns.one(plan, person), DAY).decide()
    unknown = sorted(set(VALUES) - set(person) - {"deceased"})
    for name in unknown:
        others = {other: data.draw(VALUES[other]) for other in unknown if other != name}
        without = {**person, **others}
        (hanging,) = screen(plan, Columns.one(plan, without), DAY).decide()
        (filled,) = screen(plan, Columns.one(plan, {**without, name: data.draw(VALUES[name])}), DAY).decide()
        if hanging.status == "unknown" and filled.status != "unknown":
            assert name in now.missing
