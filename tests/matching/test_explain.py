"""One pair in words."""

from __future__ import annotations

import pytest
from tests.matching.people_on_lists import CHEN, DA, REGISTRY, WANG, match, without

from yice.matching.explain import explain_pair, waterfall

NAMELESS = without(WANG, "id_number")


def test_the_steps_add_up_to_the_weight() -> None:
    told = explain_pair(WANG, NAMELESS, allow_test_range=True)
    assert told.weight == pytest.approx(told.prior + sum(step.bits for step in told.steps))
    assert told.steps[-1].total == told.weight


@pytest.mark.parametrize("row", [NAMELESS, NAMELESS | {"name": "王秀鹰"}, without(DA, "id_number"), WANG])
def test_the_weight_is_that_of_the_pair(row: dict[str, str]) -> None:
    found = match(REGISTRY, row)
    registered = (WANG, CHEN, DA)[int(found.registry_row[0])]
    told = explain_pair(registered, row, frequency=float(found.frequency[0]), allow_test_range=True)
    assert told.weight == pytest.approx(float(found.weight[0]), abs=1e-9)


def test_a_kept_pair_is_told_again_from_its_levels() -> None:
    found = match(REGISTRY, NAMELESS)
    told = waterfall(
        found.levels[0].tolist(), frequency=float(found.frequency[0]), ours=WANG, theirs=NAMELESS
    )
    assert told == explain_pair(WANG, NAMELESS, frequency=float(found.frequency[0]), allow_test_range=True)


def test_values_stand_as_written_and_a_missing_one_says_nothing() -> None:
    told = {step.comparison: step for step in explain_pair(WANG, NAMELESS, allow_test_range=True).steps}
    assert (told["birth"].ours, told["birth"].theirs, str(told["birth"].says)) == (
        "1962-03-15", "1962-03-15", "出生日期一致",
    )  # fmt: skip
    assert (told["id"].level, told["id"].bits) == (None, 0.0)


def test_it_says_why_the_two_were_compared_at_all() -> None:
    told = explain_pair(WANG, NAMELESS, allow_test_range=True)
    assert [str(one) for one in told.because] == [
        "姓名相同或同音，出生日期相同", "姓名相同或同音，在同一个村（社区）", "姓名相同或同音，电话相同",
    ]  # fmt: skip


def test_the_bands_stand_beside_the_sum() -> None:
    told = explain_pair(WANG, NAMELESS, allow_test_range=True)
    assert told.reject <= told.accept < told.weight
