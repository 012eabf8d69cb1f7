"""One person in several rows of the registry."""

from __future__ import annotations

import pyarrow as pa
from tests.matching.people_on_lists import CHEN, DA, REGISTRY, WANG, XIAO, match, number, table, told, without

from yice.matching import duplicates, normalise, persons, published

NUMBERLESS = without(WANG, "id_number", "phone")


def who(*rows: dict[str, str]) -> list[int]:
    return persons(normalise(table(*rows), allow_test_range=True), published()).tolist()


def test_rows_of_one_number_and_name_are_one_person() -> None:
    assert who(WANG, CHEN, WANG | {"name": "王 秀英", "village": ""}) == [0, 1, 0]


def test_a_row_without_its_number_is_the_person_it_resembles() -> None:
    assert who(NUMBERLESS, CHEN, WANG) == [0, 1, 0]


def test_twins_are_two() -> None:
    assert who(DA, XIAO) == [0, 1]


def test_a_relatives_number_does_not_make_two_people_one() -> None:
    assert who(WANG, without(CHEN, "id_number") | {"id_number": WANG["id_number"]}) == [0, 1]


def test_a_row_without_a_number_never_joins_two_numbers() -> None:
    other = number("44079919620315728")
    found = who(WANG, NUMBERLESS | {"phone": WANG["phone"]}, WANG | {"id_number": other})
    assert found[0] != found[2]


def test_every_row_of_a_person_is_paired() -> None:
    twice = pa.concat_tables([REGISTRY, REGISTRY.slice(0, 1)])
    assert told(match(twice, WANG)) == [(0, 0, "same", "id-and-name"), (3, 0, "same", "other-row")]


def test_duplicates_are_told_as_pairs_with_their_reasons() -> None:
    found = duplicates(normalise(table(WANG, NUMBERLESS, CHEN), allow_test_range=True), published())
    assert told(found) == [(0, 1, "same", "weight")]
