"""What may be seen of a value before somebody unmasks it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yice.identifiers import masking

WANG = "440799196203157243"


@pytest.mark.parametrize(
    ("value", "seen"),
    [
        (WANG, "440**************3"),
        (WANG + "42", "440**************342"),
        (WANG + "42B1", "440**************342B1"),
        ("440799620315724", "440***********4"),
        ("E1234567", "********"),
        ("", ""),
        (None, ""),
    ],
)
def test_an_id_shows_three_and_one(value: str | None, seen: str) -> None:
    assert masking.id_number(value) == seen


@given(st.from_regex(r"440799[0-9]{11}[0-9X](4[1-4](B1)?)?", fullmatch=True))
def test_an_id_cannot_be_rebuilt(value: str) -> None:
    seen = masking.id_number(value)
    assert seen[3:17] == "*" * 14
    assert len(seen) == len(value)


@pytest.mark.parametrize(
    ("value", "seen"),
    [
        ("13800001234", "138****1234"),
        ("138 0000 1234", "138****1234"),
        ("0750-1234567", "*********67"),
        ("110", "***"),
        (None, ""),
    ],
)
def test_a_phone_keeps_its_ends(value: str | None, seen: str) -> None:
    assert masking.phone(value) == seen


def test_an_account_keeps_its_last_four() -> None:
    assert masking.account("6222 0000 0000 0000 123") == "*" * 15 + "0123"
    assert masking.account("1234") == "****"


@pytest.mark.parametrize(
    ("value", "seen"),
    [("张三", "张*"), ("王秀英", "王*英"), ("欧阳娜娜", "欧**娜"), ("王", "*"), ("", ""), (None, "")],
)
def test_a_name_keeps_the_surname(value: str | None, seen: str) -> None:
    assert masking.name(value) == seen


@pytest.mark.parametrize(
    ("value", "seen"),
    [
        ("江海区外海街道直冲村委会东风里三巷12号", "江海区外海街道直冲村委会***"),
        ("江海区礼乐街道新村社区威东里3号", "江海区礼乐街道新村社区***"),
        ("巴彦嘎查5组", "巴彦嘎查***"),
        ("江海区礼乐街道威东里3号", "江海区礼乐街道***"),
        ("礼乐街道", "礼乐街道"),
        ("威东里3号", "***"),
        (None, ""),
    ],
)
def test_an_address_ends_at_the_village(value: str | None, seen: str) -> None:
    assert masking.address(value) == seen
