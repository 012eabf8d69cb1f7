"""Sealed values: encrypted by field, with a keyed index for exact search. Keys live outside the database.

A sealed value is `version byte | 12-byte nonce | ciphertext and tag`; the field's name is authenticated, so that
a value cannot be moved to another column. The index is 16 bytes of HMAC over field and normalised value.
The length of a key says its algorithm: 32 bytes AES-256-GCM, 16 bytes SM4-GCM; an index key of 64 bytes SM3, any
other SHA-256. Keys of several versions open side by side; the newest seals.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SM3
from cryptography.hazmat.primitives.hmac import HMAC

NONCE = 12
INDEX = 16
TAG = 16
SM4_KEY, SM3_KEY = 16, 64


class Sealer(Protocol):
    def encrypt(self, nonce: bytes, data: bytes, aad: bytes) -> bytes: ...
    def decrypt(self, nonce: bytes, data: bytes, aad: bytes) -> bytes: ...


class SM4GCM:
    """SM4 (GB/T 32907) in Galois/Counter Mode, in the shape of AESGCM."""

    def __init__(self, key: bytes) -> None:
        self._sm4 = algorithms.SM4(key)

    def encrypt(self, nonce: bytes, data: bytes, aad: bytes) -> bytes:
        worker = Cipher(self._sm4, modes.GCM(nonce)).encryptor()
        worker.authenticate_additional_data(aad)
        return worker.update(data) + worker.finalize() + worker.tag

    def decrypt(self, nonce: bytes, data: bytes, aad: bytes) -> bytes:
        worker = Cipher(self._sm4, modes.GCM(nonce, data[-TAG:])).decryptor()
        worker.authenticate_additional_data(aad)
        return worker.update(data[:-TAG]) + worker.finalize()


_seal_keys: dict[int, Sealer] = {}
_newer: Callable[[], Mapping[int, bytes]] | None = None
_current = 0
_index_key = b""
_row_key = b""
_given: dict[str, Any] = {}


def use_keys(
    *,
    seal: Mapping[int, bytes],
    index: bytes,
    row: bytes,
    newer: Callable[[], Mapping[int, bytes]] | None = None,
) -> None:
    """Give the keys: `seal` by version (the highest seals, all open), one for indexes, one for row digests.

    `newer` gives the seal keys anew when a value names a version that is not known yet: another process rotated.
    """
    global _seal_keys, _current, _index_key, _row_key, _given, _newer
    _given = {"seal": dict(seal), "index": index, "row": row}
    _seal_keys = {version: _sealer(key) for version, key in seal.items()}
    _current, _index_key, _row_key, _newer = max(seal), index, row, newer


def current_version() -> int:
    """The version that seals now."""
    return _current


def version_of(sealed: bytes | memoryview) -> int:
    return bytes(sealed[:1])[0]


def sealed_anew(field: str, sealed: bytes | memoryview) -> bytes:
    """The same value sealed by the newest key."""
    return seal_bytes(field, open_bytes(field, sealed))


def _sealer(key: bytes) -> Sealer:
    return SM4GCM(key) if len(key) == SM4_KEY else AESGCM(key)


def _opener(version: int) -> Sealer:
    if version not in _seal_keys and _newer is not None:
        use_keys(seal=_newer(), index=_index_key, row=_row_key, newer=_newer)
    return _seal_keys[version]


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
    return _opener(data[0]).decrypt(data[1 : 1 + NONCE], data[1 + NONCE :], field.encode())


def index(field: str, value: str | None) -> bytes | None:
    """The keyed index of a normalised value, for exact search only; equal values have equal indexes."""
    if not value:
        return None
    data = f"{field}\0{value}".encode()
    if len(_index_key) == SM3_KEY:
        worker = HMAC(_index_key, SM3())
        worker.update(data)
        return worker.finalize()[:INDEX]
    return hmac.digest(_index_key, data, "sha256")[:INDEX]


def index_all(field: str, values: Iterable[str | None]) -> list[bytes | None]:
    """The indexes of a column: HMAC with its two keyed halves begun once, half the time of `hmac.digest`."""
    if len(_index_key) == SM3_KEY:
        return [index(field, value) for value in values]
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
