"""One person's name, written in several ways."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yice.identifiers.names import fold, fold_many, same


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("张伟", "張偉"),
        ("萧艳", "肖豔"),
        ("乌云·其木格", "乌云其木格"),
        ("乌云·其木格", "乌云•其木格"),
        ("乌云·其木格", "乌云．其木格"),
        ("李 明", "李明"),
        ("李\u3000明", "李\u200b明"),
        ("ABDULLA", "ａｂｄｕｌｌａ"),
    ],
)
def test_two_writings_of_one_name_are_the_same(one: str, other: str) -> None:
    assert same(one, other)


@pytest.mark.parametrize(("one", "other"), [("张伟", "张维"), ("", ""), (None, None), ("李明", "李明明")])
def test_another_name_or_none_is_not(one: str | None, other: str | None) -> None:
    assert not same(one, other)


@given(st.text(max_size=12))
def test_folding_twice_changes_nothing(name: str) -> None:
    assert fold(fold(name)) == fold(name)


@given(
    st.lists(
        st.none() | st.sampled_from(["张伟", "張偉", "乌云·其木格", ""]) | st.text(max_size=6), max_size=20
    )
)
def test_a_column_folds_as_its_cells_do(cells: list[str | None]) -> None:
    assert fold_many(cells).to_pylist() == [fold(cell) for cell in cells]
