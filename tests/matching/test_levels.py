"""How birth dates, places, numbers and addresses compare."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.matching.people_on_lists import FAR, LILE, WAIHAI, WAIHAI_TOO, WANG, levels, match, table

from yice.matching import addresses
from yice.matching.levels import births, places
from yice.matching.model import LEVELS


def of(comparison: str, code: int) -> str | None:
    return LEVELS[comparison][code - 1] if code else None


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (19620315, 19620315, "exact"),
        (19620315, 19620351, "slip"),
        (19620315, 19620316, "slip"),
        (19620312, 19621203, "slip"),
        (19620315, 19720315, "slip"),
        (19620315, 19620402, "near"),
        (19691115, 19701115, "near"),
        (19620315, 19621128, "year"),
        (19620315, 19850820, "other"),
        (19620315, 0, None),
    ],
)
def test_birth_dates(one: int, other: int, expected: str | None) -> None:
    for a, b in ((one, other), (other, one)):
        code = births(np.array([a], dtype=np.int32), np.array([b], dtype=np.int32))[0]
        assert of("birth", int(code)) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (WAIHAI, WAIHAI, "same"),
        (WAIHAI, WAIHAI_TOO, "township"),
        (WAIHAI, WAIHAI[:9], "township"),
        (WAIHAI, LILE, "county"),
        (WAIHAI, WAIHAI[:6], "county"),
        (WAIHAI, FAR, "other"),
        (WAIHAI, "", None),
        ("东村", "东村", "same"),
        ("东村", "西村", None),
        ("东村", WAIHAI, None),
    ],
)
def test_places(one: str, other: str, expected: str | None) -> None:
    for ours, theirs in ((one, other), (other, one)):
        found = match(
            table(WANG | {"village": ours}), {**WANG, "village": theirs, "name": "王秀英"}, checked=False
        )
        assert levels(found)["village"] == expected


@given(st.integers(0, 999_999_999_999), st.integers(0, 999_999_999_999))
def test_it_does_not_matter_which_place_comes_first(one: int, other: int) -> None:
    a, b = np.array([one]), np.array([other])
    assert places(a, b).tolist() == places(b, a).tolist()


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("外海街道东村2组14号", "外海街道东村2组14号", "exact"),
        ("外海街道东村2组14号", "外海街道东村 2组 14", "exact"),
        ("外海街道东村2组14号", "江海区外海街道东村2组14号", "close"),
        ("外海街道东村2组14号", "外海街道东村2组15号", "part"),
        ("外海街道东村2组14号", "礼乐街道桥头巷7号", "other"),
        ("外海街道东村2组14号", "", None),
    ],
)
def test_addresses(one: str, other: str, expected: str | None) -> None:
    for a, b in ((one, other), (other, one)):
        assert of("address", int(addresses.levels(pa.array([a]), pa.array([b]))[0])) == expected


@pytest.mark.parametrize(
    ("phone", "expected"),
    [("111-0000-0001", "same"), ("+86 11100000001", "same"), ("11100000001/0750-3333333", "same"), ("11100000009", "other"), ("无", None)],
)  # fmt: skip
def test_phones(phone: str, expected: str | None) -> None:
    assert levels(match(table(WANG), WANG | {"phone": phone}))["phone"] == expected


def test_a_number_that_agrees_leaves_its_own_birth_date_out() -> None:
    found = match(table(WANG), {"name": WANG["name"], "id_number": WANG["id_number"]})
    assert (levels(found)["birth"], levels(found)["sex"]) == (None, None)
