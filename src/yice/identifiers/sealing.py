"""Sealed values: encrypted by field, with a keyed index for exact search. Keys live outside the database.

A sealed value is `version byte | 12-byte nonce | ciphertext and tag`; the field's name is authenticated, so that
a value cannot be moved to another column. The length of a key says its algorithm: 32 bytes AES-256-GCM, 16 bytes
SM4-GCM; an index key of 64 bytes SM3, any other SHA-256. Keys of several versions open side by side; the newest seals.

The index of a value is a *mark*: 16 bytes of HMAC over field and normalised value by the first index key. A later key
is laid over it: `version byte | 16 bytes of HMAC over the mark before`. So a mark is brought to the newest version
without opening anything, and a search asks for the marks of all versions. Its length and first byte say which it is.
"""

from __future__ import annotations

import base64
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
# {"sealed": "<base64>"} stands among the values of a form where the value was.
SEALED = "sealed"


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
_index_keys: tuple[bytes, ...] = (b"",)
_newer_index: Callable[[], tuple[bytes, ...]] | None = None
_row_key = b""
_given: dict[str, Any] = {}


def use_keys(
    *,
    seal: Mapping[int, bytes],
    index: bytes | Sequence[bytes],
    row: bytes,
    newer: Callable[[], Mapping[int, bytes]] | None = None,
    newer_index: Callable[[], tuple[bytes, ...]] | None = None,
) -> None:
    """Give the keys: `seal` by version (the highest seals, all open), those for indexes in order, one for row digests.

    `newer` gives the seal keys anew when a value names a version that is not known yet: another process rotated.
    `newer_index` is asked at each mark, so it must be cheap: a mark by too old a key would be looked for in vain.
    """
    global _seal_keys, _current, _index_keys, _row_key, _given, _newer, _newer_index
    _index_keys = (index,) if isinstance(index, bytes) else tuple(index)
    _given = {"seal": dict(seal), "index": _index_keys, "row": row}
    _seal_keys = {version: _sealer(key) for version, key in seal.items()}
    _current, _row_key, _newer, _newer_index = max(seal), row, newer, newer_index


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
        use_keys(seal=_newer(), index=_index_keys, row=_row_key, newer=_newer, newer_index=_newer_index)
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


def seal_json(field: str, value: str) -> dict[str, str]:
    """A sealed text as it stands among the values of a form: {"sealed": "<base64>"}."""
    return {SEALED: base64.b64encode(seal(field, value) or b"").decode()}


def open_json(field: str, value: Any) -> Any:
    """A form's value again, opened where `seal_json` made it; any other as it is."""
    if isinstance(value, dict) and SEALED in value:
        return open_sealed(field, base64.b64decode(value[SEALED]))
    return value


def index(field: str, value: str | None) -> bytes | None:
    """The keyed index of a normalised value, for exact search only; equal values have equal indexes."""
    return marks(field, value)[0] if value else None


def marks(field: str, value: str | None) -> list[bytes]:
    """What may stand in the database for a value, newest first; nothing for nothing."""
    if not value:
        return []
    found = [first_mark(field, value)]
    while len(found) < mark_version():
        found.insert(0, _over(found[0]))
    return found


def first_mark(field: str, value: str) -> bytes:
    """The index of a value by the first key: the same whatever keys were laid over it since."""
    return _mac(_index_keys[0], f"{field}\0{value}".encode())


def index_all(field: str, values: Iterable[str | None]) -> list[bytes | None]:
    """The indexes of a column: HMAC with its two keyed halves begun once, half the time of `hmac.digest`."""
    key, newest = _index_keys[0], mark_version()
    if len(key) == SM3_KEY or newest > 1:
        return [index(field, value) for value in values]
    key = hashlib.sha256(key).digest() if len(key) > 64 else key
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


def mark_version() -> int:
    """The version that marks now; a key that another process added is known from here on."""
    global _index_keys
    if _newer_index is not None and (keys := _newer_index()) != _index_keys:
        _index_keys = keys
        _given["index"] = keys
    return len(_index_keys)


def version_of_mark(mark: bytes | memoryview) -> int:
    data = bytes(mark)
    return 1 if len(data) == INDEX else data[0]


def marked_anew(mark: bytes | memoryview) -> bytes:
    """The mark as the newest key makes it, from an older one."""
    data, newest = bytes(mark), mark_version()
    while version_of_mark(data) < newest:
        data = _over(data)
    return data


def _over(mark: bytes) -> bytes:
    version = version_of_mark(mark) + 1
    return bytes([version]) + _mac(_index_keys[version - 1], mark)


def _mac(key: bytes, data: bytes) -> bytes:
    if len(key) == SM3_KEY:
        worker = HMAC(key, SM3())
        worker.update(data)
        return worker.finalize()[:INDEX]
    return hmac.digest(key, data, "sha256")[:INDEX]


def row_digests(rows: Iterable[bytes]) -> list[bytes]:
    """Keyed 16-byte digests of rows as bytes: what changed is found without opening anything sealed."""
    key = _row_key
    return [hashlib.blake2b(row, key=key, digest_size=16).digest() for row in rows]
