"""Merging field by field: nothing is overwritten in silence, nothing that came in is lost."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from yice.terms.merging import Both, merge

VALUES = st.none() | st.booleans() | st.sampled_from(["", "met", "不在家"])
STATES = st.dictionaries(st.sampled_from(["result", "note", "next_on"]), VALUES)


@settings(max_examples=200)
@given(STATES, STATES, STATES)
def test_what_comes_in_is_taken_or_kept_beside_what_stands(base: dict, now: dict, mine: dict) -> None:
    merged = merge(base, now, mine)
    after = {**now, **merged.taken}
    assert not merged.taken.keys() & merged.conflicts.keys()
    for name, value in mine.items():
        if name in merged.conflicts:
            assert merged.conflicts[name] == Both(base.get(name), now.get(name), value)
            assert after.get(name) == now.get(name)
        else:
            assert after.get(name) == (now.get(name) if value == base.get(name) else value)
    assert merge(base, now, {name: base.get(name) for name in mine}).taken == {}  # who changed nothing
    assert merge(base, after, mine).taken == {}  # sent again, it does nothing more


@given(STATES, STATES)
def test_nobody_else_changed_anything(base: dict, mine: dict) -> None:
    merged = merge(base, base, mine)
    after = {**base, **merged.taken}
    assert merged.conflicts == {} and all(after.get(name) == value for name, value in mine.items())


@given(STATES, STATES)
def test_both_orders_end_with_the_same_where_fields_differ(base: dict, other: dict) -> None:
    """Two colleagues who changed different fields end with both changes, whoever arrived first."""
    mine = {"said_by": "本人"}
    first = {**base, **merge(base, base, mine).taken}
    one = {**first, **merge(base, first, other).taken}
    second = {**base, **merge(base, base, other).taken}
    two = {**second, **merge(base, second, mine).taken}
    assert one == two
