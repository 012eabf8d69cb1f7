"""Division codes from province to village."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yice.identifiers.division import ancestors, is_within, normalise, prefix, tier, upper_bound
from yice.terms.errors import Problem

JIANGHAI, WAIHAI = "440704000000", "440704004000"


@pytest.mark.parametrize(
    ("written", "code", "level"),
    [
        ("44", "440000000000", "province"),
        ("4407", "440700000000", "prefecture"),
        ("440704", JIANGHAI, "county"),
        ("440704004", WAIHAI, "township"),
        (" 440704004201 ", "440704004201", "village"),
        ("440704004201.0", "440704004201", "village"),
    ],
)
def test_a_code_of_any_tier_becomes_twelve_digits(written: str, code: str, level: str) -> None:
    assert normalise(written) == code
    assert tier(code) == level


@pytest.mark.parametrize("text", ["", "4", "440", "44070400420", "江海区", "044070400420", "4407040042011"])
def test_what_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(Problem, check=lambda problem: problem.code == "division-shape"):
        normalise(text)


def test_above_a_village_stand_four() -> None:
    assert ancestors("440704004201") == ["440000000000", "440700000000", JIANGHAI, WAIHAI]
    assert ancestors("440000000000") == []


codes = st.sampled_from([2, 4, 6, 9, 12]).flatmap(
    lambda n: st.from_regex(rf"[1-9][0-9]{{{n - 1}}}", fullmatch=True).map(lambda c: c.ljust(12, "0"))
)


@given(codes, codes)
def test_all_below_is_one_range(code: str, area: str) -> None:
    assert is_within(code, area) == (area <= code < upper_bound(area))
    below = prefix(area) + code[len(prefix(area)) :]
    assert is_within(below, area)
    assert area <= below < upper_bound(area)
