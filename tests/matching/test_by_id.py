"""Pass 1: the same number on both lists."""

from __future__ import annotations

import pytest
from tests.matching.people_on_lists import (
    CHEN,
    DA,
    FAR,
    REGISTRY,
    WANG,
    XIAO,
    match,
    number,
    table,
    told,
    without,
)

NUMBER = WANG["id_number"]


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("王秀英", NUMBER),
        ("王 秀英", f" {NUMBER}"),
        ("王秀英", NUMBER + "42"),
        ("王秀英", f"{NUMBER}42B"),
        ("王秀英", f" {NUMBER} 42"),
        ("王秀英", NUMBER[:6] + NUMBER[8:17]),
    ],
)
def test_number_and_name_agree_however_they_are_written(name: str, number: str) -> None:
    assert told(match(REGISTRY, {"name": name, "id_number": number})) == [(0, 0, "same", "id-and-name")]


def test_a_name_that_was_only_heard_is_the_name() -> None:
    found = match(REGISTRY, {"name": "王秀鹰", "id_number": NUMBER})
    assert told(found) == [(0, 0, "same", "id-and-sound")]


def test_the_same_number_beside_another_name_is_looked_at() -> None:
    found = match(
        REGISTRY, {"name": "李明", "id_number": NUMBER}, {"name": "", "id_number": CHEN["id_number"]}
    )
    assert told(found) == [(0, 0, "queue", "id-other-name"), (1, 1, "queue", "id-no-name")]


def test_a_changed_name_is_taken_where_birth_date_and_sex_agree_too() -> None:
    assert told(match(REGISTRY, WANG | {"name": "王丽华"})) == [(0, 0, "same", "id-and-birth")]


def test_birth_date_and_sex_that_only_the_registry_wrote_prove_nothing() -> None:
    found = match(REGISTRY, {"name": "王丽华", "id_number": NUMBER})
    assert told(found) == [(0, 0, "queue", "id-other-name")]


def test_a_relatives_number_beside_another_name_and_birth_date_is_nobody() -> None:
    child = {"name": "林小禾", "id_number": NUMBER, "birth_date": "2010-06-01", "sex": "男"}
    assert told(match(REGISTRY, child)) == []


def test_another_name_beside_a_number_that_looks_cut_is_never_taken() -> None:
    fifteens = (f"4407991962{month:02}15{first}" for month in range(1, 13) for first in range(10))
    chance = next(number(fifteen + "00") for fifteen in fifteens if number(fifteen + "00").endswith("0"))
    born = f"1962-{chance[10:12]}-15"
    registry = table(WANG | {"id_number": chance, "birth_date": born, "sex": "女"})
    cut = WANG | {"name": "刘洋", "id_number": chance, "birth_date": born, "sex": "女"}
    beside = CHEN | {"id_number": CHEN["id_number"][:15] + "000"}
    assert told(match(registry, cut, beside)) == [(0, 0, "queue", "id-other-name")]


def test_a_list_of_numbers_alone_is_matched_by_them() -> None:
    assert told(match(REGISTRY, {"id_number": NUMBER})) == [(0, 0, "same", "id-alone")]


def test_twins_keep_their_own_numbers() -> None:
    registry = table(DA, XIAO)
    assert told(match(registry, XIAO, DA)) == [(1, 0, "same", "id-and-name"), (0, 1, "same", "id-and-name")]


def test_a_move_to_another_county_does_not_matter_beside_number_and_name() -> None:
    assert told(match(REGISTRY, WANG | {"village": FAR})) == [(0, 0, "same", "id-and-name")]


def test_the_name_with_the_number_comes_before_another_registered_row_with_it() -> None:
    registry = table(without(CHEN, "id_number") | {"id_number": NUMBER}, WANG)
    assert told(match(registry, WANG)) == [(1, 0, "same", "id-and-name")]
