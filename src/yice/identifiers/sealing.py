"""Sealed values: AES-256-GCM by field, with a keyed index for exact search. Keys live outside the database.

A sealed value is `version byte | 12-byte nonce | ciphertext and tag`; the field's name is authenticated, so that
a value cannot be moved to another column. The index is 16 bytes of HMAC-SHA256 over field and normalised value.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE = 12
INDEX = 16

_seal_keys: dict[int, AESGCM] = {}
_current = 0
_index_key = b""
_row_key = b""
_given: dict[str, Any] = {}


def use_keys(*, seal: Mapping[int, bytes], index: bytes, row: bytes) -> None:
    """Give the keys: `seal` by version (the highest seals, all open), one for indexes, one for row digests."""
    global _seal_keys, _current, _index_key, _row_key, _given
    _given = {"seal": dict(seal), "index": index, "row": row}
    _seal_keys = {version: AESGCM(key) for version, key in seal.items()}
    _current, _index_key, _row_key = max(seal), index, row


def keys_given() -> dict[str, Any]:
    """The arguments of `use_keys`, for a process of our own that seals beside this one. They must not be written."""
    return _given


def seal(field: str, value: str | None) -> bytes | None:
    """Seal one value; nothing stays nothing."""
    return seal_bytes(field, value.encode()) if value else None


def seal_bytes(field: str, value: bytes) -> bytes:
    """Seal what is no text: a photograph, a signature."""
    nonce = os.urandom(NONCE)
    return bytes([_current]) + nonce + _seal_keys[_current].encrypt(nonce, value, field.encode())


def seal_all(field: str, values: Sequence[str | None]) -> list[bytes | None]:
    """Seal a column: one call for all nonces, the rest as `seal`."""
    nonces, aad, head = os.urandom(NONCE * len(values)), field.encode(), bytes([_current])
    encrypt = _seal_keys[_current].encrypt
    out: list[bytes | None] = []
    for i, value in enumerate(values):
        if value:
            nonce = nonces[i * NONCE : (i + 1) * NONCE]
            out.append(head + nonce + encrypt(nonce, value.encode(), aad))
        else:
            out.append(None)
    return out


def open_sealed(field: str, sealed: bytes | memoryview | None) -> str:
    """The value again; raises `cryptography.exceptions.InvalidTag` if it was tampered with or moved."""
    return open_bytes(field, sealed).decode() if sealed else ""


def open_bytes(field: str, sealed: bytes | memoryview) -> bytes:
    data = bytes(sealed)
    return _seal_keys[data[0]].decrypt(data[1 : 1 + NONCE], data[1 + NONCE :], field.encode())


def index(field: str, value: str | None) -> bytes | None:
    """The keyed index of a normalised value, for exact search only; equal values have equal indexes."""
    if not value:
        return None
    return hmac.digest(_index_key, f"{field}\0{value}".encode(), "sha256")[:INDEX]


def index_all(field: str, values: Iterable[str | None]) -> list[bytes | None]:
    """The indexes of a column: HMAC with its two keyed halves begun once, half the time of `hmac.digest`."""
    key = hashlib.sha256(_index_key).digest() if len(_index_key) > 64 else _index_key
    key = key.ljust(64, b"\0")
    begun = hashlib.sha256(bytes(byte ^ 0x36 for byte in key))
    begun.update(f"{field}\0".encode())
    ended = hashlib.sha256(bytes(byte ^ 0x5C for byte in key))
    out: list[bytes | None] = []
    for value in values:
        if value:
            inner, outer = begun.copy(), ended.copy()
            inner.update(value.encode())
            outer.update(inner.digest())
            out.append(outer.digest()[:INDEX])
        else:
            out.append(None)
    return out


def row_digests(rows: Iterable[bytes]) -> list[bytes]:
    """Keyed 16-byte digests of rows as bytes: what changed is found without opening anything sealed."""
    key = _row_key
    return [hashlib.blake2b(row, key=key, digest_size=16).digest() for row in rows]
