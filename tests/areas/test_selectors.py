"""Reading the tree: where a place stands, what it is called, what lies below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.cast import COUNTY, FAR_VILLAGE, OUTSIDE_VILLAGE, STREET, VILLAGE, Cast

from yice.areas.models import Area, Tier
from yice.areas.selectors import area_of, below, names, path_to, tier_words, within
from yice.rules.words import Words
from yice.terms.errors import Problem

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries


def test_the_path_to_a_village_begins_with_the_province(cast: Cast) -> None:
    names_above = ["广东省", "江门市", "江海区", "江南街道", "江南社区居委会"]
    assert [place.name for place in path_to(VILLAGE)] == names_above


def test_names_for_many_codes_are_read_once(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        assert names([VILLAGE, STREET, "440799999999"]) == {VILLAGE: "江南社区居委会", STREET: "江南街道"}
    with django_assert_num_queries(0):
        assert names([STREET]) == {STREET: "江南街道"}


def test_all_below_the_county_is_one_range(cast: Cast) -> None:
    inside = set(Area.objects.filter(within("code", COUNTY)).values_list("code", flat=True))
    assert FAR_VILLAGE in inside
    assert OUTSIDE_VILLAGE not in inside
    assert [place.code for place in below(COUNTY, Tier.TOWNSHIP)] == ["440704001000", "440704004000"]


def test_a_code_that_is_no_place_gets_a_sentence(cast: Cast) -> None:
    with pytest.raises(Problem, match="没有代码为 440799000000 的地方"):
        area_of("440799000000")


def test_a_tier_is_called_what_the_plan_of_the_place_calls_it() -> None:
    local = {"village": Words(zh="嘎查（村）", en="gacha")}
    assert tier_words(Tier.VILLAGE, local).zh == "嘎查（村）"
    assert tier_words(Tier.COUNTY, local).en == "county"
