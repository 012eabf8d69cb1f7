"""A file sealed piece by piece, so that it is never whole in memory and a bucket's owner reads nothing of it.

`YICE1\\n`, then for each piece four bytes of length and the sealed piece (`identifiers.sealing`: AES-256-GCM or SM4-GCM
under the newest seal key). Name, number and whether it is the last are authenticated: pieces cannot be changed, moved,
left out or cut off, nor one file put in another's place.
"""

from __future__ import annotations

from typing import Protocol

from cryptography.exceptions import InvalidTag

from yice.identifiers import sealing
from yice.terms.errors import Problem
from yice.terms.messages import Message

MARK = b"YICE1\n"
PIECE = 4 << 20
AROUND = 1 + sealing.NONCE + sealing.TAG


class Reads(Protocol):
    def read(self, size: int, /) -> bytes: ...


class Writes(Protocol):
    def write(self, data: bytes, /) -> object: ...


def seal(name: str, plain: Reads, out: Writes) -> None:
    out.write(MARK)
    number, piece = 0, plain.read(PIECE)
    while True:
        following = plain.read(PIECE)
        sealed = sealing.seal_bytes(_said(name, number, last=not following), piece)
        out.write(len(sealed).to_bytes(4) + sealed)
        if not following:
            return
        number, piece = number + 1, following


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


def _said(name: str, number: int, *, last: bool) -> str:
    return f"file:{name}:{number}:{'last' if last else 'more'}"


def _changed() -> Problem:
    return Problem(
        "file-changed",
        Message("存储里的文件和存进去时不一样，没有读取。"),
        why=Message("文件被改动、截断或换过，或不是用这里的密钥封存的。"),
        fix=Message("请从备份恢复这个文件，并查存储的访问记录。"),
    )
