"""Photographs and signatures as they come from a telephone: judged by content, without what a camera writes beside.

A photograph carries where and when it was taken and by which device; none of it is kept. What follows the end of the
picture (a short film, a larger copy) is cut off.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from yice.identifiers import sealing
from yice.loop.identify.models import VisitImage
from yice.terms.errors import Problem
from yice.terms.messages import Message

MOST = 4 * 1024 * 1024  # bytes; the page makes photographs smaller before it sends them
PHOTOS = 3
EDGE = 12_000  # pixels
JPEG, PNG = "image/jpeg", "image/png"
_PNG_HEAD = b"\x89PNG\r\n\x1a\n"
_KEPT = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"sRGB"}
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}


@dataclass(frozen=True)
class Picture:
    kind: str  # photo | signature
    media: str
    data: bytes


def picture(kind: str, data: bytes, field: str, *, most: int = MOST) -> Picture:
    """A picture fit to be kept, else a Problem beside `field`."""
    if len(data) > most:
        size = f"{len(data) / 1024 / 1024:.1f}"
        raise Problem("image-size", Message("照片有 {size} MB，最多 4 MB。", size=size), field=field)
    try:
        if data.startswith(b"\xff\xd8"):
            return Picture(kind, JPEG, b"".join(_jpeg(data)))
        if data.startswith(_PNG_HEAD):
            return Picture(kind, PNG, b"".join(_png(data)))
    except (IndexError, ValueError):
        raise Problem("image-damaged", Message("照片不完整，打不开。"), field=field) from None
    raise Problem("image-kind", Message("只收 JPEG 或 PNG 格式的照片。"), field=field)


def seal(one: Picture) -> bytes:
    return sealing.seal_bytes("visit_image", one.data)


def opened(row: VisitImage) -> bytes:
    return sealing.open_bytes("visit_image", row.sealed)


def _jpeg(data: bytes) -> Iterator[bytes]:
    """The parts that make the picture; APP1–APP13, APP15 and comments are left out."""
    yield data[:2]
    at, framed = 2, False
    while True:
        if data[at] != 0xFF:
            raise ValueError
        marker = data[at + 1]
        if marker == 0xD9:
            if not framed:
                raise ValueError
            yield data[at : at + 2]
            return
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4])
        if end > len(data) or end < at + 4:
            raise ValueError
        if marker in _FRAMES:
            framed = True
            _fit(int.from_bytes(data[at + 5 : at + 7]), int.from_bytes(data[at + 7 : at + 9]))
        if (
            marker == 0xDA
        ):  # the picture's own data runs to the next marker that is neither stuffing nor a restart
            while data[end] != 0xFF or data[end + 1] == 0 or 0xD0 <= data[end + 1] <= 0xD7:
                end = data.index(b"\xff", end + 1)
        if marker in (0xE0, 0xEE) or not (0xE0 <= marker <= 0xEF or marker == 0xFE):
            yield data[at:end]
        at = end


def _png(data: bytes) -> Iterator[bytes]:
    yield data[:8]
    at = 8
    while True:
        size, name = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        end = at + 12 + size
        if end > len(data) or zlib.crc32(data[at + 4 : end - 4]) != int.from_bytes(data[end - 4 : end]):
            raise ValueError
        if name == b"IHDR":
            _fit(int.from_bytes(data[at + 8 : at + 12]), int.from_bytes(data[at + 12 : at + 16]))
        if name in _KEPT:
            yield data[at:end]
        if name == b"IEND":
            return
        at = end


def _fit(height: int, width: int) -> None:
    if not (0 < height <= EDGE and 0 < width <= EDGE):
        raise ValueError
