"""Pass 3, the veto: two valid numbers that differ are two people until somebody says otherwise."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tests.matching.people_on_lists import (
    CHEN,
    DA,
    LILE,
    REGISTRY,
    WAIHAI,
    WANG,
    XIAO,
    Row,
    match,
    number,
    table,
    told,
    without,
)

OTHER = number("44079919620315728")  # born on the same day


def test_a_namesake_of_one_birthday_with_a_number_of_her_own_is_somebody_else() -> None:
    assert told(match(REGISTRY, without(WANG, "phone") | {"id_number": OTHER})) == []


def test_a_shared_phone_makes_it_a_question() -> None:
    assert told(match(REGISTRY, WANG | {"id_number": OTHER})) == [(0, 0, "queue", "two-ids")]


def test_a_relatives_number_beside_the_own_birth_date_is_a_question() -> None:
    daughter = number("44079919900601124")
    found = match(REGISTRY, without(WANG, "phone") | {"id_number": daughter})
    assert told(found) == [(0, 0, "queue", "two-ids")]


def test_in_another_township_it_is_none() -> None:
    daughter = number("44079919900601124")
    row = without(WANG, "phone") | {"id_number": daughter, "village": LILE}
    assert told(match(REGISTRY, row)) == []


def test_what_the_registry_wrote_against_itself_is_not_asked_by_every_list() -> None:
    registry = table(WANG | {"id_number": number("44079919900601124")})
    assert told(match(registry, WANG)) == []


def test_a_twin_who_is_not_registered_is_nobody() -> None:
    assert told(match(REGISTRY, XIAO)) == []


def test_kin_in_one_house_are_nobody() -> None:
    son = DA | {"name": "周山", "id_number": number("44079920120704331"), "birth_date": "2012-07-04"}
    assert told(match(REGISTRY, son)) == []


people = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["王秀英", "王 秀英", "王秀鹰", "陈桂英"]),
        "id_number": st.sampled_from(
            [WANG["id_number"], WANG["id_number"] + "42", OTHER, CHEN["id_number"], DA["id_number"]]
        ),
    },
    optional={
        "birth_date": st.sampled_from(["1962-03-15", "1958-11-02", ""]),
        "sex": st.sampled_from(["女", "男", ""]),
        "village": st.sampled_from([WAIHAI, LILE, ""]),
        "phone": st.sampled_from(["11100000001", ""]),
    },
)


@given(st.lists(people, min_size=1, max_size=6), st.lists(people, min_size=1, max_size=6))
def test_two_different_valid_numbers_are_never_taken_for_one_person(
    ours: list[Row], theirs: list[Row]
) -> None:
    for mine, yours, decision, reason in told(match(table(*ours), *theirs, checked=False)):
        differ = ours[mine]["id_number"][:18] != theirs[yours]["id_number"][:18]
        if differ:
            assert decision == "queue"
            assert reason in ("two-ids", "other-row")
