"""Passes 4 and 5: a side without a usable number."""

from __future__ import annotations

import pytest
from tests.matching.people_on_lists import (
    CHEN,
    DA,
    FAR,
    REGISTRY,
    WAIHAI_TOO,
    WANG,
    XIAO,
    match,
    number,
    table,
    told,
    without,
)

NAMELESS = without(WANG, "id_number", "phone")


def test_name_birth_date_sex_and_village_are_enough() -> None:
    assert told(match(REGISTRY, NAMELESS)) == [(0, 0, "same", "weight")]


def test_it_is_enough_where_the_registry_lacks_the_number() -> None:
    assert told(match(table(NAMELESS), WANG)) == [(0, 0, "same", "weight")]


def test_a_name_that_was_heard_and_traditional_characters_are_the_name() -> None:
    registry = table(DA, WANG)
    assert told(match(registry, NAMELESS | {"name": "王秀鹰"})) == [(1, 0, "same", "weight")]
    assert told(match(registry, without(DA, "id_number") | {"name": "週大山"})) == [(0, 0, "same", "weight")]


def test_a_mongolian_name_is_one_with_and_without_its_dot() -> None:
    registry = table(NAMELESS | {"name": "乌云·其木格"})
    for name in ("乌云其木格", "烏雲•其木格", "乌云．其木格"):
        assert told(match(registry, NAMELESS | {"name": name})) == [(0, 0, "same", "weight")]


def test_a_moved_village_of_the_same_township_is_still_enough() -> None:
    assert told(match(REGISTRY, NAMELESS | {"village": WAIHAI_TOO})) == [(0, 0, "same", "weight")]


def test_another_county_is_never_enough() -> None:
    found = match(REGISTRY, without(WANG, "id_number") | {"village": FAR})
    assert told(found) == [(0, 0, "queue", "other-county")]
    assert found.pass_.tolist() == [5]


def test_a_name_alone_is_nobody() -> None:
    assert told(match(REGISTRY, {"name": "王秀英"})) == []


def test_name_and_village_leave_a_question_at_most() -> None:
    found = match(REGISTRY, without(NAMELESS, "birth_date"))
    assert [decision for _, _, decision, _ in told(found)] in ([], ["queue"])


@pytest.mark.parametrize("contradiction", [{"birth_date": "1985-08-20"}, {"sex": "男"}])
def test_whom_something_contradicts_is_not_taken(contradiction: dict[str, str]) -> None:
    found = match(REGISTRY, without(NAMELESS, "village") | contradiction)
    assert "same" not in [decision for _, _, decision, _ in told(found)]


def test_a_twin_without_a_number_is_nobody() -> None:
    assert told(match(REGISTRY, without(XIAO, "id_number"))) == []


def test_another_name_is_a_question_where_more_than_the_household_speaks() -> None:
    near = DA["id_number"][:14] + "12" + DA["id_number"][16:]
    rare = WANG | {"id_number": WANG["id_number"][:16] + "9X", "name": "王秀兰"}
    found = match(table(DA, WANG), rare, XIAO | {"id_number": near})
    assert [decision for _, row, decision, _ in told(found) if row == 0] in ([], ["queue"])
    assert "same" not in [decision for _, _, decision, _ in told(found)]


def test_two_who_are_nearly_as_likely_are_a_tie() -> None:
    other = number("44079919620315728")
    registry = table(without(WANG, "phone"), without(WANG, "phone") | {"id_number": other})
    found = match(registry, NAMELESS)
    assert [(decision, reason) for _, _, decision, reason in told(found)] == [("queue", "tie")]
    assert set(found.registry_row.tolist()) | set(found.runner_up.tolist()) == {0, 1}
    assert found.runner_up_weight[0] == found.weight[0]


def test_who_was_found_by_number_is_not_proposed_to_another_row() -> None:
    assert told(match(REGISTRY, WANG, NAMELESS)) == [(0, 0, "same", "id-and-name")]


def test_of_a_list_of_events_every_row_finds_its_person() -> None:
    found = match(REGISTRY, WANG, NAMELESS, NAMELESS, events=True)
    assert [(row, decision) for _, row, decision, _ in told(found)] == [
        (0, "same"), (1, "same"), (2, "same"),
    ]  # fmt: skip


def test_a_second_row_that_only_resembles_is_asked_about() -> None:
    close = without(CHEN, "id_number")
    found = match(REGISTRY, close, close | {"birth_date": "1958-11-03"})
    assert told(found) == [(1, 0, "same", "weight"), (1, 1, "queue", "taken")]


def test_only_a_number_beside_a_name_may_end_something() -> None:
    found = match(REGISTRY, WANG, without(CHEN, "id_number"))
    assert dict(zip(found.list_row.tolist(), found.certain.tolist(), strict=True)) == {0: True, 1: False}
    assert match(REGISTRY, {"id_number": WANG["id_number"]}).certain.tolist() == [False]
    changed = match(REGISTRY, WANG | {"name": "王丽华"}, CHEN | {"name": "陈美", "birth_date": ""})
    assert told(changed)[1][2:] == ("queue", "id-other-name")
    assert changed.certain.tolist() == [True, False]
