"""Looks through a packed workbook before anything opens it: declared sizes, real sizes, the span of each sheet."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from yice.exchange.files.limits import MEGA, Limits
from yice.exchange.files.problems import (
    bomb,
    cell_too_long,
    damaged,
    not_a_table,
    too_long,
    too_wide,
)
from yice.terms.errors import Problem
from yice.terms.messages import Message

_PLAIN_ROW = re.compile(rb'<row r="(\d{1,18})"')  # as Excel and WPS write it: ten times faster to find
_ROW = re.compile(rb'<(?:\w+:)?row [^>]{0,400}?\br="(\d{1,18})"')
_CELL = re.compile(rb'<(?:\w+:)?c [^>]{0,200}?\br="([A-Z]{1,9})\d')
_FAR_CELL = re.compile(rb' r="([A-Z]{3,9}|[S-Z][A-Z])\d')
_FORMULA = re.compile(rb'<(?:\w+:)?c [^>]{0,200}?\br="([A-Z]{1,3}\d{1,7})"[^>]{0,200}><(?:\w+:)?f[ >/]')
_CHUNK = MEGA
_OVERLAP = 1024


@dataclass
class Scan:
    """What the parts of a workbook hold, without having built anything."""

    rows: int = 0  # the furthest row any sheet names
    columns: int = 0
    formulas: list[str] = field(default_factory=list)  # the first few cells with a formula


def scan(path: Path, limits: Limits) -> Scan:
    """Refuse what would exhaust memory; say where formulas stand."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            _refuse_other({part.filename for part in parts})
            _declared(parts, limits)
            found = Scan()
            packed = 0
            for part in parts:
                packed += _unpack(archive, part, limits, packed, found)
            return found
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise damaged() from error


def _refuse_other(names: set[str]) -> None:
    if "xl/workbook.xml" in names or any(
        name.startswith("xl/worksheets/") and name.endswith(".xml") for name in names
    ):
        return
    if any(name.startswith("word/") for name in names):
        raise not_a_table(
            Message("这是 Word 文档，不是表格。"), Message("请把其中的表格复制到 Excel，存为 .xlsx。")
        )
    if any(name.startswith("ppt/") for name in names):
        raise not_a_table(Message("这是演示文稿，不是表格。"), Message("请提供 .xlsx 或 .csv 名单。"))
    if "xl/workbook.bin" in names or "content.xml" in names:
        raise not_a_table(
            Message("不读取 .xlsb 和 .ods 格式。"), Message("请用 Excel 或 WPS 打开它，另存为 .xlsx。")
        )
    raise not_a_table(Message("这是压缩包。"), Message("请先解压，再给出里面的表格文件。"), "file-archive")


def _declared(parts: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(parts) > limits.parts or sum(part.file_size for part in parts) > limits.unpacked_bytes:
        raise bomb()
    for part in parts:
        if part.flag_bits & 1:
            raise Problem("file-password", Message("这个文件设了密码。"), fix=Message("请取消密码后再试。"))
        if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise bomb()
        if part.file_size > limits.ratio_from and part.file_size > limits.ratio * max(part.compress_size, 1):
            raise bomb()


def _unpack(archive: zipfile.ZipFile, part: zipfile.ZipInfo, limits: Limits, before: int, found: Scan) -> int:
    """Unpack one part chunk by chunk, keeping nothing: the true size, whatever the directory says."""
    sheet = part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml")
    xml = part.filename.endswith((".xml", ".rels"))
    size, tail = 0, b""
    rows = columns = count = unbroken = 0
    for chunk in _chunks(archive, part):
        size += len(chunk)
        if size > part.file_size or before + size > limits.unpacked_bytes:
            raise bomb()  # more comes out than the directory declares
        if size > limits.ratio_from and size > limits.ratio * max(part.compress_size, 1):
            raise bomb()
        mark = chunk.rfind(b"<") if xml else 0
        unbroken = unbroken + len(chunk) if mark < 0 else len(chunk) - mark
        if xml and unbroken > _CHUNK:  # a text of a megabyte without any markup
            raise cell_too_long(None, None, limits.cell)
        if sheet:
            text = tail + chunk
            numbers = (_PLAIN_ROW if b'<row r="' in text else _ROW).findall(text)
            count += len(numbers)
            if numbers:
                rows = max(rows, max(map(int, numbers)))
            far = _FAR_CELL.findall(text)
            if far:
                columns = max(columns, max(map(_column, set(far))))
            if columns == 0 or count < 200:
                columns = max([columns, *(map(_column, set(_CELL.findall(text))))])
            if len(found.formulas) < 5 and b"<f" in text:
                found.formulas += [cell.decode() for cell in _FORMULA.findall(text)[:5]]
            tail = text[-_OVERLAP:]
    if rows > limits.rows:
        raise too_long(rows, limits.rows)
    if columns > limits.columns:
        raise too_wide(columns, limits.columns)
    if rows * columns > limits.cells:
        raise bomb()
    found.rows, found.columns = max(found.rows, rows), max(found.columns, columns)
    return size


def _chunks(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """The part's bytes from its raw stream: zipfile itself would stop at the declared size."""
    if archive.fp is None:
        return
    archive.fp.seek(part.header_offset)
    header = archive.fp.read(30)
    if len(header) < 30 or header[:4] != b"PK\x03\x04":
        raise zipfile.BadZipFile
    skip = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    archive.fp.seek(part.header_offset + 30 + skip)
    left = part.compress_size
    inflate = zlib.decompressobj(-zlib.MAX_WBITS) if part.compress_type == zipfile.ZIP_DEFLATED else None
    while left > 0:
        raw = archive.fp.read(min(left, 256 * 1024))
        if not raw:
            raise EOFError
        left -= len(raw)
        while raw:
            if inflate is None:
                yield raw
                break
            out = inflate.decompress(raw, _CHUNK)
            if out:
                yield out
            raw = inflate.unconsumed_tail


def _column(letters: bytes) -> int:
    """ "A" → 1, "AA" → 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
