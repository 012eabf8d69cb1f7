"""A file sealed piece by piece, so that it is never whole in memory and whoever has the disk or bucket reads nothing.

`YICE1\\n`, then for each piece four bytes of length and the sealed piece (`identifiers.sealing`: AES-256-GCM or SM4-GCM
under the newest seal key). Name, number and whether it is the last are authenticated: pieces cannot be changed, moved,
left out or cut off, nor one file put in another's place.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from cryptography.exceptions import InvalidTag

from yice.identifiers import sealing
from yice.terms.errors import Problem
from yice.terms.messages import Message

MARK = b"YICE1\n"
PIECE = 4 << 20
UNREAD = 86_400  # seconds after which a copy goes
AROUND = 1 + sealing.NONCE + sealing.TAG


class Reads(Protocol):
    def read(self, size: int, /) -> bytes: ...


class Writes(Protocol):
    def write(self, data: bytes, /) -> object: ...


class Sealing:
    """What is written comes out sealed; the last piece with `close`, and without it the whole does not open."""

    def __init__(self, name: str, out: Writes) -> None:
        self._name, self._out, self._number, self._held = name, out, 0, bytearray()
        out.write(MARK)

    def write(self, data: bytes) -> int:
        self._held += data
        while len(self._held) > PIECE:
            self._put(bytes(self._held[:PIECE]), last=False)
            del self._held[:PIECE]
        return len(data)

    def close(self) -> None:
        self._put(bytes(self._held), last=True)

    def flush(self) -> None:
        """Pieces go when they are full."""

    def _put(self, piece: bytes, *, last: bool) -> None:
        sealed = sealing.seal_bytes(_said(self._name, self._number, last=last), piece)
        self._out.write(len(sealed).to_bytes(4) + sealed)
        self._number += 1


def seal(name: str, plain: Reads, out: Writes) -> None:
    sealed = Sealing(name, out)
    while piece := plain.read(PIECE):
        sealed.write(piece)
    sealed.close()


def is_sealed(path: Path) -> bool:
    with path.open("rb") as held:
        return held.read(len(MARK)) == MARK


@contextmanager
def opened(name: str, held: Reads, folder: Path) -> Iterator[Path]:
    """The file again in `folder`, for its user alone, and gone afterwards."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    place = folder / f"{uuid4().hex}{Path(name).suffix}"
    try:
        with os.fdopen(os.open(place, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
            unseal(name, held, out)
        yield place
    finally:
        place.unlink(missing_ok=True)


def unseal(name: str, held: Reads, out: Writes) -> None:
    """The file again; Problem "file-changed" where it is not as it was put, or sealed by a key that is not here."""
    if held.read(len(MARK)) != MARK:
        raise _changed()
    number, size = 0, held.read(4)
    while size:
        length = int.from_bytes(size)
        piece = held.read(min(length, PIECE + AROUND))
        size = held.read(4)
        if len(piece) != length or length < AROUND:
            raise _changed()
        try:
            out.write(sealing.open_bytes(_said(name, number, last=not size), piece))
        except (InvalidTag, KeyError):
            raise _changed() from None
        number += 1
    if not number:
        raise _changed()


def forget(cache: Path) -> None:
    """Drop opened copies that nobody has read for a day, those of killed processes too."""
    before = time.time() - UNREAD
    for path in cache.rglob("*") if cache.is_dir() else ():
        with suppress(FileNotFoundError):
            if path.is_file() and path.stat().st_mtime < before:
                path.unlink()


def _said(name: str, number: int, *, last: bool) -> str:
    return f"file:{name}:{number}:{'last' if last else 'more'}"


def _changed() -> Problem:
    return Problem(
        "file-changed",
        Message("存储里的文件和存进去时不一样，没有读取。"),
        why=Message("文件被改动、截断或换过，或不是用这里的密钥封存的。"),
        fix=Message("请从备份恢复这个文件，并查存储的访问记录。"),
    )
