"""A sentence in the reader's language, with the word that fits its number."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from yice.terms.messages import Message, use_translator

ENGLISH = {"{n} 行，{m} 人": "{n} [row|rows], {m} [person is|people are] here"}


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    use_translator(lambda text: ENGLISH.get(text, text))
    yield
    use_translator(str)


@pytest.mark.parametrize(
    ("n", "m", "said"),
    [
        (1, 2, "1 row, 2 people are here"),
        (0, 1, "0 rows, 1 person is here"),
        ("1,234", "1", "1,234 rows, 1 person is here"),
    ],
)
def test_english_takes_the_word_that_fits_the_number(n: object, m: object, said: str) -> None:
    assert str(Message("{n} 行，{m} 人", n=n, m=m)) == said
    assert str(Message("[a|b] {n}", n=n)) == f"[a|b] {n}"
