"""What goes into a bucket comes out as it was, or not at all."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yice.identifiers import sealing
from yice.shelf import sealed
from yice.shelf.address import Address, address_of
from yice.terms.errors import Problem

NAME = "uploads/a.csv"


@pytest.fixture(autouse=True, scope="module")
def _small_pieces() -> Iterator[None]:
    given, size = sealing.keys_given(), sealed.PIECE
    sealing.use_keys(seal={1: b"k" * 32}, index=b"i", row=b"r")
    sealed.PIECE = 16
    yield
    sealed.PIECE = size
    if given:
        sealing.use_keys(**given)


def shut(plain: bytes, name: str = NAME) -> bytes:
    out = io.BytesIO()
    sealed.seal(name, io.BytesIO(plain), out)
    return out.getvalue()


def opened(held: bytes, name: str = NAME) -> bytes:
    out = io.BytesIO()
    sealed.unseal(name, io.BytesIO(held), out)
    return out.getvalue()


@given(st.binary(max_size=70), st.data())
def test_a_file_comes_back_whole_and_unchanged_or_not_at_all(plain: bytes, data: st.DataObject) -> None:
    held = shut(plain)
    assert opened(held) == plain
    at = data.draw(st.integers(0, len(held) - 1))
    changed = held[:at] + bytes([held[at] ^ data.draw(st.integers(1, 255))]) + held[at + 1 :]
    for wrong in (changed, held[:at]):
        with pytest.raises(Problem) as told:
            opened(wrong)
        assert told.value.code == "file-changed"
    with pytest.raises(Problem):
        opened(held, "uploads/b.csv")


def test_pieces_are_not_left_out_or_put_in_another_order() -> None:
    held = shut(b"a" * 16 + b"b" * 16 + b"c" * 16)
    size = 4 + 1 + 12 + 16 + 16
    one, two, three = (held[6 + size * n :][:size] for n in range(3))
    assert held == sealed.MARK + one + two + three
    for wrong in (one + three, two + one + three, one + two, one + two + three + three, b""):
        with pytest.raises(Problem):
            opened(sealed.MARK + wrong)


def test_a_bucket_is_written_as_an_address_without_tls_only_on_this_machine() -> None:
    said = address_of("s3://key:s%2Fcret@oss.example:9000/yice/county?region=cn-north-1&style=virtual")
    assert isinstance(said, Address) and (said.host, said.bucket, said.prefix) == (
        "oss.example:9000",
        "yice",
        "county",
    )
    assert (said.scheme, said.secret, said.region, said.virtual) == ("https", "s/cret", "cn-north-1", True)
    assert "cret" not in repr(said) and address_of("") is None
    for wrong in (
        "s3+http://oss.example/yice",
        "https://oss.example/yice",
        "s3://host",
        "s3://h/b?acl=public",
    ):
        with pytest.raises(ValueError):
            address_of(wrong)
