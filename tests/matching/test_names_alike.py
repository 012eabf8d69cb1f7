"""How alike two names are."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yice.identifiers.names import code_points, fold_many
from yice.matching.model import LEVELS
from yice.matching.names import Names, distance, likeness

import numpy as np  # isort: skip

names = st.text(alphabet="王李秀英明伟乌云其木格欧阳AB", max_size=9)


def level(one: str, other: str) -> str | None:
    both = Names.of(fold_many([one]), fold_many([other]))
    code = int(both.levels(np.array([0]), np.array([0]))[0])
    return LEVELS["name"][code - 1] if code else None


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("张伟", "張偉", "exact"),
        ("张伟", "张 伟", "exact"),
        ("乌云·其木格", "乌云其木格", "exact"),
        ("张伟", "张玮", "pinyin"),
        ("单福", "陕福", "pinyin"),
        ("王秀英", "王秀兰", "slip"),
        ("王秀英", "王英", "slip"),
        ("欧阳明", "欧阳民", "slip"),
        ("乌云其木格", "乌云其木", "slip"),
        ("额尔敦乌云其木格", "额尔敦乌云格木其", "slip"),
        ("乌云其木格", "乌云", "part"),
        ("王秀英", "王大山", "surname"),
        ("王英", "王伟", "surname"),
        ("欧阳明", "欧建国", "other"),
        ("王秀英", "李秀英", "slip"),
        ("王英", "李英", "other"),
        ("王秀英", "", None),
        ("", "", None),
    ],
)
def test_how_alike(one: str, other: str, expected: str | None) -> None:
    assert level(one, other) == expected
    assert level(other, one) == expected


@given(names, names)
def test_it_does_not_matter_which_comes_first(one: str, other: str) -> None:
    assert level(one, other) == level(other, one)


@given(st.lists(st.tuples(names, names), min_size=1, max_size=8))
def test_a_pair_is_told_alike_alone_and_among_others(pairs: list[tuple[str, str]]) -> None:
    left, right = [one for one, _ in pairs], [other for _, other in pairs]
    together = likeness(left, right).tolist()
    assert together == [int(likeness([one], [other])[0]) for one, other in pairs]


def edits(one: str, other: str) -> int:
    """Optimal string alignment, as it is taught."""
    rows = [[i + j if not i or not j else 0 for j in range(len(other) + 1)] for i in range(len(one) + 1)]
    for i in range(1, len(one) + 1):
        for j in range(1, len(other) + 1):
            best = min(
                rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (one[i - 1] != other[j - 1])
            )
            if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
                best = min(best, rows[i - 2][j - 2] + 1)
            rows[i][j] = best
    return rows[-1][-1]


@given(names, names)
def test_the_distance_is_the_textbooks(one: str, other: str) -> None:
    points = code_points([one, other])
    assert int(distance(points[:1], points[1:])[0]) == edits(one, other)


def test_a_rare_name_says_more_than_a_common_one() -> None:
    registry = pa.array(["王伟"] * 5000 + ["尉迟堃"])
    both = Names.of(registry, registry)
    common, rare = both.frequency[both.ours[0]], both.frequency[both.ours[5000]]
    assert rare < common / 100


def test_the_only_bearer_in_a_small_registry_is_not_common() -> None:
    both = Names.of(pa.array(["王伟"]), pa.array(["王伟"]))
    assert both.frequency[both.ours[0]] < 1e-3
