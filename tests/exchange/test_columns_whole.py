"""What is read a whole column at a time says what reading one value at a time says."""

from __future__ import annotations

import datetime as dt
import re

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from yice.exchange.columns.draft import plain_dates
from yice.exchange.columns.values import without_blanks
from yice.terms.errors import Problem
from yice.terms.periods import parse_date

LATEST = dt.date(2020, 6, 30)
DATES = st.one_of(
    st.dates(dt.date(1000, 1, 1), dt.date(2999, 12, 31)).map(dt.date.isoformat),
    st.from_regex(r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}", fullmatch=True),
    st.sampled_from(["2019-02-29", "2020-02-29", "1900-02-29", "2020-04-31", "2020-06-30", "2020-07-01"]),
    st.text(max_size=12),
)


def one_by_one(text: str) -> dt.date | None:
    try:
        return parse_date(text, not_after=LATEST)
    except Problem:
        return None


@given(st.lists(DATES, max_size=20))
def test_plain_dates_are_what_parsing_says_and_all_others_are_left_to_it(texts: list[str]) -> None:
    values, left = plain_dates(pa.array(texts, pa.string()), LATEST)
    assert [value for at, value in enumerate(values) if at not in left] == [
        one_by_one(text) for at, text in enumerate(texts) if at not in left
    ]
    assert all(values[at] is None for at in left)
    assert not any(
        re.fullmatch(r"20[01]\d-0[1-9]-[01]\d", texts[at]) and one_by_one(texts[at]) for at in left
    )


def test_every_blank_that_python_knows_goes_out_of_a_number() -> None:
    texts = [f"1{chr(code)}2" for code in range(0x110000) if not 0xD800 <= code < 0xE000]
    assert without_blanks(pa.array(texts)).to_pylist() == [re.sub(r"\s", "", text) for text in texts]
