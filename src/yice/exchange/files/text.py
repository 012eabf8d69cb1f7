"""Delimited text: whatever the encoding and the delimiter, as columns of text, a million rows in seconds."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from yice.exchange.files import body
from yice.exchange.files.cells import each, tidy
from yice.exchange.files.headers import LOOK, find
from yice.exchange.files.limits import MEGA, Limits
from yice.exchange.files.problems import cell_too_long, not_a_table, too_long, too_wide
from yice.exchange.files.workbook import Sheet
from yice.terms.errors import Problem
from yice.terms.messages import Message

_DELIMITERS = ",\t;|，"
BLOCK = 2 * MEGA  # bytes read at a time: what fits a processor's cache is read in half the time


def read(path: Path, limits: Limits) -> tuple[Sheet, str, str]:
    """The one sheet of a text file, its encoding and its delimiter."""
    content, encoding = decode(path.read_bytes())
    delimiter = _delimiter(content)
    head = _head(content, delimiter)
    header = find([row for _, row in head])
    width = max((len(row) for _, row in head), default=0)
    if width > limits.columns:
        raise too_wide(width, limits.columns)
    last = header.last if header else -1
    start = head[last][0] if header else 0  # where the body begins, in bytes
    skipped = last + 1
    columns = _fast(content, delimiter, width, start)
    if columns is None:
        columns = _slow(content[start:], delimiter, width, limits)
    count = len(columns[0]) if columns else 0
    if count > limits.rows:
        raise too_long(count, limits.rows)
    rows = np.arange(skipped + 1, skipped + 1 + count, dtype=np.int32)
    sheet = body.sheet(
        path.stem,
        header.headers if header else [],
        columns,
        rows,
        header_row=skipped if header else None,
        titles=header.titles if header else [],
        hidden=False,
        limits=limits,
    )
    return sheet, encoding, delimiter


def decode(raw: bytes) -> tuple[bytes, str]:
    """The text as UTF-8 without a mark, and the encoding it came in: UTF-8, UTF-16 or GB18030."""
    if raw.startswith(codecs.BOM_UTF8):
        text = raw[3:]
        return text if _is_utf8(text) else _recode(text, "utf-8"), "utf-8-sig"
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _recode(raw, "utf-16"), "utf-16"
    sample = raw[:4096]
    if sample.count(0) > len(sample) // 4:
        which = "utf-16-le" if sample[1::2].count(0) > sample[::2].count(0) else "utf-16-be"
        return _recode(raw, which), which
    if b"\0" in raw:
        raise not_a_table(
            Message("文件里有不可见的二进制内容，不是表格。"),
            Message("请用 Excel 或 WPS 打开它，另存为 .xlsx 后再试。"),
        )
    return (raw, "utf-8") if _is_utf8(raw) else (_recode(raw, "gb18030"), "gb18030")


def _is_utf8(raw: bytes) -> bool:
    """Whether the bytes are UTF-8, looked at as one long text: a gigabyte in half a second, nothing copied."""
    ends = pa.py_buffer(np.array([0, len(raw)], dtype=np.int64))
    try:
        pa.LargeStringArray.from_buffers(1, ends, pa.py_buffer(raw)).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _recode(raw: bytes, encoding: str) -> bytes:
    try:
        return raw.decode(encoding).encode("utf-8")
    except UnicodeError as error:
        at = error.start if isinstance(error, UnicodeDecodeError) else 0
        raise Problem(
            "file-encoding",
            Message("看不懂文件的文字编码。"),
            where=Message("第 {row} 行附近", row=raw.count(b"\n", 0, at) + 1),
            why=Message("既不是 UTF-8、UTF-16，也不是 GB18030（GBK）。"),
            fix=Message("请用 Excel 打开原件，另存为 .xlsx 后再试。"),
        ) from error


def _delimiter(content: bytes) -> str:
    """The delimiter that splits the first lines into the most, and most even, fields."""
    lines = [line for line in _lines(content, 30) if line.strip()]
    best, points = ",", 0.0
    for candidate in _DELIMITERS:
        try:
            counts = [len(row) - 1 for row in csv.reader(lines, delimiter=candidate)]
        except csv.Error:  # by this one a line is a single field beyond what csv takes
            continue
        usual = max(set(counts), key=counts.count, default=0)
        score = usual * counts.count(usual) / max(len(counts), 1)
        if score > points:
            best, points = candidate, score
    return best


def _lines(content: bytes, count: int) -> Iterator[str]:
    """The first lines, as Python's csv wants them; a line beyond reason is a cell beyond reason."""
    stream = io.BytesIO(content)
    for _ in range(count):
        line = stream.readline(MEGA)
        if len(line) == MEGA:
            raise cell_too_long(None, None, 32_767)
        if not line:
            return
        yield line.decode("utf-8", "replace")


def _head(content: bytes, delimiter: str) -> list[tuple[int, list[str | None]]]:
    """The first records, each with the byte at which the next one begins."""
    ends: list[int] = [0]

    def told() -> Iterator[str]:
        for line in _lines(content, LOOK * 4):
            ends.append(ends[-1] + len(line.encode("utf-8")))
            yield line

    found: list[tuple[int, list[str | None]]] = []
    try:
        for record in csv.reader(told(), delimiter=delimiter):
            found.append((ends[-1], [cell.strip() or None for cell in record]))
            if len(found) == LOOK:
                break
    except csv.Error:
        raise cell_too_long(None, None, 32_767) from None
    return found


def _fast(content: bytes, delimiter: str, width: int, start: int = 0) -> list[pa.StringArray] | None:
    """Arrow's reader; None where lines are uneven or odd, which the patient reader takes."""
    end = len(content)
    while end > start and content[end - 1] in b"\r\n":
        end -= 1
    if end == start or len(delimiter.encode()) > 1:
        return None
    names = [f"c{at}" for at in range(width)]
    try:
        table = pacsv.read_csv(
            pa.py_buffer(content).slice(start, end - start),
            read_options=pacsv.ReadOptions(column_names=names, block_size=BLOCK),
            parse_options=pacsv.ParseOptions(
                delimiter=delimiter,
                newlines_in_values=content.find(b'"', start) >= 0,
                ignore_empty_lines=False,
            ),
            convert_options=pacsv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
                check_utf8=False,
            ),
        )
    except pa.ArrowInvalid:
        return None
    return each(_stripped, table.columns)


def _stripped(column: pa.ChunkedArray) -> pa.StringArray:
    """Without blanks around the text; one array."""
    return pa.concat_arrays([tidy(part) for part in column.chunks] or [pa.array([], type=pa.string())])


def _slow(content: bytes, delimiter: str, width: int, limits: Limits) -> list[pa.StringArray]:
    """Python's reader: short lines are filled up, longer ones widen the table."""
    before = csv.field_size_limit(limits.cell)
    columns: list[list[str | None]] = [[] for _ in range(width)]
    count = 0
    try:
        reader = csv.reader(io.TextIOWrapper(io.BytesIO(content), "utf-8", newline=""), delimiter=delimiter)
        for count, record in enumerate(reader, start=1):
            if len(record) > len(columns):
                if len(record) > limits.columns:
                    raise too_wide(len(record), limits.columns)
                columns += [[None] * (count - 1) for _ in range(len(record) - len(columns))]
            if count > limits.rows:
                raise too_long(count, limits.rows)
            for at, column in enumerate(columns):
                column.append(record[at].strip() or None if at < len(record) else None)
    except csv.Error as error:
        raise cell_too_long(count + 1, None, limits.cell) from error
    finally:
        csv.field_size_limit(before)
    return [pa.array(column, type=pa.string()) for column in columns]
