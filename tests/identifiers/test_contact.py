"""Phones and cards: which ring or pay, and which were made up."""

from __future__ import annotations

import pytest

from yice.identifiers.contact import is_phone, is_test_phone, luhn, phone


@pytest.mark.parametrize(
    "text", ["138 0000 1234", "+86 138-0000-1234", "１３８００００１２３４", "0086 13800001234"]
)
def test_a_phone_is_its_digits(text: str) -> None:
    assert phone(text) == "13800001234"
    assert is_phone(phone(text))


def test_an_invented_phone_counts_only_where_it_is_allowed() -> None:
    assert is_test_phone("11100001234")
    assert not is_phone("11100001234")
    assert is_phone("11100001234", allow_test=True)


@pytest.mark.parametrize("digits", ["", "110", "12800001234", "1380000123"])
def test_what_rings_nowhere_is_no_phone(digits: str) -> None:
    assert not is_phone(digits, allow_test=True)


def test_a_card_passes_its_check_or_not() -> None:
    assert luhn("4111111111111111")  # the standard's own sample
    assert not luhn("4111111111111112")
    assert not luhn("")
