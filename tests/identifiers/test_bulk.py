"""A column at once gives what one at a time gives."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yice.identifiers import bulk
from yice.identifiers.citizen_id import Kind, check_digit, read


@st.composite
def written(draw: st.DrawFn) -> str | None:
    """A number as it may stand in a cell: right, wrong by a character, damaged, cut, or no number at all."""
    birth = draw(st.dates(dt.date(1870, 1, 1), dt.date(2030, 12, 31)))
    division = draw(st.sampled_from(["440799", "110199", "810000", "820001", "990000", "190000"]))
    seventeen = f"{division}{birth:%Y%m%d}{draw(st.integers(0, 999)):03d}"
    number = seventeen + check_digit(seventeen)
    return draw(
        st.sampled_from(
            [
                number,
                number.lower(),
                f" {number}",
                number[:17] + draw(st.sampled_from("0123456789Xxa")),
                number[:15] + "000",
                number[:6] + number[8:17],
                number[:10] + "13" + number[12:],
                number[:10] + "0230" + number[14:],
                f"{number[0]}.{number[1:15]}E+17",
                number.translate({ord("1"): "１"}),
                number[:17],
                number + "44",
                "",
                None,
                "护照E1234567890123",
            ]
        )
        | st.text(max_size=20)
    )


@given(st.lists(written(), max_size=30), st.booleans())
def test_a_column_reads_as_its_cells_do(cells: list[str | None], allowed: bool) -> None:
    found = bulk.citizen_ids(cells, allow_test_range=allowed)
    one_by_one = [read(cell, allow_test_range=allowed) for cell in cells]
    assert found.text.to_pylist() == [one.text for one in one_by_one]
    assert [Kind(code) for code in found.kind] == [one.kind for one in one_by_one]
    assert found.birth.tolist() == [one.birth for one in one_by_one]
    assert [bulk.SEXES[code] for code in found.sex] == [one.sex for one in one_by_one]
    assert found.usable.tolist() == [one.usable for one in one_by_one]


@given(st.lists(written(), min_size=3, max_size=30))
def test_a_slice_or_chunks_of_an_arrow_column_read_the_same(cells: list[str | None]) -> None:
    column = pa.array(cells, type=pa.string())
    whole = bulk.citizen_ids(cells, allow_test_range=True)
    sliced = bulk.citizen_ids(column.slice(1), allow_test_range=True)
    assert sliced.text.to_pylist() == whole.text.to_pylist()[1:]
    chunked = bulk.citizen_ids(pa.chunked_array([column.slice(0, 2), column.slice(2)]), allow_test_range=True)
    assert np.array_equal(chunked.kind, whole.kind)
    large = bulk.citizen_ids(column.cast(pa.large_string()), allow_test_range=True)
    assert large.text.equals(whole.text)


@pytest.mark.parametrize("cells", [[], [None], ["", ""]])
def test_an_empty_column_reads_as_nothing(cells: list[str | None]) -> None:
    assert not bulk.citizen_ids(cells).usable.any()


@given(st.lists(written(), max_size=30))
def test_an_id_inside_a_certificate_number_is_the_id(cells: list[str | None]) -> None:
    plain = bulk.citizen_ids(cells, allow_test_range=True)
    tails = ["42", "71B", "11b2"]
    with_tail = [
        f"{cell}{tails[at % 3]}" if usable and len(cell or "") >= 18 else cell
        for at, (cell, usable) in enumerate(zip(cells, plain.usable, strict=True))
    ]
    found = bulk.ids_or_certificates(with_tail, allow_test_range=True)
    assert found.text.to_pylist() == plain.text.to_pylist() or any(
        (cell or "").endswith("44") for cell in cells
    )
    assert (found.usable >= plain.usable).all()
